#!/usr/bin/env bash
# Asks the bundled model a spoken question, prints the answer while it is made and writes it to reply.wav.
#
#   bash Examples/quickstart.sh                # "What is your name?"
#   bash Examples/quickstart.sh question.wav   # your own recording, or any other of Examples/Audio
set -euo pipefail

examples="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
question="${1:-$examples/Audio/what-is-your-name.wav}"

bash "$examples/Scripts/install-dependencies.sh"
echo "Building the omni command (about two minutes the first time) …" >&2
swift build --package-path "$examples" -c release --product omni >&2

"$examples/.build/release/omni" ask "$question" --model "$examples/Models/nano" -o reply.wav --timings
