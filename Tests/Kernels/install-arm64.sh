#!/usr/bin/env bash
# Installs what run.sh needs to examine the arm64 kernels on another machine, on Debian and Ubuntu. Where that is not
# possible it says so and succeeds: run.sh then leaves them out.
set -euo pipefail

if command -v qemu-aarch64 > /dev/null && command -v aarch64-linux-gnu-gcc > /dev/null; then exit 0; fi
packages=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user)
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
if ! command -v apt-get > /dev/null ||
    ! DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" \
        > /dev/null 2>&1; then
    echo "kernels: cannot install ${packages[*]}"
fi
