// swift-tools-version: 6.3
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
]

func omni(_ product: String) -> Target.Dependency { .product(name: product, package: "Omni") }

let package = Package(
    name: "OmniExamples",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "omni", targets: ["OmniCommand"]),
        .executable(name: "omni-fuzz", targets: ["ReaderFuzzer"]),
        .library(name: "RandomModel", targets: ["RandomModel"]),
        .library(name: "CommandSupport", targets: ["CommandSupport"]),
        .library(name: "AudioFiles", targets: ["AudioFiles"]),
    ],
    dependencies: [
        .package(name: "Omni", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .target(name: "RandomModel", dependencies: [omni("OmniTensor")], swiftSettings: settings),
        .target(name: "COmniStart"),
        .target(name: "AudioFiles", dependencies: [omni("OmniPipeline")], swiftSettings: settings),
        // What the commands `omni` and `omni-server` have in common.
        .target(
            name: "CommandSupport",
            dependencies: [
                "AudioFiles", "COmniStart", omni("OmniPipeline"), omni("OmniTensor"), omni("OmniWhisper"),
                omni("OmniGPT"), omni("OmniSNAC"), omni("OmniVAD"), omni("OmniTokenizer"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "OmniCommand",
            dependencies: [
                "AudioFiles", "CommandSupport", "RandomModel", omni("OmniPipeline"), omni("OmniTensor"),
                omni("OmniWhisper"), omni("OmniGPT"), omni("OmniSNAC"), omni("OmniVAD"), omni("OmniTokenizer"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        // Damaged and hostile files for every reader; see Tests/fuzz.sh.
        .executableTarget(
            name: "ReaderFuzzer",
            dependencies: [
                omni("OmniPipeline"), omni("OmniTensor"), omni("OmniWhisper"), omni("OmniGPT"), omni("OmniSNAC"),
                omni("OmniVAD"), omni("OmniTokenizer"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "RandomModelTests",
            dependencies: ["RandomModel", omni("OmniPipeline"), omni("OmniTensor")],
            swiftSettings: settings),
        .testTarget(
            name: "AudioFilesTests", dependencies: ["AudioFiles", omni("OmniPipeline")], exclude: ["Recordings"],
            swiftSettings: settings),
        .testTarget(
            name: "OmniCommandTests",
            dependencies: [
                "AudioFiles", "CommandSupport", "OmniCommand", omni("OmniPipeline"), omni("OmniTensor"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6])
