#!/usr/bin/env bash
# Runs every test of the project, release builds because numbers are what is tested.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

bash "$root/Examples/Scripts/install-dependencies.sh"
bash "$root/Tests/Kernels/run.sh"
swift test --package-path "$root" -c release -Xswiftc -enable-testing
swift build --package-path "$root/Examples" -c release
swift test --package-path "$root/Examples" -c release -Xswiftc -enable-testing
