#!/usr/bin/env bash
# Builds the C kernels with their conformance program and runs it: for this machine, and for arm64 under an emulator where
# the tools are. On Debian those are: apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
kernels="$root/Sources/COmniKernels"
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT

build() { # name, then compiler options
    local name="$1"
    shift
    clang -O2 -Wall -Wextra -Werror "$@" -I "$kernels/include" "$kernels"/*.c "$root/Tests/Kernels/conformance.c" \
        -o "$out/$name" -lpthread -lm
}

report() { # file
    grep -v '^ok' "$1" || true
}

echo "kernels: this machine"
build native
"$out/native" > "$out/native.txt" || { report "$out/native.txt"; exit 1; }
tail -n 1 "$out/native.txt"

cross=/usr/aarch64-linux-gnu
if [ ! -d "$cross/lib" ] || ! command -v qemu-aarch64 > /dev/null; then
    echo "kernels: arm64 not examined, there is no cross compiler or emulator"
    exit 0
fi
[ "$(uname -m)" != aarch64 ] || exit 0
gcc_folder="$(dirname "$(aarch64-linux-gnu-gcc -print-libgcc-file-name)")"
build arm64 --target=aarch64-linux-gnu -isystem "$cross/include" -B "$gcc_folder" -L "$gcc_folder" -L "$cross/lib" \
    -B "$cross/lib" --ld-path="$(command -v aarch64-linux-gnu-ld)" -static
# A processor with the dot product, and one without.
for cpu in max cortex-a53; do
    echo "kernels: arm64 as $cpu"
    qemu-aarch64 -cpu "$cpu" "$out/arm64" > "$out/arm64.txt" || { report "$out/arm64.txt"; exit 1; }
    tail -n 1 "$out/arm64.txt"
done
