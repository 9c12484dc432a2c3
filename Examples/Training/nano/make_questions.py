"""Spoken questions. `python -m nano.make_questions [SOURCE …]` writes shards; those that are there already are kept.

A source is a synthesizer of `speakers.py`; each can run in a process of its own.
"""

import argparse
import json
import pathlib
import random
import zlib

import numpy as np
from tqdm import tqdm

from . import paths, questions, rooms, speakers
from .dictionary import spoken_words

LONGEST = int(4.95 * rooms.SAMPLE_RATE)
# Recordings of each source.
COUNTS = dict(espeak=12000, flite=6000, festival=2000, pico=3000, joe=6000, kokoro=2000)
PER_SHARD = 1000


def make_shard(path: pathlib.Path, count: int, seed: int, source: str) -> None:
    """`path.npy` holds all samples one after another, `path.json` what they are."""
    rng, noise = random.Random(seed), np.random.default_rng(seed)
    vocabulary = spoken_words()
    sounds, entries = [], []
    with tqdm(total=count, desc=path.name, mininterval=5) as progress:
        while len(entries) < count:
            question = questions.draw(rng, vocabulary, held_out=False, paraphrased_share=0.6, wide_sums=True)
            made = record(question, rng, noise, lambda text: speakers.utter(text, source, rng))
            if made is None:
                continue
            sound, speaking, voice = made
            sounds.append((sound * 32767).astype(np.int16))
            entries.append(dict(
                text=question.text, answer=question.answer, units=question.units, kind=question.kind, voice=voice,
                count=len(sound), speaking="".join("01"[int(one)] for one in speaking)))
            progress.update()
    np.save(path.with_suffix(".part.npy"), np.concatenate(sounds))
    path.with_suffix(".json").write_text(json.dumps(entries))
    path.with_suffix(".part.npy").rename(path.with_suffix(".npy"))  # Last: it says that the shard is whole.


def record(question, rng, noise, utter):
    """Samples, speech of every 20 ms and voice, or `None` when the sentence is longer than the encoder listens."""
    spoken = question.text
    if question.kind == "repeat" and rng.random() < 0.6:  # Sometimes read as a list.
        head, words = spoken.rstrip(".").split(": ")
        spoken = head + ", " + ", ".join(words.split()) + "."
    utterance = utter(spoken)
    sound, lead = rooms.record(utterance.samples, rng, noise)
    if not 4000 <= len(sound) <= LONGEST:
        return None
    frames = len(sound) // speakers.FRAME + 1
    speaking = np.zeros(frames, bool)
    first = round(lead / speakers.FRAME)
    part = utterance.speaking[:frames - first]
    speaking[first:first + len(part)] = part
    return sound, speaking, utterance.voice


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="*", default=list(COUNTS))
    parser.add_argument("--share", type=float, default=1, help="of the recordings of each source")
    options = parser.parse_args()
    folder = paths.made("questions")
    for source in options.sources:
        wanted = max(1, round(COUNTS[source] * options.share))
        for number, start in enumerate(range(0, wanted, PER_SHARD)):
            path = folder / f"train-{source}-{number:02d}"
            if not path.with_suffix(".npy").exists():
                make_shard(path, min(PER_SHARD, wanted - start), zlib.crc32(path.name.encode()), source)


if __name__ == "__main__":
    main()
