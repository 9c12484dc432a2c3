#!/usr/bin/env bash
# Clients that others wrote against the built server: OpenAI's packages, LiveKit's and Pipecat's plugins, the reference's
# requests, a browser, bad ones; and `omni pull` beside Python's huggingface_hub.
# `bash Examples/Tests/Clients/run.sh [environment]`, after `bash Tests/run.sh command server`, or after
# `swift build -c release --product omni-server` in Examples/Server and `swift build -c release --product omni` in Examples.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

environment="${1:-$(mktemp -d)}"

bash prepare.sh "$environment"

tests=(test_hub test_reference test_openai test_transcriber test_agents test_operations test_connections test_bad_clients
    test_page test_haproxy attack fuzz)
for test in "${tests[@]}"; do
    "$environment/bin/python" "$test.py"
done
"$environment/livekit/bin/python" test_livekit.py
"$environment/pipecat/bin/python" test_pipecat.py
