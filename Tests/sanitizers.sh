#!/usr/bin/env bash
# Runs the C kernels and the pool under the address, undefined-behaviour and thread sanitizers, and with --swift tests in
# Swift as well: all of the engines, the language model and the pipeline under the first, those in which threads meet under
# the last. That takes a build of minutes for each.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
source "$root/Tests/Kernels/compile.sh"

# Swift's clang has a thread sanitizer that wants libdispatch, which lies beside Swift's own libraries.
swift_libraries="$(dirname "$(dirname "$(readlink -f "$(command -v swiftc)")")")/lib/swift/linux"
dispatch=()
[ ! -d "$swift_libraries" ] || dispatch=(-L "$swift_libraries" -ldispatch -lBlocksRuntime -Wl,-rpath,"$swift_libraries")

# Checks of every pointer in unrolled vector code take the compiler minutes, and the address sanitizer finds what they would.
quick=(-fno-sanitize=pointer-overflow,object-size,null,alignment)

for sanitizer in address,undefined thread; do
    libraries=()
    [ "$sanitizer" != thread ] || libraries=("${dispatch[@]}")
    options=(-O1 -g -fno-omit-frame-pointer -fsanitize="$sanitizer" "${quick[@]}" -fno-sanitize-recover=all)
    compile_kernels "$out/$sanitizer" "${options[@]}" 2> "$out/log" || { cat "$out/log"; exit 1; }
    for program in conformance pool; do
        echo "$sanitizer sanitizer: $program"
        link_program "$out/$sanitizer" "$program" "${options[@]}" "${libraries[@]}"
        "$out/$sanitizer/$program" > "$out/log" 2>&1 || { grep -v '^ok' "$out/log"; exit 1; }
        tail -n 1 "$out/log"
    done
done

[ "${1:-}" = --swift ] || exit 0
sanitizers="$root/Tests/Sanitizers"

# Runs the tests whose `Module.Suite` begins with one of the patterns. A pattern that no test has is a fault: the suite
# was renamed or removed.
swift_tests() { # sanitizer, patterns
    local sanitizer="$1" pattern
    shift
    rm -f "$out"/tests*.xml
    swift test --package-path "$root" --scratch-path "$root/.build-$sanitizer" -c release -Xswiftc -enable-testing \
        --sanitize="$sanitizer" --xunit-output "$out/tests.xml" --filter "^($(IFS='|'; echo "$*"))"
    for pattern in "$@"; do
        grep -qE "classname=\"$pattern" "$out"/tests*.xml || { echo "no test ran that begins with $pattern"; exit 1; }
    done
}

echo "address sanitizer: the Swift tests"
LSAN_OPTIONS="suppressions=$sanitizers/leak.txt" swift_tests address OmniTensorTests OmniGPTTests OmniPipelineTests

echo "thread sanitizer: what is a race and what is none"
swiftc -O -swift-version 6 -sanitize=thread "$sanitizers/counting.swift" -o "$out/counting"
export TSAN_OPTIONS="suppressions=$sanitizers/thread.txt history_size=5"
if [ "$(uname)" = Linux ]; then
    clang -O1 -Wall -Wextra -Werror -shared -fPIC "$sanitizers/mutex.c" -o "$out/mutex.so"
    export LD_PRELOAD="$out/mutex.so"
fi
"$out/counting"
if "$out/counting" race > "$out/log" 2>&1; then echo "a race was not found"; exit 1; fi
grep -q 'WARNING: ThreadSanitizer' "$out/log" || { cat "$out/log"; exit 1; }

echo "thread sanitizer: the Swift tests in which threads meet"
swift_tests thread OmniPipelineTests.{Session,Conversation,Mailbox,ConcurrentDecoder,OmniScheduler,InferenceExecutor,Calibration} \
    OmniGPTTests.{BatchedStep,IndependentSequence} OmniTensorTests.{NativeThread,ErrorFeedback,WeightScope}
