"""How well Whisper base understands the spoken answers. `python -m nano.recognise FOLDER`

The folder is what `omni bench nano --answers FOLDER` wrote, and beside each recording the transcript that
`omni transcribe FOLDER/*.wav --model base.pt --language en --format txt --output-dir FOLDER` wrote. Writes `recognised.json` beside
them for `--recognised`.
"""

import argparse
import json
import pathlib
import re

from . import scoring
from .numbers import spoken_number

# What the transcriber writes in signs and the model says in words.
SIGNS = {"+": " plus ", "−": " minus ", "-": " minus ", "×": " times ", "*": " times ", "=": " is "}
# The same words, written in two ways.
SPELLINGS = {
    "alright": "all right", "I'm": "I am", "it's": "it is", "isn't": "is not", "that's": "that is", "I'll": "I will",
    "you're": "you are", "Dr": "doctor", "lala": "la la"}


def spoken(text: str) -> list[str]:
    """The words of a transcript as they are said."""
    text = re.sub(r"(?<=[A-Za-z])[-.](?=[A-Za-z])", " ", text)  # spelled words: C-A-T, C.A.T.
    text = re.sub(r"\b[A-Z]{2,}\b", lambda found: " ".join(found[0]), text)  # FISH for F I S H
    for sign, word in SIGNS.items():
        text = text.replace(sign, word)
    for short, long in SPELLINGS.items():
        text = re.sub(rf"\b{short}\b", long, text, flags=re.IGNORECASE)
    text = re.sub(r"\d+", lambda found: " ".join(spoken_number(int(found[0]))) if int(found[0]) <= 100 else found[0], text)
    return scoring.words(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    entries = json.loads((options.folder / "index.json").read_text())
    right, count = 0, 0
    for entry in entries:
        transcript = (options.folder / entry["file"]).with_suffix(".txt")
        # What the model says it says: this measures the voice; whether the answer is right is measured elsewhere.
        said, heard = spoken(entry["text"]), spoken(transcript.read_text())
        errors = scoring.edits(said, heard)
        right += max(0, len(said) - errors)
        count += len(said)
        if errors:
            print(f"{' '.join(said)} → {' '.join(heard)}")
    (options.folder / "recognised.json").write_text(json.dumps(dict(right=right, count=count)))
    print(f"{right} of {count} words, {right / max(1, count):.1%}")


if __name__ == "__main__":
    main()
