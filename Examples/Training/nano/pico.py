"""Pico's two English voices (Apache-2.0), through the package `ttspico`."""

import functools
import random

import numpy as np

SAMPLE_RATE = 16000
LANGUAGES = ("en-US", "en-GB")


@functools.cache
def engine(language: str):
    from ttspico import TtsEngine

    return TtsEngine(language)


def speak(text: str, rng: random.Random) -> tuple[np.ndarray, int, str]:
    """Samples, their rate and the voice's name."""
    language = rng.choice(LANGUAGES)
    voice = engine(language)
    voice.rate, voice.pitch = rng.randint(75, 130), rng.randint(75, 140)
    samples = np.frombuffer(voice.speak(text), "<i2")
    return samples.astype(np.float32) / 32768, SAMPLE_RATE, "pico " + language
