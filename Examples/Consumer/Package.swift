// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "Consumer",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Omni", path: "../..")],
    targets: [
        .executableTarget(name: "Consumer", dependencies: [.product(name: "OmniPipeline", package: "Omni")])
    ])
