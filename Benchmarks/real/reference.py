"""What openai-whisper writes down: every recording in every mode at temperature 0, as JSON.

    python reference.py base.pt FOLDER_OF_RECORDINGS OUT.json [--heads base] [--threads 1]

Needs openai-whisper (20240930 or later), torch, numpy and soundfile. Modes: greedy and beam search of 5, each with and
without timestamps, and greedy with word times.
"""
import argparse
import json
import pathlib
import time

import soundfile
import torch
import whisper

MODES = {
    "greedy": {},
    "greedy-text": {"without_timestamps": True},
    "beam": {"beam_size": 5},
    "beam-text": {"beam_size": 5, "without_timestamps": True},
    "words": {"word_timestamps": True},
}


def remember_features(model):
    """Encodes a window once for all modes: the values are the same, and half the time is saved."""
    encode, known = model.encoder.forward, {}

    def forward(mel):
        key = hash(mel.numpy().tobytes())
        if key not in known:
            if len(known) > 8:
                known.clear()
            known[key] = encode(mel)
        return known[key]

    model.encoder.forward = forward


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("recordings", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--heads", default="base", help="the model whose alignment heads these are")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--timed", action="store_true", help="encode every window anew, for times that mean something")
    parser.add_argument("--mode", action="append", choices=list(MODES))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model = whisper.load_model(arguments.model)
    model.set_alignment_heads(whisper._ALIGNMENT_HEADS[arguments.heads])
    if not arguments.timed:
        remember_features(model)
    results = json.loads(arguments.out.read_text()) if arguments.out.exists() else {}
    for path in sorted(arguments.recordings.glob("*.wav")):
        samples, rate = soundfile.read(path, dtype="float32")
        assert rate == 16_000, path
        for mode in arguments.mode or MODES:
            if mode in results.get(path.stem, {}):
                continue
            start = time.perf_counter()
            result = whisper.transcribe(model, samples, temperature=0.0, fp16=False, **MODES[mode])
            result["seconds"] = time.perf_counter() - start
            results.setdefault(path.stem, {})[mode] = result
        arguments.out.write_text(json.dumps(results, ensure_ascii=False))
        print(path.stem, *[f"{result['seconds']:.1f}" for result in results[path.stem].values()], flush=True)


main()
