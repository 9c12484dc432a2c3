#!/usr/bin/env bash
# Runs the tests. Release builds, because numbers are what is tested.
#
#   bash Tests/run.sh                          # of the library and of the `omni` command
#   bash Tests/run.sh server                   # of the server, whose dependencies take minutes to build the first time
#   bash Tests/run.sh library command server   # all
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

[ $# -gt 0 ] || set -- library command
for part in "$@"; do
    case "$part" in
        library | command | server) ;;
        *) echo "$part is none of library, command and server" >&2 && exit 64 ;;
    esac
done

# Builds the tests of a nested package with its executables, then runs them: tests start the executables. What the
# packages have in common is compiled once, because they build in one folder.
test_nested() {
    local options=(--package-path "$1" --scratch-path "$root/Examples/.build" -c release)
    swift build "${options[@]}" --build-tests
    swift test "${options[@]}" --skip-build
}

bash "$root/Examples/Scripts/install-dependencies.sh"
for part in "$@"; do
    case "$part" in
        library) swift test --package-path "$root" -c release -Xswiftc -enable-testing ;;
        command) test_nested "$root/Examples" ;;
        server) test_nested "$root/Examples/Server" ;;
    esac
done
