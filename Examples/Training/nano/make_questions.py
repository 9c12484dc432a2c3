"""Stage 1: spoken questions. `python -m nano.make_questions` writes shards; those that are there already are kept."""

import argparse
import json
import pathlib
import random

import numpy as np
from tqdm import tqdm

from . import paths, questions, rooms, speakers
from .dictionary import spoken_words

LONGEST = int(4.95 * rooms.SAMPLE_RATE)


def make_shard(path: pathlib.Path, count: int, seed: int, held_out: bool, held_out_voices: bool) -> None:
    """`path.npy` holds all samples one after another, `path.json` what they are."""
    rng, noise = random.Random(seed), np.random.default_rng(seed)
    vocabulary, variants = spoken_words(), speakers.variants(held_out_voices)
    sounds, entries, names = [], [], {"_": 0}
    with tqdm(total=count, desc=path.name, mininterval=5) as progress:
        while len(entries) < count:
            question = questions.draw(rng, vocabulary, held_out, paraphrased_share=0.6, wide_sums=True)
            entry = record(question, rng.choice(variants), rng, noise)
            if entry is None:
                continue
            sound, phonemes, voice = entry
            labels = [names.setdefault(name, len(names)) for name in phonemes]
            sounds.append((sound * 32767).astype(np.int16))
            entries.append(dict(
                text=question.text, answer=question.answer, units=question.units, kind=question.kind, voice=voice,
                count=len(sound), phonemes=labels))
            progress.update()
    np.save(path.with_suffix(".part.npy"), np.concatenate(sounds))
    path.with_suffix(".json").write_text(json.dumps(dict(phonemes=list(names), entries=entries)))
    path.with_suffix(".part.npy").rename(path.with_suffix(".npy"))  # Last: it says that the shard is whole.


def record(question, variant, rng, noise):
    """Samples, phonemes and voice, or `None` when the sentence is longer than the encoder listens."""
    spoken = question.text
    if question.kind == "repeat" and rng.random() < 0.6:  # Sometimes read as a list.
        head, words = spoken.rstrip(".").split(": ")
        spoken = head + ", " + ", ".join(words.split()) + "."
    utterance = speakers.utter(spoken, variant, rng)
    sound, lead = rooms.record(utterance.samples, rng, noise)
    if not 4000 <= len(sound) <= LONGEST:
        return None
    phonemes = ["_"] * round(lead / 320) + utterance.phonemes
    frames = len(sound) // 320 + 1
    return sound, (phonemes + ["_"] * frames)[:frames], utterance.voice


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=int, default=14)
    parser.add_argument("--per-shard", type=int, default=4000)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    folder = paths.made("questions")
    for shard in range(options.first, options.shards):
        path = folder / f"train-{shard:02d}"
        if not path.with_suffix(".npy").exists():
            make_shard(path, options.per_shard, 1000 + shard, held_out=False, held_out_voices=False)


if __name__ == "__main__":
    main()
