"""False alarms and misses of the detector, beside Silero's own on the same recordings.

    python -m nano.evaluate_vad silero_vad.safetensors [silero_vad.onnx …]

A window of 32 ms is a miss when it holds speech and the probability is below 0.5, a false alarm the other way round.
Windows within 100 ms of a beginning or an end do not count: where a word ends is a matter of taste.
"""

import argparse
import pathlib
import random

import numpy as np
import torch
from safetensors.torch import load_file

from . import make_held_out, scenes, shards, sounds
from .make_questions import record
from .silero import CONTEXT, WINDOW, Detector

CONDITIONS = (
    [("clean", None, False)] + [(kind, ratio, False) for kind in sounds.KINDS for ratio in (15, 5)]
    + [(kind, 0, True) for kind in sounds.KINDS] + [("clean", None, True)])


def bundled(path: pathlib.Path):
    model = Detector()
    model.load_published(load_file(path))
    return lambda samples: torch.sigmoid(model(torch.from_numpy(samples)[None]))[0].detach().numpy()


def silero(path: pathlib.Path):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path))
    newer = "state" in {entry.name for entry in session.get_inputs()}

    def probabilities(samples: np.ndarray) -> np.ndarray:
        found, state = [], np.zeros((2, 1, 128 if newer else 64), np.float32)
        cell, context = state, np.zeros((1, CONTEXT), np.float32)
        for window in samples.reshape(-1, 1, WINDOW):
            if newer:
                joined = np.concatenate([context, window], 1)
                value, state = session.run(None, dict(input=joined, state=state, sr=np.array(16000)))
                context = window[:, -CONTEXT:]
            else:
                value, state, cell = session.run(None, dict(input=window, h=state, c=cell, sr=np.array(16000)))
            found.append(float(value.squeeze()))
        return np.array(found)

    return probabilities


def counted(spoken: np.ndarray, margin: int = 3) -> np.ndarray:
    """Windows that are not near an edge."""
    edges = np.flatnonzero(np.diff(spoken.astype(np.int8)))
    keep = np.ones(len(spoken), bool)
    for edge in edges:
        keep[max(0, edge + 1 - margin):edge + 1 + margin] = False
    return keep


def held_out_speech(name: str, count: int = 60) -> list[shards.Recording]:
    """Utterances of voices that training never hears: of espeak-ng (`voices`) or of Kokoro's `jm_kumo` (`natural`)."""
    rng, noise, found = random.Random(95), np.random.default_rng(95), []
    for number, question in enumerate(make_held_out.asked(name, count, rng)):
        made = record(question, rng, noise, lambda text: make_held_out.utter(text, name, rng))
        if made:
            sound, speaking, voice = made
            found.append(shards.Recording(
                question.text, question.answer, question.units, question.kind, voice,
                (np.clip(sound, -1, 1) * 32767).astype(np.int16), speaking, name, number))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    parser.add_argument("--scenes", type=int, default=6)
    parser.add_argument("--voices", choices=("voices", "natural"), default="voices", help="espeak-ng or natural ones")
    options = parser.parse_args()
    torch.set_num_threads(1)
    detectors = [(bundled if path.suffix == ".safetensors" else silero)(path) for path in options.models]
    recordings = held_out_speech(options.voices)
    print("| recording |" + "".join(f" {path.name}: misses | false alarms |" for path in options.models))
    print("|---|" + "---|---|" * len(detectors))
    for kind, ratio, silent in CONDITIONS:
        rng, noise = random.Random(96), np.random.default_rng(96)
        made = [scenes.scene(recordings, 10, rng, noise, kind, ratio, silent) for _ in range(options.scenes)]
        name = "silence" if kind == "clean" and silent else f"{kind} alone" if silent else kind
        name += f", {ratio} dB" if ratio else ""
        cells = []
        for detector in detectors:
            heard = np.concatenate([detector(samples.astype(np.float32)) >= 0.5 for samples, _ in made])
            spoken = np.concatenate([spoken for _, spoken in made])
            keep = np.concatenate([counted(spoken) for _, spoken in made])
            misses, alarms = (~heard & spoken & keep).sum(), (heard & ~spoken & keep).sum()
            speech, pauses = (spoken & keep).sum(), (~spoken & keep).sum()
            cells.append(f" {misses / speech:.1%} |" if speech else " – |")
            cells.append(f" {alarms / pauses:.1%} |" if pauses else " – |")
        print(f"| {name} |" + "".join(cells), flush=True)


if __name__ == "__main__":
    main()
