"""Recordings to evaluate by, of voices that training never hears. `python -m nano.make_held_out`

Writes `build/held-out/NAME/*.wav` and an `index.json` beside them for each of

* `voices`: questions like those of training, by other voices of espeak-ng; `noise` is the same with noise 10 dB below the speech;
* `phrasings`: phrasings, problems and combinations that are not in training, by the same voices;
* `unknown`: the 200 questions of `unknown_held_out.txt`, by the same voices;
* `natural`: questions like those of training in Kokoro's voice `jm_kumo`; `natural-noise` is the same with noise at 10 dB, in a
  room, or through a telephone, a third each;
* `natural-unknown`: the 200 questions in that voice.
"""

import argparse
import json
import pathlib
import random
import wave

import numpy as np
from tqdm import tqdm

from . import espeak_voices, kokoro, paths, questions, rooms, scoring, sounds, speakers
from .dictionary import spoken_words
from .make_questions import record
from .microphones import telephone

SEEDS = {"voices": 91, "phrasings": 92, "unknown": 93, "natural": 97, "natural-unknown": 98}


def asked(name: str, count: int, rng: random.Random):
    """The questions of a set."""
    if name.endswith("unknown"):
        yield from questions.unknown_held_out()[:count]
    made = 0
    while not name.endswith("unknown") and made < count:
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
            made = record(question, rng, noise, lambda text: utter(text, name, rng))
        yield question, made[0], made[2]


def utter(text: str, name: str, rng: random.Random) -> speakers.Utterance:
    if name.startswith("natural"):
        samples = kokoro.kokoro().speak(text, kokoro.DEVELOPMENT, rng.uniform(0.95, 1.2))
        return speakers.utterance(samples, kokoro.SAMPLE_RATE, kokoro.DEVELOPMENT)
    return speakers.utterance(*espeak_voices.speak(text, rng, rng.choice(espeak_voices.HELD_OUT)), rng.uniform(0.88, 1.13))


def noisy(samples: np.ndarray, ratio_db: float, rng: random.Random, noise: np.random.Generator) -> np.ndarray:
    """White to brown noise, `ratio_db` below the mean of the recording."""
    level = np.sqrt((samples**2).mean()) * 10 ** (-ratio_db / 20)
    return 0.7 * (samples + level * sounds.make("noise", len(samples), rng, noise))


def disturbed(number: int, samples: np.ndarray, rng: random.Random, noise: np.random.Generator) -> np.ndarray:
    """By turns with noise at 10 dB, in a room whose echo is as loud as the speech, and through a telephone."""
    if number % 3 == 0:
        return noisy(samples, 10, rng, noise)
    if number % 3 == 1:
        return rooms.room(samples, seconds=0.4, share=1.0, noise=noise)
    return telephone(samples)


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
    parser.add_argument("--sets", default=",".join(SEEDS))
    options = parser.parse_args()
    folder = paths.made("held-out")
    for name in options.sets.split(","):
        entries = list(tqdm(recordings(name, options.count), desc=name, mininterval=5))
        write(name, entries, folder / name)
        rng, noise = random.Random(94), np.random.default_rng(94)
        if name == "voices":
            write("noise", [(q, noisy(one, 10, rng, noise), voice) for q, one, voice in entries], folder / "noise")
        if name == "natural":
            others = [(q, disturbed(n, one, rng, noise), voice) for n, (q, one, voice) in enumerate(entries)]
            write("natural-noise", others, folder / "natural-noise")


if __name__ == "__main__":
    main()
