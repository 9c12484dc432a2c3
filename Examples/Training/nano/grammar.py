"""Phrasings from templates: `(a|b)` is a choice, `(a|)` something that may be left out; choices may be nested."""

import hashlib


def expand(template: str) -> list[str]:
    """All sentences of a template, in a fixed order, each once."""
    sentences, rest = _sequence(template, 0)
    if rest != len(template):
        raise ValueError(f"unbalanced brackets in {template!r}")
    return list(dict.fromkeys(tidy(sentence) for sentence in sentences))


_REQUESTS = tuple("Tell Give Name Say Spell Calculate Please Explain Describe Count Define Introduce Show".split())


def tidy(sentence: str) -> str:
    """One space between words, none before punctuation, the first letter a capital, no question mark after a request."""
    words = " ".join(sentence.split())
    for mark in ".,?!:":
        words = words.replace(" " + mark, mark)
    words = words[:1].upper() + words[1:]
    return words[:-1] + "." if words.endswith("?") and words.startswith(_REQUESTS) else words


def percent(*parts: object) -> int:
    """A number from 0 to 99 that depends on nothing but `parts`: what decides which combinations are held out."""
    digest = hashlib.md5(" ".join(map(str, parts)).lower().encode()).hexdigest()
    return int(digest[:8], 16) % 100


def _sequence(text: str, start: int) -> tuple[list[str], int]:
    found = [""]
    while start < len(text) and text[start] not in "|)":
        if text[start] == "(":
            choices, start = _choice(text, start + 1)
            found = [a + b for a in found for b in choices]
        else:
            found = [a + text[start] for a in found]
            start += 1
    return found, start


def _choice(text: str, start: int) -> tuple[list[str], int]:
    choices: list[str] = []
    while True:
        found, start = _sequence(text, start)
        choices += found
        if start == len(text):
            raise ValueError(f"unbalanced brackets in {text!r}")
        start += 1
        if text[start - 1] == ")":
            return choices, start
