// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that `omni` and its users neither fetch nor compile what only a server needs.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
]

/// Tests read internals in release builds, too. No package depends on this one, so no user meets the flag.
let internalsForTests = SwiftSetting.unsafeFlags(["-enable-testing"])

func omni(_ product: String) -> Target.Dependency { .product(name: product, package: "Omni") }

/// The files of the page.
let page = ["index.html", "page.css", "page.js", "audio.js", "worklets.js", "realtime.js", "drawing.js"]

let package = Package(
    name: "OmniServer",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "omni-server", targets: ["OmniServerCommand"])
    ],
    dependencies: [
        .package(name: "Omni", path: "../.."),
        .package(name: "OmniExamples", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(
            name: "OmniServer",
            dependencies: [
                omni("OmniPipeline"), omni("OmniWhisper"), omni("OmniGPT"), omni("OmniSNAC"),
                .product(name: "AudioFiles", package: "OmniExamples"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            resources: page.map { .embedInCode("Resources/\($0)") }, swiftSettings: settings + [internalsForTests]),
        .executableTarget(
            name: "OmniServerCommand",
            dependencies: [
                "OmniServer", omni("OmniPipeline"), omni("OmniSNAC"), omni("OmniTensor"), omni("OmniWhisper"),
                .product(name: "CommandSupport", package: "OmniExamples"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "OmniServerTests",
            dependencies: [
                "OmniServer", omni("OmniPipeline"), omni("OmniTensor"), omni("OmniWhisper"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6])
