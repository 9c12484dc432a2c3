"""Stage 8: recordings to evaluate by, of voices that training never hears. `python -m nano.make_held_out`

Writes `build/held-out/NAME/*.wav` and an `index.json` beside them for each of

* `voices`: questions like those of training, by other voices; `noise` is the same with noise 10 dB below the speech;
* `phrasings`: phrasings, problems and combinations that are not in training, by other voices;
* `unknown`: the 200 questions of `unknown_held_out.txt`.
"""

import argparse
import json
import pathlib
import random
import wave

import numpy as np
from tqdm import tqdm

from . import paths, questions, rooms, scoring, speakers
from .dictionary import spoken_words
from .make_questions import record

SEEDS = dict(voices=91, phrasings=92, unknown=93)


def asked(name: str, count: int, rng: random.Random):
    """The questions of a set."""
    if name == "unknown":
        yield from questions.unknown_held_out()
    made = 0
    while name != "unknown" and made < count:
        question = questions.draw(rng, spoken_words(), held_out=name == "phrasings", unknown_share=0)
        if not question.held_out or " ".join(scoring.words(question.text)) not in questions.first_release():
            made += 1
            yield question


def recordings(name: str, count: int):
    """(question, samples, voice), the same for the same name and count."""
    rng, noise = random.Random(SEEDS[name]), np.random.default_rng(SEEDS[name])
    for question in asked(name, count, rng):
        made = None
        while made is None:  # Too long in a slow voice: another voice asks.
            made = record(question, rng.choice(speakers.HELD_OUT), rng, noise)
        yield question, made[0], made[2]


def write_wave(path: pathlib.Path, samples: np.ndarray, rate: int = rooms.SAMPLE_RATE) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def write(name: str, entries: list, folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    index = []
    for number, (question, samples, voice) in enumerate(entries):
        file = f"{number:03d}.wav"
        write_wave(folder / file, samples)
        index.append(dict(
            file=file, question=question.text, answer=question.answer, kind=question.kind, voice=voice))
    (folder / "index.json").write_text(json.dumps(index, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    options = parser.parse_args()
    folder = paths.made("held-out")
    for name in SEEDS:
        entries = list(tqdm(recordings(name, options.count), desc=name, mininterval=5))
        write(name, entries, folder / name)
        if name == "voices":
            track, rng = rooms.NoiseTrack(seed=6), random.Random(94)
            noisy = [(q, 0.7 * track.add(samples, 10, rng), voice) for q, samples, voice in entries]
            write("noise", noisy, folder / "noise")


if __name__ == "__main__":
    main()
