#!/usr/bin/env bash
# Runs the verbs of `omni`, but those that need a device or minutes, as containers run them: few processes, few open
# files, little memory, a file system that can only be read, and no folder for temporary files. A verb does its work, or
# says in one sentence why it cannot, with the documented exit status; with the most of a limited kind it does its work.
# It never hangs, and no signal ends it.
#
#   bash Examples/Tests/containers.sh [PROGRAM]     # Examples/.build/release/omni
#
# Limits of processes bind no root, so that a root becomes another user for them; the read-only file system needs root.
# What cannot be arranged is skipped and said.
set -euo pipefail

examples="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
omni="$(realpath "${1:-$examples/.build/release/omni}")"
[ -x "$omni" ] || { echo "there is no program $omni" >&2; exit 66; }
# Not below /tmp, which is taken away.
scratch="$(mktemp -d -p /var/tmp)"
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch"

question="$examples/Audio/what-is-your-name.wav"
nano="$examples/Models/nano"
whisper="$(dirname "$examples")/Tests/Fixtures/whisper/transcription"
codec=hubertsiuzdak/snac_24khz
export HF_HUB_CACHE="$scratch/hub" HF_ENDPOINT=http://127.0.0.1:1 HF_HUB_OFFLINE=0 OMNI_MODEL="$nano"
unset HF_HOME TMPDIR http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY

printf '{"id": "a", "text": "What is your name?", "mode": "t1t2"}\n' >"$scratch/questions"
printf '{"codes": [[1], [2, 3], [4, 5, 6, 7]]}\n' >"$scratch/codes"
fill_cache() { # the codec, as Python's client leaves it
    local folder="$HF_HUB_CACHE/models--${codec/\//--}" commit=1111111111111111111111111111111111111111 file hash
    rm -rf "$HF_HUB_CACHE" && mkdir -p "$folder"/{refs,blobs,snapshots/$commit}
    for file in config.json pytorch_model.bin; do
        hash="$(sha256sum <"$nano/snac/$file" | cut -d' ' -f1)"
        cp "$nano/snac/$file" "$folder/blobs/$hash"
        ln -s "../../blobs/$hash" "$folder/snapshots/$commit/$file"
    done
    printf %s "$commit" >"$folder/refs/main"
    chmod -R a+rwX "$HF_HUB_CACHE"
}

# The status without limits, the one where nothing can be written, and the arguments.
verbs=(
    "0 0 ask $question"
    "0 73 ask $question -o $scratch/output/reply.wav"
    "0 0 ask --text Hello --mode t1t2 --json"
    "0 0 transcribe $question"
    "0 73 transcribe $question --model $whisper/small.pt --tokenizer $whisper/small.tiktoken --temperatures 0 --output-dir $scratch/output/text"
    "0 0 vad $question --model $nano/silero_vad.safetensors"
    "0 0 codec encode $question"
    "0 73 codec decode $scratch/codes -o $scratch/output/codes.wav"
    "0 0 tokenize text"
    "0 0 info"
    "0 0 doctor"
    "0 0 batch $scratch/questions"
    "0 73 batch $scratch/questions -o $scratch/output/answers --overwrite"
    "0 0 listen --input $question --pace fast"
    "0 73 listen --input $question --pace fast --record $scratch/output/conversation"
    "0 73 make-random-model $scratch/output/random --size tiny"
    "0 73 quantize $nano $scratch/output/packed"
    "69 69 pull $codec --update"
    "0 0 models"
    "0 0 verify $codec"
    "0 0 serve --help"
    "0 0 load --help"
    "0 73 rm $codec --yes"
)

failures=0
run_all() { # what to call it, column of the expected status, other statuses, the command before the program
    local name="$1" column="$2" others="$3" line expected status start=$SECONDS
    shift 3
    rm -rf "$scratch/output" && mkdir -m 777 "$scratch/output"
    fill_cache
    for line in "${verbs[@]}"; do
        # shellcheck disable=SC2206  # no argument has a space
        local words=($line)
        expected="${words[$column]}"
        status=0
        timeout --kill-after=5 60 "$@" "$omni" "${words[@]:2}" \
            >"$scratch/out" 2>"$scratch/messages" </dev/null || status=$?
        # `doctor` finds that the model cannot be mapped, and says so among its findings with its own status.
        if [ -n "$others" ] && [ "${words[2]} $status" = "doctor 1" ] && grep -q '^FAIL ' "$scratch/out"; then
            continue
        fi
        if [ "$status" -ne "$expected" ] && [[ " $others " != *" $status "* ]]; then
            echo "FAIL $name: omni ${words[*]:2}: status $status" >&2
            head -c 2000 "$scratch/messages" >&2
            failures=$((failures + 1))
        elif [ "$status" -ne 0 ] && ! grep -q '^error: ' "$scratch/messages"; then
            echo "FAIL $name: omni ${words[*]:2}: status $status without a sentence" >&2
            head -c 2000 "$scratch/messages" >&2
            failures=$((failures + 1))
        fi
    done
    echo "$name: ${#verbs[@]} verbs in $((SECONDS - start)) s"
}
run_all "no limit" 0 ""

as_other=()
if [ "$(id -u)" -eq 0 ]; then as_other=(setpriv --reuid=65533 --regid=65533 --clear-groups); fi
if "${as_other[@]}" test -x "$omni" -a -r "$question"; then
    for count in 1 6 40; do
        run_all "$count processes" 0 71 "${as_other[@]}" bash -c "ulimit -u $count && exec \"\$@\"" bash
    done
else
    echo "few processes: skipped, because another user cannot read $examples"
fi
for count in 8 16 32; do
    if [ "$count" -eq 32 ]; then others=""; else others=71; fi
    run_all "$count open files" 0 "$others" bash -c "ulimit -n $count && exec \"\$@\"" bash
done
# Each thread has a stack, and memory of its own to allocate from.
most=$((1000000 + 250000 * $(nproc)))
for kilobytes in 300000 600000 "$most"; do
    if [ "$kilobytes" -eq "$most" ]; then others=""; else others=71; fi
    run_all "$((kilobytes / 1000)) MB of address space" 0 "$others" bash -c "ulimit -v $kilobytes && exec \"\$@\"" bash
done

# In a namespace of its own: every file system but those of the kernel is read-only, and /tmp has nothing and takes
# nothing.
read_only='
    mount --make-rprivate / || exit 77
    for folder in "$(stat -c %m "$0")" "$(stat -c %m "$1")" /; do mount -o remount,bind,ro "$folder" || exit 77; done
    case "$0" in /tmp/*) ;; *) mount -t tmpfs -o ro none /tmp || exit 77 ;; esac
    shift
    export TMPDIR=/tmp
    exec "$@"'
if [ "$(id -u)" -eq 0 ] && unshare --mount bash -c "$read_only" "$omni" "$scratch" true 2>/dev/null; then
    run_all "nothing to write to" 1 "" unshare --mount bash -c "$read_only" "$omni" "$scratch"
    run_all "no temporary folder" 0 "" env TMPDIR=/nowhere
else
    echo "read-only file system: skipped, because it cannot be arranged here"
fi

[ "$failures" -eq 0 ] || { echo "$failures verbs failed" >&2; exit 1; }
