"""A quick look at a checkpoint or an exported model with PyTorch. `python -m nano.evaluate [--model FOLDER]`

The figures of the model card come from `omni bench nano`, which runs the Swift code.
"""

import argparse
import collections
import json
import pathlib
import random
import wave

import numpy as np
import torch

from . import checkpoints, generate, paths, scoring, tokenizer


def read_wave(path: pathlib.Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=pathlib.Path, help="an exported model; else the last checkpoint")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--sets", default="voices,noise,phrasings,unknown,natural,natural-noise,natural-unknown")
    parser.add_argument("--modes", default="a1t2,a1t1,t1t2,batch")
    parser.add_argument("--show", type=int, default=6, help="wrong answers to print")
    options = parser.parse_args()
    torch.set_num_threads(1)
    encoder, gpt = checkpoints.parts(options.model or paths.BUILD / "joint" / "checkpoint.pt")
    for name in options.sets.split(","):
        folder = paths.BUILD / "held-out" / name
        entries = json.loads((folder / "index.json").read_text())
        entries = random.Random(1).sample(entries, min(options.count, len(entries)))
        heard = [generate.features(encoder, read_wave(folder / entry["file"])) for entry in entries]
        for mode in options.modes.split(","):
            if mode in ("t1t2", "t1a2") and name.endswith("noise"):
                continue
            report(name, mode, entries, heard, gpt, options.show)


def report(name: str, mode: str, entries: list[dict], heard: list[torch.Tensor], gpt, show: int) -> None:
    right, kinds, edits, words, wrong = 0, collections.Counter(), 0, 0, []
    for entry, one in zip(entries, heard):
        question = tokenizer.encode(entry["question"]) if mode in ("t1t2", "t1a2") else one
        text = tokenizer.decode(generate.reply(gpt, mode, question).tokens())
        expected = entry["question"] if mode == "a1t1" else entry["answer"]
        edits += scoring.edits(scoring.words(expected), scoring.words(text))
        words += len(scoring.words(expected))
        if scoring.same(text, expected):
            right += 1
        else:
            kinds[entry["kind"]] += 1
            wrong.append((entry["question"], text))
    print(f"{name:15} {mode:6} right {right / len(entries):.3f}  WER {edits / words:.3f}  wrong {dict(kinds)}", flush=True)
    for pair in wrong[:show]:
        print("      ", *pair, sep=" | ")


if __name__ == "__main__":
    main()
