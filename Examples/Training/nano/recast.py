"""Sentences of which the codec's copy loses words, spoken again. `python -m nano.recast`, after `refine_codec`

`casting.py` judges clips, and a good clip can be a bad copy. A sentence of which Whisper base writes down other words is spoken
in more ways, each take gets the codes that are nearest, and the first whose copy is written down rightly is kept, or the one
that loses fewest words. All other codes stay as they are.
"""

import argparse
import pickle

import numpy as np
import torch
from tqdm import tqdm

from . import casting, codes, paths, scoring, voice
from .recognise import spoken
from .snac import SNAC

TAKES = [(length, noise) for length in (1.0, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.4) for noise in (0.333, 0.667)]


class Copies:
    """What Whisper base writes down of the codec's copies."""

    def __init__(self):
        self.judge, self.codec = casting.Judge(), SNAC()
        self.codec.load_state_dict(torch.load(paths.BUILD / "codec" / "refined.pt")["model"])
        self.codec.eval()

    def lost(self, unit: str, coded: np.ndarray) -> int:
        """How many words of a sentence are written down otherwise."""
        with torch.inference_mode():
            copy = self.codec.decode(codes.layers(coded))[0, 0].numpy()
        return scoring.edits(spoken(unit.removeprefix("=")), spoken(self.judge.transcript(copy)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--takes", type=int, default=len(TAKES), help="how many to choose from")
    parser.add_argument("--sentences", type=int, help="how many are looked at, from the first; all when it is left out")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(7)
    folder, copies = paths.made("voice"), Copies()
    clips, found = voice.load(), codes.load()
    mean, centres = codes.earlier(folder)
    sentences = [unit for unit in clips if unit.startswith("=")][:options.sentences]
    for unit in tqdm(sentences, desc="sentences", mininterval=5):
        fewest = present = copies.lost(unit, found[unit])
        for length, noise in TAKES[:options.takes]:
            if fewest == 0:
                break
            clip = voice.clip(unit, voice.spoken(unit, ".", length, noise))
            coded = codes.nearest(clip, mean, centres)
            lost = copies.lost(unit, coded)
            if lost < fewest:
                fewest, clips[unit], found[unit] = lost, clip, coded
        if present:
            tqdm.write(f"{unit.removeprefix('=')} {present} → {fewest} words lost")
    voice.save(clips)
    (folder / "codes.pkl").write_bytes(pickle.dumps(found))


if __name__ == "__main__":
    main()
