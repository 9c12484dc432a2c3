// swift-tools-version: 6.3
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .strictMemorySafety(),
]
/// Returning a `Span` from a type of one's own needs `Lifetimes`; only OmniTensor does.
let lifetimeSettings = settings + [.enableExperimentalFeature("Lifetimes")]

/// A product lists OmniCore as well, so that `import OmniCore` works in packages with parts of their own.
func product(_ name: String) -> Product {
    .library(name: name, targets: [name, "OmniCore"])
}

let package = Package(
    name: "Omni",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        // With OmniTesting: conformance checks for an engine and scripted parts, for tests of other packages.
        .library(name: "OmniTensor", targets: ["OmniTensor", "OmniCore", "OmniTesting"]),
        product("OmniWhisper"),
        product("OmniGPT"),
        product("OmniSNAC"),
        product("OmniVAD"),
        product("OmniTokenizer"),
        .library(name: "OmniPipeline", targets: ["OmniPipeline", "OmniCore", "OmniHub"]),
    ],
    targets: [
        // Floor 0
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        // The Cholesky factorisation of calibrated quantisation; Apple's is in Accelerate.
        .systemLibrary(name: "CLAPACKE", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
        .target(name: "COmniSystem"),
        .target(name: "COmniKernels", dependencies: ["COmniSystem"]),
        .target(name: "COmniHub"),
        .target(name: "OmniCore", swiftSettings: settings),
        // No product: every declaration is `package`.
        .target(name: "OmniFormats", swiftSettings: settings),
        // Floor 1
        .target(name: "OmniHub", dependencies: ["COmniHub", "OmniFormats"], swiftSettings: settings),
        .target(
            name: "OmniTensor",
            dependencies: [
                "COmniKernels", "COmniSystem", "OmniFormats",
                .target(name: "COpenBLAS", condition: .when(platforms: [.linux])),
                .target(name: "CLAPACKE", condition: .when(platforms: [.linux])),
            ],
            swiftSettings: lifetimeSettings),
        // Floor 2
        .target(name: "OmniNN", dependencies: ["OmniTensor"], swiftSettings: settings),
        // Floor 3
        .target(
            name: "OmniWhisper", dependencies: ["OmniCore", "OmniFormats", "OmniTensor", "OmniNN"],
            swiftSettings: settings),
        .target(
            name: "OmniGPT", dependencies: ["OmniCore", "OmniFormats", "OmniTensor", "OmniNN"],
            swiftSettings: settings),
        .target(
            name: "OmniSNAC", dependencies: ["OmniCore", "OmniFormats", "OmniTensor", "OmniNN"], swiftSettings: settings
        ),
        .target(
            name: "OmniVAD", dependencies: ["OmniCore", "OmniFormats", "OmniTensor", "OmniNN"],
            swiftSettings: settings),
        .target(name: "OmniTokenizer", dependencies: ["OmniCore", "OmniFormats"], swiftSettings: settings),
        // Floor 4
        .target(
            name: "OmniPipeline",
            dependencies: [
                "COmniSystem", "OmniCore", "OmniHub", "OmniTensor", "OmniWhisper", "OmniGPT", "OmniSNAC", "OmniVAD",
                "OmniTokenizer",
            ],
            swiftSettings: settings),
        // For tests, here and in other packages
        .target(name: "OmniTesting", dependencies: ["OmniCore", "OmniTensor"], swiftSettings: settings),
        // Tests only
        .target(
            name: "TestSupport", dependencies: ["OmniCore", "OmniTensor", "OmniTesting"], path: "Tests/Support",
            swiftSettings: settings),
        .target(name: "CAllocations", path: "Tests/CAllocations"),
        .target(name: "CRefusedThreads", path: "Tests/CRefusedThreads"),
        .target(name: "CScriptedPortAudio", path: "Tests/CScriptedPortAudio"),
        .testTarget(
            name: "OmniTensorTests", dependencies: ["OmniFormats", "OmniTensor", "OmniTesting", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "OmniHubTests", dependencies: ["OmniHub", "COmniHub", "OmniTesting", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "OmniNNTests", dependencies: ["OmniNN", "OmniTensor", "OmniTesting", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "OmniWhisperTests",
            dependencies: ["OmniWhisper", "OmniCore", "OmniTensor", "OmniTokenizer", "OmniTesting", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "OmniGPTTests",
            dependencies: [
                "OmniGPT", "OmniCore", "OmniFormats", "OmniTensor", "OmniNN", "OmniTesting", "TestSupport",
                "CAllocations",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "OmniSNACTests",
            dependencies: ["OmniSNAC", "OmniCore", "OmniTensor", "OmniNN", "OmniTesting", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "OmniVADTests", dependencies: ["OmniVAD", "OmniCore", "OmniTensor", "OmniTesting", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "OmniTokenizerTests", dependencies: ["OmniTokenizer", "OmniCore", "OmniTesting", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "OmniPipelineTests",
            dependencies: [
                "OmniPipeline", "OmniCore", "OmniTensor", "OmniWhisper", "OmniGPT", "OmniSNAC", "OmniVAD",
                "OmniTokenizer", "OmniTesting", "TestSupport", "CRefusedThreads", "CScriptedPortAudio",
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6])
