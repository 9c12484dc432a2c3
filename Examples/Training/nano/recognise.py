"""How well an independent recogniser understands the spoken answers. `python -m nano.recognise FOLDER`

The folder is what `omni bench nano --answers FOLDER` wrote. Writes `recognised.json` beside it for `--recognised`.
"""

import argparse
import json
import pathlib
import wave

import numpy as np
from tqdm import tqdm

from . import scoring
from .recogniser import Recogniser, plain


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, help="only so many answers, from all over")
    options = parser.parse_args()
    entries = json.loads((options.folder / "index.json").read_text())
    if options.count and options.count < len(entries):
        entries = [entries[i * len(entries) // options.count] for i in range(options.count)]
    recogniser, right, count = Recogniser(), 0, 0
    for entry in tqdm(entries, desc="recognise", mininterval=5):
        with wave.open(str(options.folder / entry["file"])) as file:
            sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
        # What the model says it says: this measures the voice; whether the answer is right is measured elsewhere.
        said = plain(entry["text"]).split()
        heard = recogniser.words(sound).split()
        errors = scoring.edits(said, heard)
        right += max(0, len(said) - errors)
        count += len(said)
        if errors:
            tqdm.write(f"{' '.join(said)} → {' '.join(heard)}")
    (options.folder / "recognised.json").write_text(json.dumps(dict(right=right, count=count)))
    print(f"{right} of {count} words, {right / max(1, count):.1%}")


if __name__ == "__main__":
    main()
