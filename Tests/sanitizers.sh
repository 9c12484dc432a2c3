#!/usr/bin/env bash
# Runs the C kernels and the pool under the address, undefined-behaviour and thread sanitizers, and with --swift the tests
# of the engines, the language model and the pipeline as well: those take several builds, one for each sanitizer.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
kernels="$root/Sources/COmniKernels"
tests="$root/Tests/Kernels"
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT

# Swift's clang has a thread sanitizer that wants libdispatch, which lies beside Swift's own libraries.
swift_libraries="$(dirname "$(dirname "$(readlink -f "$(command -v swiftc)")")")/lib/swift/linux"
dispatch=()
[ ! -d "$swift_libraries" ] || dispatch=(-L "$swift_libraries" -ldispatch -lBlocksRuntime -Wl,-rpath,"$swift_libraries")

# Checks of every pointer in unrolled vector code take the compiler minutes, and the address sanitizer finds what they would.
quick=(-fno-sanitize=pointer-overflow,object-size,null,alignment)

run() { # sanitizer, program
    echo "$1 sanitizer: $2"
    local libraries=()
    [ "$1" != thread ] || libraries=("${dispatch[@]}")
    clang -O1 -g -fno-omit-frame-pointer -fsanitize="$1" "${quick[@]}" -fno-sanitize-recover=all -Wall -Wextra -Werror \
        -I "$kernels/include" "$kernels"/*.c "$tests/$2.c" -o "$out/program" "${libraries[@]}" -lpthread -lm \
        2> "$out/log" || { cat "$out/log"; exit 1; }
    "$out/program" > "$out/log" 2>&1 || { grep -v '^ok' "$out/log"; exit 1; }
    tail -n 1 "$out/log"
}

for program in conformance pool; do
    run address,undefined "$program"
    run thread "$program"
done

[ "${1:-}" = --swift ] || exit 0
for sanitizer in address thread; do
    echo "$sanitizer sanitizer: the Swift tests"
    TSAN_OPTIONS="suppressions=$root/Tests/thread-sanitizer.txt" \
    LSAN_OPTIONS="suppressions=$root/Tests/leak-sanitizer.txt" \
        swift test --package-path "$root" --scratch-path "$root/.build-$sanitizer" -c release -Xswiftc -enable-testing \
        --sanitize="$sanitizer" --filter 'OmniTensorTests|OmniGPTTests|OmniPipelineTests'
done
