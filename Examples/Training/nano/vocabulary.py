"""Sizes of the model and the meaning of its token ids."""

from dataclasses import dataclass

import numpy as np

TEXT_CODES = 704
AUDIO_CODES = 256
SPECIAL = 64
STREAMS = 7

TEXT_SIZE = TEXT_CODES + SPECIAL
AUDIO_SIZE = AUDIO_CODES + SPECIAL
ROWS = TEXT_SIZE + STREAMS * AUDIO_SIZE

TEXT_END, TEXT_PAD, TEXT_INPUT, TEXT_ANSWER, TRANSCRIBE = range(TEXT_CODES, TEXT_CODES + 5)
AUDIO_END, AUDIO_PAD, AUDIO_INPUT, AUDIO_ANSWER, _SPLIT = range(AUDIO_CODES, AUDIO_CODES + 5)

# Row of audio token 0 of each stream in the one embedding table.
SHIFT = np.array([TEXT_SIZE + stream * AUDIO_SIZE for stream in range(STREAMS)])


@dataclass(frozen=True)
class Sizes:
    """The encoder listens to `context` frames of 20 ms; the decoder has `layers` layers of width `width`."""

    mels: int = 80
    context: int = 250
    encoder_width: int = 384
    encoder_heads: int = 6
    encoder_layers: int = 3
    layers: int = 4
    width: int = 192
    heads: int = 6
    groups: int = 2
    head_width: int = 32
    hidden: int = 512
    rope_base: int = 1_000_000
    positions: int = 2048


SIZES = Sizes()

# The target of a position that is not learned, as PyTorch's cross entropy has it.
ANSWERS_NOTHING = -100
