#!/usr/bin/env bash
# Clients that others wrote against the built server: the openai package, the reference's requests, a browser, bad ones.
# `bash Examples/Tests/Clients/run.sh [environment]`, after `swift build -c release --product omni-server` in Examples/Server.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

environment="${1:-$(mktemp -d)}"
if [ ! -x "$environment/bin/python" ]; then
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt
fi
missing=()
command -v chromium >/dev/null || missing+=(chromium)
[ -x /usr/sbin/haproxy ] || missing+=(haproxy)
if [ ${#missing[@]} -gt 0 ]; then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
for test in test_reference test_openai test_operations test_connections test_bad_clients test_page test_haproxy attack fuzz; do
    "$environment/bin/python" "$test.py"
done
