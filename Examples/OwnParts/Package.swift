// swift-tools-version: 6.3
import PackageDescription

// Parts of a pipeline that another package brings: a language model, a codec, a tokenizer, an encoder and an engine of
// its own, made and tested with the public API alone.

let package = Package(
    name: "OwnParts",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "Omni", path: "../..")],
    targets: [
        .target(
            name: "OwnParts",
            dependencies: [
                .product(name: "OmniPipeline", package: "Omni"), .product(name: "OmniTensor", package: "Omni"),
            ]),
        .testTarget(
            name: "OwnPartsTests",
            dependencies: [
                "OwnParts", .product(name: "OmniPipeline", package: "Omni"),
                .product(name: "OmniTensor", package: "Omni"),
            ]),
    ])
