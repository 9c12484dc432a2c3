"""An independent recogniser of the spoken answers: pocketsphinx with its own English model and a grammar of the domain."""

import re

import numpy as np
from pocketsphinx import Decoder, get_model_path
from scipy.signal import resample_poly

from . import domain, paths
from .dictionary import dictionary_path
from .numbers import spoken_number

PRONUNCIATIONS = {"omni": "AA M N IY"}  # The only word that the dictionary does not have.


def plain(text: str) -> str:
    return re.sub(r"[^a-z' ]", "", text.lower())


def grammar() -> str:
    """JSGF of all answers."""
    def choice(items) -> str:
        return "( " + " | ".join(sorted({plain(item) for item in items})) + " )"

    number = choice(" ".join(spoken_number(n)) for n in range(101))
    word, letter = choice(domain.WORDS), choice("abcdefghijklmnopqrstuvwxyz")
    day, month = choice(domain.DAYS), choice(domain.MONTHS)
    opposite = choice(word for pair in domain.OPPOSITES for word in pair)
    answers = [plain(answer) for answer, _, _ in domain.SMALL_TALK] + [
        plain(domain.UNKNOWN), f"{number} ( plus | minus | times ) {number} is {number}",
        f"{word} [ {word} ] [ {word} ] [ {word} ]",
        *(f"{kind} comes ( after | before ) {kind}" for kind in (day, month, number)),
        f"{choice(domain.COLORS)} is {choice(domain.COLORS.values())}", f"the opposite of {opposite} is {opposite}",
        f"the capital of {choice(domain.CAPITALS)} is {choice(domain.CAPITALS.values())}",
        f"{letter} {letter} {letter} [ {letter} ] [ {letter} ]"]
    return "#JSGF V1.0;\ngrammar answers;\npublic <answer> = " + " | ".join(answers) + " ;\n"


class Recogniser:
    def __init__(self):
        folder = paths.made("recogniser")
        extra = "".join(f"\n{word} {sounds}" for word, sounds in PRONUNCIATIONS.items())
        (folder / "words.dict").write_text(dictionary_path().read_text().rstrip("\n") + extra + "\n")
        (folder / "answers.gram").write_text(grammar())
        self._decoder = Decoder(
            hmm=get_model_path() + "/en-us/en-us", dict=str(folder / "words.dict"), jsgf=str(folder / "answers.gram"),
            loglevel="FATAL")

    def words(self, sound: np.ndarray) -> str:
        """What it understands of samples at 24 kHz."""
        sound = resample_poly(np.pad(sound, 4800), 2, 3)
        # A room is never silent, and the recogniser's model has never heard silence of all zeros.
        sound = sound / max(1e-3, np.abs(sound).max()) * 0.7 + np.random.default_rng(0).normal(0, 0.003, len(sound))
        sound = np.clip(sound, -1, 1)
        self._decoder.start_utt()
        self._decoder.process_raw((sound * 32767).astype(np.int16).tobytes(), full_utt=True)
        self._decoder.end_utt()
        hypothesis = self._decoder.hyp()
        return re.sub(r"\(\d+\)", "", hypothesis.hypstr) if hypothesis else ""
