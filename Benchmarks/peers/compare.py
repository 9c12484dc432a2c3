#!/usr/bin/env python3
"""Times Omni and its peers in one run, at the shapes of the released model with random weights, and prints ratios.

    compare.py OMNI MODEL [--threads 2] [--vad silero.onnx --vad-window 1024] [--only decoder encoder codec vad]

OMNI is the built `omni` command, MODEL what `omni make-random-model` wrote. Peers' files are made once in --folder. A peer
that is not installed is left out, with a line that says so.
"""

import argparse
import importlib
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

STEP, ENCODE = "step, two rows of batch mode", "encode 30 s"


def ours():
    """Seconds by precision and stage, by Omni itself."""
    command = [options.omni, "bench", "speed", "--model", options.model, "--threads", str(options.threads), "--json"]
    for precision in ("float32", "int8", "int4"):
        command += ["--precision", precision]
    if options.vad:
        command += ["--voice-activity", options.vad]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    print(f"omni: {report['engine']['threads']} threads, {report['engine']['instructions']}, "
          f"memory {report['limits']['bytesPerSecond'] / 1e9:.1f} GB/s", file=sys.stderr)
    return {(figure["precision"], figure["stage"]): figure["value"] for figure in report["figures"]}


rows = []


def compare(peer, stage, own, module, measure):
    """Adds a line, or says why there is none. `measure` gets the module that runs the peer."""
    try:
        time = measure(importlib.import_module(module))
    except ImportError as error:
        print(f"{peer}: left out, {error}", file=sys.stderr)
        return
    rows.append((stage, peer, time, own))
    print(f"{peer}, {stage}: {time * 1e3:.2f} ms", file=sys.stderr)


def compare_all(figures):
    folder, threads = options.folder, options.threads
    if "decoder" in options.only:
        stage = "step of two rows, our int8"
        for kind in ("Q8_0", "Q4_0"):
            compare(f"llama.cpp {kind}", stage, figures["int8", STEP], "llama_cpp_peer",
                    lambda peer, kind=kind: peer.steps(folder, kind, threads)[0])
        compare("llama.cpp Q4_0", "step of two rows, our int4", figures["int4", STEP], "llama_cpp_peer",
                lambda peer: peer.steps(folder, "Q4_0", threads)[0])
        compare("PyTorch float32", stage, figures["int8", STEP], "pytorch", lambda peer: peer.step(threads))
    if "encoder" in options.only:
        for kind in ("int8", "float32"):
            compare(f"onnxruntime {kind}", f"encoder, 30 s, our {kind}", figures[kind, ENCODE], "onnxruntime_peer",
                    lambda peer, kind=kind: peer.encoder(folder, kind, threads))
        compare("whisper.cpp Q8_0", "encoder, 30 s, our int8", figures["int8", ENCODE], "whisper_cpp_peer",
                lambda peer: peer.encoder(folder, threads))
    if "codec" in options.only:
        # PyTorch by four frames stands beside our stream, which takes them one by one.
        stages = (("codec, a second at once", 47, "codec, a second at once"),
                  ("codec, by four frames", 16, "codec, streaming, per second"))
        for stage, latent_count, ours_stage in stages:
            compare("PyTorch float32", stage, figures["float32", ours_stage], "pytorch",
                    lambda peer, count=latent_count: peer.codec(threads, count))
    if "vad" in options.only and options.vad:
        window = options.vad_window
        compare("onnxruntime float32", f"voice activity, {window} samples",
                figures["float32", f"voice activity, {window} samples, one thread"], "onnxruntime_peer",
                lambda peer: peer.window(options.vad, window))


compare_all(ours())
print(f"{'stage':<32}{'peer':<24}{'peer':>12}{'omni':>12}{'times faster':>14}")
for stage, name, time, own in rows:
    print(f"{stage:<32}{name:<24}{time * 1e3:>9.2f} ms{own * 1e3:>9.2f} ms{time / own:>14.2f}")
