#!/usr/bin/env bash
# Clients that others wrote against the built server: OpenAI's packages, LiveKit's and Pipecat's plugins, the reference's
# requests, a browser, bad ones; and `omni pull` beside Python's huggingface_hub.
# `bash Examples/Tests/Clients/run.sh [environment]`, after `bash Tests/run.sh command server`, or after
# `swift build -c release --product omni-server` in Examples/Server and `swift build -c release --product omni` in Examples.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

environment="${1:-$(mktemp -d)}"

# A virtual environment in a folder, with what a file of requirements names.
prepare() {
    [ -x "$1/bin/python" ] && return
    python3 -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check -r "$2"
}
prepare "$environment" requirements.txt
# These want other versions of the same packages, and half a gigabyte each.
prepare "$environment/livekit" requirements-livekit.txt
prepare "$environment/pipecat" requirements-pipecat.txt
missing=()
command -v chromium >/dev/null || missing+=(chromium)
[ -x /usr/sbin/haproxy ] || missing+=(haproxy)
if [ ${#missing[@]} -gt 0 ]; then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
tests=(test_hub test_reference test_openai test_transcriber test_agents test_operations test_connections test_bad_clients
    test_page test_haproxy attack fuzz)
for test in "${tests[@]}"; do
    "$environment/bin/python" "$test.py"
done
"$environment/livekit/bin/python" test_livekit.py
"$environment/pipecat/bin/python" test_pipecat.py
