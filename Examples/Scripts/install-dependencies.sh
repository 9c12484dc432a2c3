#!/usr/bin/env bash
# Installs what the Swift toolchain does not bring along, on Debian and Ubuntu: OpenBLAS and LAPACKE, and libsndfile, through
# which recordings other than WAV are read.
# Does nothing where they are installed already, and nothing on macOS, which has Accelerate.
set -euo pipefail

[ "$(uname -s)" = Linux ] || exit 0

if ! command -v swift >/dev/null; then
    echo "Swift 6.3 or newer is needed: https://www.swift.org/install" >&2
    exit 1
fi

packages=(pkg-config libopenblas-dev liblapacke-dev libsndfile1)
missing=()
for package in "${packages[@]}"; do
    dpkg-query --show --showformat='${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$' ||
        missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
    echo "Please install the equivalents of ${missing[*]} with your system's package manager." >&2
    exit 1
fi

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "Installing ${missing[*]} …" >&2
"${as_root[@]}" apt-get update -qq >&2
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
