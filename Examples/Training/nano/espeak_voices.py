"""espeak-ng's English accents in its many variants of voices, and in variants that are drawn."""

import random

import numpy as np

from .espeak import SAMPLE_RATE, synthesizer
from .espeak_variants import DRAWN, installed

LANGUAGES = (
    "en", "en-us", "en-us", "en-us", "en-gb-scotland", "en-gb-x-rp", "gmw/en-GB-x-gbclan", "gmw/en-GB-x-gbcwmd",
    "en-029", "gmw/en-US-nyc")
# Effects rather than voices.
NOT_VOICES = set(
    "Demonic whisper whisperf AnxiousAndy anikaRobot UniRobot croak Tweaky Marco robosoft robosoft2 robosoft3 robosoft4 "
    "robosoft5 robosoft7 Jacky iven announcer Nguyen RicishayMax2 RicishayMax3 mono".split())
HELD_OUT = "f3 m4 Andrea Michael belinda paul klatt3 steph m7 travis".split()


def trained_variants() -> list[str]:
    """Names behind the `+`; the empty one is espeak-ng's own voice."""
    names = {path.name for path in installed().iterdir()}
    return sorted(names - NOT_VOICES - set(HELD_OUT)) + ["", "", ""]


def speak(text: str, rng: random.Random, variant: str | None = None) -> tuple[np.ndarray, int, str]:
    """Samples, their rate and the voice's name; without a variant one of those that are trained on, half of them drawn."""
    if variant is None:
        variant = rng.choice(trained_variants()) if rng.random() < 0.5 else DRAWN
    if variant == DRAWN:
        synthesizer().data.draw(rng)
    voice = rng.choice(LANGUAGES) + ("+" + variant if variant else "")
    samples = synthesizer().speak(text, voice, rng.randint(130, 200), rng.randint(25, 80), rng.randint(30, 70))
    return samples, SAMPLE_RATE, voice
