"""Who asks: synthesizers of all kinds, at different speeds and vocal tract lengths, and speakers changed by a vocoder."""

import random
from dataclasses import dataclass

import numpy as np
from scipy.signal import resample_poly

from . import espeak_voices, festival, flite, joe, kokoro, pico, world

SAMPLE_RATE = 16000
FRAME = 320

# The share of utterances whose speaker a vocoder changes, and what speaks.
SOURCES = dict(
    espeak=(0, espeak_voices.speak), flite=(0.3, flite.speak), festival=(0.3, festival.speak), pico=(0.5, pico.speak),
    joe=(0.7, joe.speak), kokoro=(0.35, kokoro.speak))


@dataclass
class Utterance:
    """Mono samples at 16 kHz without what surrounds the speech, and for every 20 ms whether it holds speech."""

    samples: np.ndarray
    speaking: np.ndarray
    voice: str


def utter(text: str, source: str, rng: random.Random) -> Utterance:
    changed_share, speak = SOURCES[source]
    samples, rate, voice = speak(text, rng)
    if rng.random() < changed_share:
        samples, voice = world.changed(samples, rate, rng), voice + " changed"
    # Resampling by a factor beside the rate changes pitch and tract length together, like taller and smaller people.
    factor = rng.uniform(0.88, 1.13) if source == "espeak" else rng.uniform(0.93, 1.08)
    return utterance(samples, rate, voice, factor)


def utterance(samples: np.ndarray, rate: int, voice: str, factor: float = 1) -> Utterance:
    """At 16 kHz, `factor` times as fast, and cut to where the speech is."""
    samples = resample_poly(samples, 320, round(rate / 50 * factor)).astype(np.float32)
    speaking = speech_frames(samples)
    if not speaking.any():
        raise ValueError(f"{voice} says nothing")
    first, last = np.flatnonzero(speaking)[[0, -1]]
    first, last = max(0, first - 1), last + 2
    return Utterance(samples[first * FRAME:last * FRAME], speaking[first:last], voice)


def speech_frames(samples: np.ndarray) -> np.ndarray:
    """For every 20 ms of a synthesized sentence, whether it is within 36 dB of the loud ones."""
    count = len(samples) // FRAME + 1
    frames = np.pad(samples, (0, count * FRAME - len(samples))).reshape(count, FRAME)
    level = np.sqrt((frames**2).mean(1))
    return level > max(1e-4, np.percentile(level, 95) * 10 ** (-36 / 20))
