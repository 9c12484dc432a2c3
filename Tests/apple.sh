#!/usr/bin/env bash
# Compiles the code of Apple platforms that no other machine sees, devices and BLAS, without generating code: against
# declarations of AVFAudio and Accelerate that stand in for Apple's. After a release build of the root package.
#
#   bash Tests/apple.sh
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

module_maps=()
for map in "$root"/Sources/CLAPACKE/module.modulemap "$root"/Sources/COpenBLAS/module.modulemap \
    "$root"/.build/release/COmni{Hub,Kernels,System}.build/module.modulemap; do
    module_maps+=(-Xcc "-fmodule-map-file=$map")
done
# A root package is called like its folder.
package="$(basename "$root" | tr '[:upper:]' '[:lower:]')"
# As in Package.swift.
features=(-enable-experimental-feature Lifetimes -strict-memory-safety)
for feature in ExistentialAny InternalImportsByDefault MemberImportVisibility NonisolatedNonsendingByDefault \
    InferIsolatedConformances; do
    features+=(-enable-upcoming-feature "$feature")
done

for module in AVFAudio Accelerate; do
    swiftc -emit-module -parse-as-library -swift-version 5 -suppress-warnings -module-name "$module" \
        -emit-module-path "$scratch/$module.swiftmodule" "$root/Tests/Apple/$module.swift"
done
for module in OmniTensor OmniPipeline; do
    # shellcheck disable=SC2046  # the flags are several words
    find "$root/Sources/$module" -name '*.swift' -print0 | xargs -0 swiftc -typecheck -parse-as-library -swift-version 6 \
        -warnings-as-errors -package-name "$package" -module-name "$module" "${features[@]}" -I "$scratch" \
        -I "$root/.build/release/Modules" "${module_maps[@]}" $(pkg-config --cflags openblas | sed 's/-I/-Xcc -I/g')
    echo "$module: compiles as on Apple platforms"
done
