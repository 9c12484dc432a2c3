#!/usr/bin/env bash
# Installs what the clients of `run.sh` need: Python packages in a folder, a browser and a proxy in the system.
#
#   bash Examples/Tests/Clients/prepare.sh ENVIRONMENT
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# A virtual environment in a folder, with what a file of requirements names.
prepare() {
    [ -e "$1/prepared" ] && return
    python3 -m venv "$1"
    # Compiled is what a test imports, not half a gigabyte.
    "$1/bin/pip" install --quiet --disable-pip-version-check --no-compile -r "$2"
    touch "$1/prepared"
}
prepare "$1" requirements.txt
# These want other versions of the same packages, and half a gigabyte each.
prepare "$1/livekit" requirements-livekit.txt
prepare "$1/pipecat" requirements-pipecat.txt

missing=()
command -v chromium >/dev/null || missing+=(chromium)
[ -x /usr/sbin/haproxy ] || missing+=(haproxy)
if [ ${#missing[@]} -gt 0 ]; then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
