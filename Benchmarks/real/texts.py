"""Writes windows of text as tokens: licences, questions in chat form made by rule, Chinese messages of the system.

    python texts.py TOKENIZER.json OUT.json [--calibration FOLDER]

Needs `tokenizers` and a Debian system: /usr/share/common-licenses and the zh_CN messages of bash, adduser and binutils.
There are 32 windows of 256 tokens: 16 of licences, 10 of chats, 6 of Chinese. With `--calibration` other texts of the
same kinds, which share no file and no question with the windows, are written to FOLDER for `omni quantize --calibrate`.
"""
import argparse
import gettext
import itertools
import json
import pathlib

from tokenizers import Tokenizer

WINDOW = 256
LICENCES = pathlib.Path("/usr/share/common-licenses")
MESSAGES = pathlib.Path("/usr/share/locale/zh_CN/LC_MESSAGES")

QUESTIONS = [
    ("What is the capital of {0}?", "The capital of {0} is {1}.",
     [("France", "Paris"), ("Japan", "Tokyo"), ("Egypt", "Cairo"), ("Peru", "Lima"), ("Kenya", "Nairobi"),
      ("Norway", "Oslo"), ("Cuba", "Havana"), ("Greece", "Athens"), ("Poland", "Warsaw"), ("Chile", "Santiago")]),
    ("How do you say {0} in German?", "In German you say \"{1}\".",
     [("thank you", "danke"), ("good morning", "guten Morgen"), ("water", "Wasser"), ("bread", "Brot"),
      ("I am tired", "ich bin müde"), ("tomorrow", "morgen"), ("the train is late", "der Zug ist spät")]),
    ("Write a Python function that returns {0}.", "```python\ndef f(values):\n    return {1}\n```",
     [("the sum of a list", "sum(values)"), ("the largest value", "max(values)"),
      ("the values in reverse", "values[::-1]"), ("the number of even values", "sum(v % 2 == 0 for v in values)"),
      ("the squares of all values", "[v * v for v in values]"), ("the sorted values", "sorted(values)")]),
    ("Why {0}?", "Because {1}.",
     [("is the sky blue", "air scatters short waves of light more than long ones"),
      ("does ice float", "water expands when it freezes, so ice is less dense"),
      ("do leaves fall in autumn", "trees save water and energy for the winter"),
      ("do we sleep", "the brain and the body recover and store what was learnt"),
      ("is the sea salty", "rivers carry salts from rocks into it and only water evaporates")]),
    ("What is {0} plus {1}?", "{0} plus {1} is {2}.",
     [(a, b, a + b) for a, b in ((17, 25), (8, 134), (61, 19), (250, 375), (99, 12), (43, 58))]),
    ("Tell me one fact about {0}.", "{1}",
     [("bees", "Bees tell each other where flowers are by dancing."),
      ("the Moon", "The Moon moves away from the Earth by almost four centimetres a year."),
      ("octopuses", "An octopus has three hearts and blue blood."),
      ("Iceland", "Iceland makes nearly all of its electricity from water and the heat of the ground."),
      ("coffee", "Coffee is the seed of a fruit that grows on small trees.")]),
]


def chats(calibration):
    """Every second question is for calibration, and the rest for judging."""
    turns = [(question.format(*values), answer.format(*values))
             for question, answer, list_of_values in QUESTIONS for values in list_of_values]
    turns = sorted(turns, key=lambda turn: sum(map(ord, turn[0])) * 7919 % 1009)[1 if calibration else 0::2]
    for question, answer in itertools.cycle(turns):
        yield ("<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
               f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n{answer}<|im_end|>\n")


def licences(calibration):
    names = (["GFDL-1.3", "LGPL-2.1", "GPL-1", "BSD"] if calibration
             else ["GPL-3", "Apache-2.0", "MPL-2.0", "Artistic", "CC0-1.0"])
    return [(LICENCES / name).read_text(errors="replace") for name in names]


def chinese(calibration):
    for name in ("bash",) if calibration else ("adduser", "binutils"):
        with open(MESSAGES / f"{name}.mo", "rb") as file:
            translations = gettext.GNUTranslations(file)._catalog
        texts = [text for text in translations.values() if isinstance(text, str) and len(text) > 12]
        yield "\n".join(texts[1:])


def windows(tokenizer, texts, count):
    """`count` windows, as many from each text as possible."""
    encoded = [tokenizer.encode(text).ids for text in texts]
    result = []
    for round_ in itertools.count():
        before = len(result)
        for tokens in encoded:
            window = tokens[round_ * WINDOW:(round_ + 1) * WINDOW]
            if len(window) == WINDOW and len(result) < count:
                result.append(window)
        if len(result) == count:
            return result
        if len(result) == before:
            raise SystemExit(f"only {before} windows where {count} are needed")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tokenizer")
    parser.add_argument("out")
    parser.add_argument("--calibration", type=pathlib.Path)
    arguments = parser.parse_args()
    tokenizer = Tokenizer.from_file(arguments.tokenizer)

    def talk(calibration):
        return "".join(itertools.islice(chats(calibration), 80))

    result = (windows(tokenizer, licences(False), 16) + windows(tokenizer, [talk(False)], 10)
              + windows(tokenizer, chinese(False), 6))
    with open(arguments.out, "w") as file:
        json.dump(result, file)
    print(len(result), "windows,", sum(map(len, result)), "tokens")
    if arguments.calibration:
        arguments.calibration.mkdir(parents=True, exist_ok=True)
        texts = [*licences(True), talk(True), *chinese(True)]
        for index, text in enumerate(texts):
            (arguments.calibration / f"{index}.txt").write_text(text, encoding="utf-8")
        print(len(texts), "texts to calibrate with")


if __name__ == "__main__":
    main()
