#!/usr/bin/env bash
# Runs every test of the project. Release builds, because numbers are what is tested.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

bash "$root/Examples/Scripts/install-dependencies.sh"
swift test --package-path "$root" -c release -Xswiftc -enable-testing
swift build --package-path "$root/Examples" -c release --build-tests
swift test --package-path "$root/Examples" -c release --skip-build
swift build --package-path "$root/Examples/Server" -c release --build-tests
swift test --package-path "$root/Examples/Server" -c release --skip-build
