"""Questions with their answers, drawn from `domain.py` and `unknown.py`, and which of them training never sees."""

import functools
import pathlib
import random
from dataclasses import dataclass

from . import domain, grammar, scoring, unknown
from .numbers import spoken_number
from .paraphrases import PARAPHRASES

HELD_OUT_PERCENT = 15


@dataclass(frozen=True)
class Question:
    """A question, its answer, and the units of speech (`voice.py`) that the spoken answer is joined from."""

    text: str
    answer: str
    units: tuple[str, ...]
    kind: str
    held_out: bool = False


def small_talk() -> list[list[Question]]:
    """For each answer all its phrasings. Held out: those that stand apart in the domain, and some combinations."""
    return _small_talk()


@functools.cache
def _small_talk() -> list[list[Question]]:
    apart = {phrasing.lower() for _, _, phrasings in domain.SMALL_TALK for phrasing in phrasings}
    found = []
    for answer, templates, phrasings in domain.SMALL_TALK:
        texts = [text for template in templates for text in grammar.expand(template)]
        group = [
            Question(text, answer, ("=" + answer,), "small talk",
                     text.lower() in apart or grammar.percent(text) < HELD_OUT_PERCENT)
            for text in dict.fromkeys(texts)]
        group += [Question(text, answer, ("=" + answer,), "apart", True) for text in phrasings]
        found.append(group)
    return found


@functools.cache
def paraphrases() -> list[list[Question]]:
    """For each answer the phrasings of `paraphrases.py` that the domain does not have, and none that is held out there."""
    known = {q.text.lower() for group in small_talk() for q in group}
    found = []
    for answer, templates in PARAPHRASES.items():
        texts = dict.fromkeys(text for template in templates for text in grammar.expand(template))
        found.append([Question(text, answer, ("=" + answer,), "small talk") for text in texts if text.lower() not in known])
    return found


def arithmetic(rng: random.Random, highest: int = 20, second: int | None = None) -> Question:
    """Numbers up to `highest`, one of them at most `second`, results up to a hundred; factors up to ten."""
    kind = rng.choices(("plus", "minus", "times"), (5, 3, 2))[0]
    limit = highest if second is None else second
    if kind == "times":
        a, b = rng.randint(0, 10), rng.randint(0, 10)
        result = a * b
    elif kind == "plus":
        a = rng.randint(0, highest)
        b = rng.randint(0, min(limit, 100 - a))
        if second is not None and rng.random() < 0.5:
            a, b = b, a
        result = a + b
    else:
        a = rng.randint(0, highest)
        b = rng.randint(0, min(limit, a))
        result = a - b
    # No product is held out: a table cannot be guessed.
    held_out = kind != "times" and grammar.percent("ar", a, kind, b) < HELD_OUT_PERCENT
    problem = [*spoken_number(a), kind, *spoken_number(b)]
    words = [*problem, "is", *spoken_number(result)]
    text = rng.choice(_forms("ARITHMETIC_FORMS")).format(" ".join(problem))
    return Question(grammar.tidy(text), sentence(words), tuple(words), "arithmetic", held_out)


def wide_arithmetic(rng: random.Random) -> Question:
    """Small sums alone are learned by heart, and those held out stay wrong; numbers beyond those of the domain leave no
    other way than to learn how to add."""
    return arithmetic(rng, 99, rng.choice((20, 99)))


def repetition(rng: random.Random) -> Question:
    words = [rng.choice(domain.WORDS) for _ in range(rng.choices((1, 2, 3, 4), (1, 4, 5, 3))[0])]
    text = rng.choice(_forms("REPEAT_FORMS")).format(" ".join(words))
    held_out = grammar.percent("rp", *words) < HELD_OUT_PERCENT
    return Question(text, " ".join(words) + ".", tuple(words), "repeat", held_out)


def fact(rng: random.Random) -> Question:
    kind = rng.choices(("order", "color", "opposite", "capital", "spelling"), (5, 2, 4, 2, 3))[0]
    if kind == "order":
        text, words = _order(rng)
    elif kind == "color":
        thing, color = rng.choice(list(domain.COLORS.items()))
        text, words = rng.choice(_forms("COLOR_FORMS")).format(thing), [thing, "is", color]
    elif kind == "opposite":
        a, b = rng.choice(domain.OPPOSITES)
        a, b = rng.choice(((a, b), (b, a)))
        text, words = rng.choice(_forms("OPPOSITE_FORMS")).format(a), ["the opposite of", a, "is", b]
    elif kind == "capital":
        country, city = rng.choice(list(domain.CAPITALS.items()))
        text, words = rng.choice(_forms("CAPITAL_FORMS")).format(country), ["the capital of", country, "is", city]
    else:
        word = rng.choice(domain.SPELLINGS)
        text = grammar.tidy(rng.choice(_forms("SPELLING_FORMS")).format(word))
        units = tuple("letter " + letter for letter in word.upper())
        return Question(text, " ".join(word.upper()) + ".", units, kind, grammar.percent(text) < HELD_OUT_PERCENT)
    return Question(text, sentence(words), tuple(words), kind, grammar.percent(text) < HELD_OUT_PERCENT)


def _order(rng: random.Random) -> tuple[str, list[str]]:
    kind, items = rng.choices(
        (("day", domain.DAYS), ("month", domain.MONTHS), ("number", None)), (2, 3, 4))[0]
    where = rng.choice(("after", "before"))
    step = 1 if where == "after" else -1
    if items is None:
        item = rng.randint(1, 99)
        words, other = spoken_number(item), spoken_number(item + step)
    else:
        index = rng.randrange(len(items))
        words, other = [items[index]], [items[(index + step) % len(items)]]
    text = _order_form(rng.choice(_forms("NEXT_FORMS")), kind, where, " ".join(words))
    return text, [*other, f"comes {where}", *words]


def _order_form(form: str, kind: str, where: str, item: str) -> str:
    return form.replace("{kind}", kind).replace("{where}", where).replace("{item}", item)


def unknown_question(rng: random.Random, vocabulary: list[str]) -> Question:
    text = problem_beyond(rng) if rng.random() < 0.25 else unknown.sentence(rng, vocabulary)
    return Question(text, domain.UNKNOWN, ("=" + domain.UNKNOWN,), "unknown")


def problem_beyond(rng: random.Random) -> str:
    """What the model is not taught to work out: factors beyond ten, sums beyond a hundred, differences below nothing."""
    kind, is_beyond = rng.choice((
        ("plus", lambda a, b: a + b > 100), ("minus", lambda a, b: a < b), ("times", lambda a, b: max(a, b) > 10)))
    while True:
        a, b = rng.randint(0, 99), rng.randint(0, 99)
        if is_beyond(a, b):
            problem = [*spoken_number(a), kind, *spoken_number(b)]
            return grammar.tidy(rng.choice(_forms("ARITHMETIC_FORMS")).format(" ".join(problem)))


def unknown_held_out() -> list[Question]:
    lines = pathlib.Path(__file__).with_name("unknown_held_out.txt").read_text().splitlines()
    return [Question(line, domain.UNKNOWN, ("=" + domain.UNKNOWN,), "unknown", True) for line in lines if line]


@functools.cache
def first_release() -> frozenset[str]:
    """What the weights that training may start from (`--from`) were trained on: not held out from those."""
    lines = pathlib.Path(__file__).with_name("first_release.txt").read_text().splitlines()
    return frozenset(" ".join(scoring.words(line)) for line in lines)


def draw(
    rng: random.Random, vocabulary: list[str], held_out: bool = False, unknown_share: float = 0.2,
    paraphrased_share: float = 0, wide_sums: bool = False
) -> Question:
    """One question of the wanted side. Nothing of `unknown.py` is held out: that set is a file of its own.

    Training asks for more than is evaluated: `paraphrased_share` of the small talk is from `paraphrases.py`, and
    `wide_sums` go up to 99.
    """
    if not held_out and rng.random() < unknown_share:
        return unknown_question(rng, vocabulary)
    while True:
        kind = rng.choices(("talk", "arithmetic", "repeat", "fact"), (40, 20, 20, 20))[0]
        if kind == "talk":
            paraphrased = paraphrased_share > 0 and rng.random() < paraphrased_share
            question = rng.choice(rng.choice(paraphrases() if paraphrased else small_talk()))
        elif kind == "arithmetic" and wide_sums:
            question = wide_arithmetic(rng)
        else:
            question = {"arithmetic": arithmetic, "repeat": repetition, "fact": fact}[kind](rng)
        if question.held_out == held_out:
            return question


def units() -> list[str]:
    """Everything the voice must be able to say."""
    found = {"=" + answer for answer, _, _ in domain.SMALL_TALK} | {"=" + domain.UNKNOWN, *domain.WORDS}
    found |= {word for n in range(101) for word in spoken_number(n)} | {"plus", "minus", "times", "is"}
    found |= {*domain.DAYS, *domain.MONTHS, "comes after", "comes before", "the opposite of", "the capital of"}
    found |= {*domain.COLORS, *domain.COLORS.values(), *(word for pair in domain.OPPOSITES for word in pair)}
    found |= {*domain.CAPITALS, *domain.CAPITALS.values()}
    found |= {"letter " + letter for word in domain.SPELLINGS for letter in word.upper()}
    return sorted(found)


def sentence(words: list[str]) -> str:
    text = " ".join(words)
    return text[:1].upper() + text[1:] + "."


@functools.cache
def _forms(name: str) -> list[str]:
    # The placeholders are no choices, so that they come through the grammar as they are.
    return [text for template in getattr(domain, name) for text in grammar.expand(template)]
