"""Who asks: espeak-ng's English voices in many variants, at different speeds, pitches and vocal tract lengths."""

import glob
import pathlib
import random
from dataclasses import dataclass

import numpy as np
from scipy.signal import resample_poly

from .espeak import SAMPLE_RATE, Speech, synthesizer

LANGUAGES = (
    "en", "en-us", "en-us", "en-us", "en-gb-scotland", "en-gb-x-rp", "gmw/en-GB-x-gbclan", "gmw/en-GB-x-gbcwmd",
    "en-029", "gmw/en-US-nyc")
# Effects rather than voices.
NOT_VOICES = set(
    "Demonic whisper whisperf AnxiousAndy anikaRobot UniRobot croak Tweaky Marco robosoft robosoft2 robosoft3 robosoft4 "
    "robosoft5 robosoft7 Jacky iven announcer Nguyen RicishayMax2 RicishayMax3 mono".split())
HELD_OUT = "f3 m4 Andrea Michael belinda paul klatt3 steph m7 travis".split()


def variants(held_out: bool) -> list[str]:
    """Names behind the `+`; the empty one is espeak-ng's own voice."""
    if held_out:
        return HELD_OUT
    folders = glob.glob("/usr/lib/*/espeak-ng-data/voices/!v") + glob.glob("/usr/share/espeak-ng-data/voices/!v")
    names = {path.name for folder in folders for path in pathlib.Path(folder).iterdir()}
    if not names:
        raise RuntimeError("espeak-ng's voices were not found; install espeak-ng")
    return sorted(names - NOT_VOICES - set(HELD_OUT)) + ["", "", ""]


@dataclass
class Utterance:
    """Mono samples at 16 kHz and the phoneme of every 20 ms."""

    samples: np.ndarray
    phonemes: list[str]
    voice: str


def utter(text: str, variant: str, rng: random.Random) -> Utterance:
    """Speech without what surrounds it."""
    voice = rng.choice(LANGUAGES) + ("+" + variant if variant else "")
    # Resampling by a factor beside the rate changes pitch and tract length together, like taller and smaller people.
    step = round(441 * rng.uniform(0.88, 1.13))
    speech = synthesizer().speak(text, voice, rng.randint(130, 200), rng.randint(25, 80), rng.randint(30, 70))
    samples = resample_poly(speech.samples, 320, step).astype(np.float32)
    loud = np.flatnonzero(np.abs(samples) > 0.004)
    if not loud.size:
        raise ValueError(f"{voice} says nothing to {text!r}")
    samples = samples[:loud[-1] + 160]
    return Utterance(samples, frame_labels(speech, 320 / step, len(samples)), voice)


def frame_labels(speech: Speech, ratio: float, sample_count: int) -> list[str]:
    labels = ["_"] * (sample_count // 320 + 1)
    starts = [int(sample * ratio / 320) for sample, _ in speech.phonemes] + [len(labels)]
    for (_, name), start, end in zip(speech.phonemes, starts, starts[1:]):
        labels[start:min(end, len(labels))] = [name or "_"] * max(0, min(end, len(labels)) - start)
    return labels


assert SAMPLE_RATE == 22050  # 320 / 441 makes 16 kHz of it.
