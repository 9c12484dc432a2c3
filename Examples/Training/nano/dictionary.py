"""The words of the pronouncing dictionary that comes with pocketsphinx."""

import functools
import pathlib

from pocketsphinx import get_model_path


def dictionary_path() -> pathlib.Path:
    return pathlib.Path(get_model_path()) / "en-us" / "cmudict-en-us.dict"


@functools.cache
def spoken_words() -> list[str]:
    """Lower-case words of four to nine letters, in a fixed order."""
    words = {line.split()[0] for line in dictionary_path().read_text().splitlines()}
    return sorted(word for word in words if word.isalpha() and word.isascii() and 4 <= len(word) <= 9)
