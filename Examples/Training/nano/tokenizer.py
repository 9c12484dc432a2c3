"""The tokenizer of the bundled model: byte-level BPE in Qwen2's layout, 701 pieces and 3 special tokens."""

import functools
import pathlib

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from . import paths
from .vocabulary import TEXT_CODES

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")

BUNDLED = paths.TRAINING.parent / "Models" / "nano" / "tokenizer.json"


def train(texts: list[str], path: pathlib.Path) -> None:
    byte_level = dict(add_prefix_space=False, trim_offsets=False, use_regex=False)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(SPLIT), "isolated", invert=False), pre_tokenizers.ByteLevel(**byte_level)])
    tokenizer.decoder = decoders.ByteLevel(**byte_level)
    tokenizer.post_processor = processors.ByteLevel(**byte_level)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=TEXT_CODES - len(SPECIAL), initial_alphabet=alphabet, special_tokens=[], show_progress=False))
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in SPECIAL])
    tokenizer.save(str(path))


@functools.cache
def load() -> Tokenizer:
    """The one in `build/`, else that of the bundled model."""
    own = paths.BUILD / "tokenizer.json"
    return Tokenizer.from_file(str(own if own.exists() else BUNDLED))


def encode(text: str) -> list[int]:
    return load().encode(text).ids


def decode(tokens: list[int]) -> str:
    return load().decode(tokens)
