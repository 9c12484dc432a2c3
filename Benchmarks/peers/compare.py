#!/usr/bin/env python3
"""Times Omni and its peers in one run, at the shapes of the released model with random weights, and prints ratios.

    compare.py OMNI MODEL [--threads 2] [--vad silero.onnx --vad-window 1024] [--only decoder encoder codec vad]

OMNI is the built `omni` command, MODEL what `omni make-random-model` wrote. Peers' files are made once in --folder. A peer
that is not installed is left out, with a line that says so.
"""

import argparse
import json
import os
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("omni")
parser.add_argument("model")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--folder", default="/tmp/omni-peers", help="where the files of the peers are kept")
parser.add_argument("--vad", help="a published Silero file")
parser.add_argument("--vad-window", type=int, default=512, help="samples at 16 kHz")
parser.add_argument("--only", nargs="*", default=["decoder", "encoder", "codec", "vad"])
options = parser.parse_args()
os.makedirs(options.folder, exist_ok=True)

STEP, ENCODE, CODEC = "step, two rows of batch mode", "encode 30 s", "codec, streaming, per second"


def ours():
    """Seconds by precision and stage, by Omni itself."""
    command = [options.omni, "bench", "speed", "--model", options.model, "--threads", str(options.threads), "--json"]
    if options.vad:
        command += ["--voice-activity", options.vad]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    print(f"omni: {report['engine']['threads']} threads, {report['engine']['instructions']}, "
          f"memory {report['limits']['bytesPerSecond'] / 1e9:.1f} GB/s", file=sys.stderr)
    return {(figure["precision"], figure["stage"]): figure["value"] for figure in report["figures"]}


rows = []


def compare(name, stage, own, measure):
    """Adds a line, or says why there is none."""
    try:
        time = measure()
    except ImportError as error:
        print(f"{name}: left out, {error}", file=sys.stderr)
        return
    rows.append((stage, name, time, own))
    print(f"{name}, {stage}: {time * 1e3:.2f} ms", file=sys.stderr)


def peers(figures):
    if "decoder" in options.only:
        import llama_cpp_peer

        own = figures["int8", STEP]
        for kind in ("Q8_0", "Q4_0"):
            compare(f"llama.cpp {kind}", "step, two rows, to our int8", own,
                    lambda kind=kind: llama_cpp_peer.steps(options.folder, kind, options.threads)[0])
        compare("llama.cpp Q4_0", "step, two rows, to our int4", figures["int4", STEP],
                lambda: llama_cpp_peer.steps(options.folder, "Q4_0", options.threads)[0])
        compare("PyTorch float32", "step, two rows, to our int8", own, lambda: torch().step())
    if "encoder" in options.only:
        import onnxruntime_peer
        import whisper_cpp_peer

        times = onnxruntime_peer.encoder(options.folder, options.threads)
        compare("onnxruntime int8", "encode 30 s, to our int8", figures["int8", ENCODE], lambda: times["int8"])
        compare("onnxruntime float32", "encode 30 s, to our float32", figures["float32", ENCODE],
                lambda: times["float32"])
        compare("whisper.cpp Q8_0", "encode 30 s, to our int8", figures["int8", ENCODE],
                lambda: whisper_cpp_peer.encoder(options.folder, options.threads))
    if "codec" in options.only:
        compare("PyTorch float32", "a second of sound", figures["float32", CODEC], lambda: torch().codec())
    if "vad" in options.only and options.vad:
        import onnxruntime_peer

        compare("onnxruntime float32", f"a window of {options.vad_window}, one thread",
                figures["float32", f"voice activity, {options.vad_window} samples, one thread"],
                lambda: onnxruntime_peer.window(options.vad, options.vad_window))


def torch():
    import torch as library

    import pytorch

    library.set_num_threads(options.threads)
    return pytorch


peers(ours())
print(f"{'stage':<40}{'peer':<24}{'peer':>12}{'omni':>12}{'times faster':>14}")
for stage, name, time, own in rows:
    print(f"{stage:<40}{name:<24}{time * 1e3:>9.2f} ms{own * 1e3:>9.2f} ms{time / own:>14.2f}")
