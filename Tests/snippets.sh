#!/usr/bin/env bash
# Compiles every Swift example of the README, the articles and the doc comments.
#
#   bash Tests/snippets.sh
#
# Reads the modules that `swift test` or `swift build -c release` has left in .build/release.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

module_maps=()
for map in "$root"/Sources/C*/module.modulemap "$root"/.build/release/COmni{Hub,Kernels,System}.build/module.modulemap; do
    module_maps+=(-Xcc "-fmodule-map-file=$map")
done

python3 "$root/Tests/snippets.py" "$root" "$scratch"
# shellcheck disable=SC2046  # the flags are several words
swiftc -typecheck -swift-version 6 -parse-as-library -suppress-warnings -module-name Snippets \
    -I "$root/.build/release/Modules" "${module_maps[@]}" $(pkg-config --cflags openblas | sed 's/-I/-Xcc -I/g') \
    "$root/Tests/Snippets/Context.swift" "$scratch"/*.swift
