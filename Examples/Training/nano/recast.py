"""The units that Whisper base understands worst through the codec, spoken again. `python -m nano.recast`, after `refine_codec`

`casting.py` judges clips, and what is a good clip can be a bad copy. So the units whose answers are found least likely once they
came through the codec are spoken in more ways, each take gets the codes that are nearest, and the take is kept whose copy Whisper
understands best in the same answers. Codec, centres and the codes of all other units stay as they are.
"""

import argparse
import functools
import multiprocessing
import pickle
import random

import numpy as np
import torch
from tqdm import tqdm

from . import casting, codes, paths, questions, voice
from .snac import SNAC

TAKES = [(mark, length, noise) for length in (0.95, 1.15, 1.35) for noise in (0.333, 0.667) for mark in ",.!"]
ANSWERS, FIRST = 6, 2  # in which each unit is judged; all takes in the first of them, the `FINALISTS` in all
FINALISTS = 5
DRAWN = 20000  # answers that those are chosen from
BETTER = 0.05  # a take must be better than the present one by this, in nats a token, or nothing changes


def answers(rng: random.Random) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """For each unit, answers that say it: their units and their text as a transcriber writes it."""
    found: dict[str, list] = {unit: [] for unit in questions.units()}
    kinds = (questions.arithmetic, questions.repetition, questions.repetition, questions.fact, questions.fact)
    for _ in range(DRAWN):
        kind = rng.choice(kinds)
        question = kind(rng)
        listed = kind is questions.repetition
        text = "".join(casting.listed(list(question.units))) if listed else casting.written(question.answer)
        for unit in set(question.units):
            if len(found[unit]) < ANSWERS:
                found[unit].append((question.units, text))
    for unit, chosen in found.items():
        if unit.startswith("="):
            chosen.append(((unit,), " " + unit.removeprefix("=")))
    return found


class Copies:
    """How likely Whisper finds answers that came through the codec."""

    def __init__(self):
        self.judge, self.codec = casting.Judge(), SNAC()
        self.codec.load_state_dict(torch.load(paths.BUILD / "codec" / "refined.pt")["model"])
        self.codec.eval()

    @torch.inference_mode()
    def likelihood(self, said: dict[str, np.ndarray], answers: list[tuple[tuple[str, ...], str]]) -> float:
        """The mean over `answers`, in nats a token. `said`: the codes of each unit."""
        values = []
        for units, text in answers:
            copy = self.codec.decode(codes.layers(codes.joined(said, units)))[0, 0].numpy()
            values += self.judge.likelihoods([voice.Clip(copy, copy, copy)], [text])
        return float(np.mean(values))


def spoken_again(unit: str, count: int) -> tuple[voice.Clip, np.ndarray, float]:
    """The best of `count` takes, its codes and how likely its answers are."""
    torch.set_num_threads(1)
    found, said_in, copies, (mean, centres) = material()
    clips = [voice.clip(unit, voice.spoken(unit, *how)) for how in TAKES[:count]]
    coded = [codes.nearest(clip, mean, centres) for clip in clips]

    def likelihood(index: int, chosen: list) -> float:
        return copies.likelihood(found | {unit: coded[index]}, chosen)

    first = {index: likelihood(index, said_in[unit][:FIRST]) for index in range(len(clips))}
    finalists = sorted(first, key=first.get, reverse=True)[:FINALISTS]
    scores = {index: likelihood(index, said_in[unit]) for index in finalists}
    best = max(scores, key=scores.get)
    return clips[best], coded[best], scores[best]


def judged(unit: str) -> float:
    torch.set_num_threads(1)
    found, said_in, copies, _ = material()
    return copies.likelihood(found, said_in[unit])


@functools.cache
def material():
    """Codes, answers, the judge and the centres, once in each process."""
    return codes.load(), answers(random.Random(7)), Copies(), codes.earlier(paths.BUILD / "voice")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=70, help="how many are spoken again")
    parser.add_argument("--takes", type=int, default=len(TAKES), help="how many to choose from")
    options = parser.parse_args()
    clips, found, changed = voice.load(), codes.load(), 0
    with multiprocessing.get_context("spawn").Pool() as pool:
        judging = tqdm(pool.imap(judged, clips), total=len(clips), desc="judging", mininterval=5)
        present = dict(zip(clips, judging))
        worst = sorted(clips, key=present.get)[:options.units]
        making = pool.imap(functools.partial(spoken_again, count=options.takes), worst)
        for unit, (clip, coded, likelihood) in zip(worst, tqdm(making, total=len(worst), desc="takes", mininterval=5)):
            tqdm.write(f"{unit}: {present[unit]:.2f} → {likelihood:.2f}")
            if likelihood > present[unit] + BETTER:
                clips[unit], found[unit], changed = clip, coded, changed + 1
    voice.save(clips)
    (paths.made("voice") / "codes.pkl").write_bytes(pickle.dumps(found))
    print(f"{changed} of {len(worst)} units changed")


if __name__ == "__main__":
    main()
