#!/usr/bin/env bash
# Gives damaged and hostile files to every reader of model files: traps, more memory than 64 MiB and four times the file,
# and more than two seconds for a file are faults. With 14 readers, `--inputs 1000000` is for a night.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# Each file is written before it is read; a disk would be what is measured.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
swift build --package-path "$root/Examples" -c release --product omni-fuzz
"$root/Examples/.build/release/omni-fuzz" "$root/Tests/Fixtures" "$@"
