"""espeak-ng's English accents in its many variants of voices."""

import glob
import pathlib
import random

import numpy as np

from .espeak import SAMPLE_RATE, synthesizer

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
    folders = glob.glob("/usr/lib/*/espeak-ng-data/voices/!v") + glob.glob("/usr/share/espeak-ng-data/voices/!v")
    names = {path.name for folder in folders for path in pathlib.Path(folder).iterdir()}
    if not names:
        raise RuntimeError("espeak-ng's voices were not found; install espeak-ng")
    return sorted(names - NOT_VOICES - set(HELD_OUT)) + ["", "", ""]


def speak(text: str, rng: random.Random, variant: str | None = None) -> tuple[np.ndarray, int, str]:
    """Samples, their rate and the voice's name; without a variant one of those that are trained on."""
    variant = rng.choice(trained_variants()) if variant is None else variant
    voice = rng.choice(LANGUAGES) + ("+" + variant if variant else "")
    samples = synthesizer().speak(text, voice, rng.randint(130, 200), rng.randint(25, 80), rng.randint(30, 70))
    return samples, SAMPLE_RATE, voice
