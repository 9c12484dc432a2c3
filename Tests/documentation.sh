#!/usr/bin/env bash
# Builds the documentation of every product with warnings as errors, and fails when a public symbol has none.
#
#   bash Tests/documentation.sh [DIRECTORY]     # keeps the archives there
#
# Reads the modules that `swift test` or `swift build -c release` has left in .build/release.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
output="${1:-$scratch/archives}"
mkdir -p "$output"

modules="$root/.build/release/Modules"
target="$(swiftc -print-target-info | sed -n 's/.*"triple" *: *"\([^"]*\)".*/\1/p' | head -1)"
module_maps=()
for map in "$root"/Sources/C*/module.modulemap "$root"/.build/release/COmni{Hub,Kernels,System}.build/module.modulemap; do
    module_maps+=(-Xcc "-fmodule-map-file=$map")
done

for product in OmniCore OmniHub OmniTensor OmniWhisper OmniGPT OmniSNAC OmniVAD OmniTokenizer OmniPipeline; do
    graph="$scratch/$product"
    mkdir -p "$graph"
    # shellcheck disable=SC2046  # the flags are several words
    swift symbolgraph-extract -module-name "$product" -I "$modules" -target "$target" -minimum-access-level public \
        -skip-synthesized-members "${module_maps[@]}" $(pkg-config --cflags openblas | sed 's/-I/-Xcc -I/g') \
        -output-dir "$graph"
    python3 "$root/Tests/undocumented.py" "$graph/$product.symbols.json"
    catalogue=()
    [ -d "$root/Sources/$product/$product.docc" ] && catalogue=("$root/Sources/$product/$product.docc")
    docc convert "${catalogue[@]}" --additional-symbol-graph-dir "$graph" --fallback-display-name "$product" \
        --fallback-bundle-identifier "omni.$product" --warnings-as-errors --output-path "$output/$product.doccarchive" \
        >"$scratch/log" || { cat "$scratch/log" >&2; exit 1; }
    echo "documentation of $product: complete"
done
