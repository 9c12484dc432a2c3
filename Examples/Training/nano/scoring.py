"""How an answer is judged: words, without case and punctuation."""

import re


def words(text: str) -> list[str]:
    return re.sub(r"[^a-z0-9' ]", " ", text.lower()).split()


def same(a: str, b: str) -> bool:
    return words(a) == words(b)


def edits(expected: list[str], heard: list[str]) -> int:
    """Insertions, deletions and substitutions from one to the other."""
    row = list(range(len(heard) + 1))
    for i, a in enumerate(expected, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]
