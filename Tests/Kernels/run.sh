#!/usr/bin/env bash
# Builds the C kernels and the digests with their test programs and runs them: for this machine, and for arm64 under an
# emulator where the tools are. On Debian those are: apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
source "$root/Tests/Kernels/compile.sh"

build() { # name, then compiler options
    local name="$1"
    shift
    compile_kernels "$out/$name" -O2 "$@"
    link_program "$out/$name" conformance -O2 "$@"
}

build_digest() { # name, then compiler options
    local name="$1"
    shift
    clang -O2 -Wall -Wextra -Werror -I "$root/Sources/COmniHub/include" "$root"/Sources/COmniHub/{digest,sha256}.c \
        "$tests/digest.c" -o "$out/$name" "$@"
}

run() { # command: prints what failed, or the last line
    "$@" > "$out/log" || { grep -v '^ok' "$out/log" || true; exit 1; }
    tail -n 1 "$out/log"
}

echo "kernels: this machine"
build native
run "$out/native/conformance"
if [ "$(uname -m)" = x86_64 ]; then
    echo "kernels: this machine, without products of bfloat16"
    build without-bfloat16 -DOMNI_WITHOUT_BFLOAT16_DOT
    run "$out/without-bfloat16/conformance"
fi
for program in pool cores; do
    link_program "$out/native" "$program" -O2
    run "$out/native/$program"
done
build_digest digest
run "$out/digest"

cross=/usr/aarch64-linux-gnu
if [ ! -d "$cross/lib" ] || ! command -v qemu-aarch64 > /dev/null; then
    echo "kernels: arm64 not examined, there is no cross compiler or emulator"
    exit 0
fi
[ "$(uname -m)" != aarch64 ] || exit 0
gcc_folder="$(dirname "$(aarch64-linux-gnu-gcc -print-libgcc-file-name)")"
arm64=(--target=aarch64-linux-gnu -isystem "$cross/include" -B "$gcc_folder" -L "$gcc_folder" -L "$cross/lib"
    -B "$cross/lib" --ld-path="$(command -v aarch64-linux-gnu-ld)" -static
    # The linker's options mean nothing to the compiler.
    -Wno-unused-command-line-argument)
build arm64 "${arm64[@]}"
build arm64-without-bfloat16 "${arm64[@]}" -DOMNI_WITHOUT_BFLOAT16_DOT
build_digest digest-arm64 "${arm64[@]}"
echo "kernels: arm64 as max, without products of bfloat16"
run qemu-aarch64 -cpu max "$out/arm64-without-bfloat16/conformance"
# A processor with matrix products (I8MM and BF16), one with the dot product alone, and one with neither.
for cpu in max neoverse-n1 cortex-a53; do
    echo "kernels: arm64 as $cpu"
    run qemu-aarch64 -cpu "$cpu" "$out/arm64/conformance"
    run qemu-aarch64 -cpu "$cpu" "$out/digest-arm64"
done
