#!/usr/bin/env bash
# Compiles the transport of Apple platforms, URLSession, on this machine and runs the hub's tests through it, in a package
# of its own: OmniHub with the condition OMNI_URLSESSION.
#
#   bash Tests/urlsession.sh [FOLDER]      # a folder to keep the build in
#
# Not a part of .ci/run: on Linux URLSession is another implementation than Apple's, and takes a build of its own.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
package="${1:-$scratch}"
mkdir -p "$package/Sources/OmniTesting" "$package/Tests"
ln -sfn "$root/Sources/OmniHub" "$package/Sources/OmniHub"
ln -sfn "$root/Sources/COmniHub" "$package/Sources/COmniHub"
ln -sfn "$root/Tests/OmniHubTests" "$package/Tests/OmniHubTests"
# What the hub's tests take of it; the rest needs the engines.
ln -sfn "$root/Sources/OmniTesting/ProcessorTime.swift" "$package/Sources/OmniTesting/ProcessorTime.swift"
cat >"$package/Package.swift" <<'EOF'
// swift-tools-version: 6.3
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(), .define("OMNI_URLSESSION"),
]

let package = Package(
    name: "HubOverURLSession",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "COmniHub"),
        .target(name: "OmniHub", dependencies: ["COmniHub"], swiftSettings: settings),
        .target(name: "OmniTesting", swiftSettings: settings),
        .testTarget(
            name: "OmniHubTests", dependencies: ["OmniHub", "COmniHub", "OmniTesting"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6])
EOF
swift test --package-path "$package"
