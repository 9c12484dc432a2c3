// swift-tools-version: 6.1
import PackageDescription

/// One suite a product, `Benchmarks/<product>Benchmarks`.
func suite(_ product: String, _ others: [String] = []) -> Target {
    .executableTarget(
        name: product + "Benchmarks",
        dependencies: ["BenchmarkModel", "CAllocations", .product(name: "Benchmark", package: "benchmark")]
            + ([product] + others).map { .product(name: $0, package: "Omni") },
        path: "Benchmarks/\(product)Benchmarks",
        plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}

let package = Package(
    name: "OmniBenchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "Omni", path: ".."),
        // Without its default traits: they bring jemalloc, which must be installed.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        // The counter of the root package's tests, by a link: packages do not share targets that are no products.
        .target(name: "CAllocations"),
        .target(name: "BenchmarkModel", dependencies: [.product(name: "OmniTensor", package: "Omni")]),
        suite("OmniTensor"),
        suite("OmniTokenizer"),
        suite("OmniVAD", ["OmniTensor"]),
        suite("OmniWhisper", ["OmniTensor"]),
        suite("OmniGPT", ["OmniTensor"]),
        suite("OmniSNAC", ["OmniTensor"]),
        suite("OmniPipeline", ["OmniTensor"]),
    ],
    swiftLanguageModes: [.v6])
