"""A tokenizer of the domain's words. `python -m nano.make_tokenizer`

Not needed to go on from the bundled model, whose tokenizer is used when `build/` has none.
"""

import random

from . import paths, questions, tokenizer
from .dictionary import spoken_words


def main() -> None:
    rng, texts = random.Random(3), []
    for _ in range(40000):
        question = questions.draw(rng, spoken_words())
        texts += [question.text, question.answer, question.text.lower()]
    path = paths.made(".") / "tokenizer.json"
    tokenizer.train(texts, path)
    print(f"{path}: {tokenizer.load().get_vocab_size()} pieces")


if __name__ == "__main__":
    main()
