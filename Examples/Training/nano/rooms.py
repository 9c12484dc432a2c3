"""Where the question is asked: silence around it, an echo, a gain, sometimes an overdriven microphone, and noise."""

import random

import numpy as np
from scipy.signal import fftconvolve

SAMPLE_RATE = 16000


def record(samples: np.ndarray, rng: random.Random, noise: np.random.Generator) -> tuple[np.ndarray, int]:
    """The recording and how many samples of silence come before the speech."""
    lead = int(rng.uniform(0, 0.35) * SAMPLE_RATE)
    sound = np.pad(samples, (lead, int(rng.uniform(0.02, 0.4) * SAMPLE_RATE)))
    if rng.random() < 0.35:
        sound = fftconvolve(sound, echo(rng, noise))[:len(sound)].astype(np.float32)
    sound = sound * (0.9 * 10 ** (rng.uniform(-14, 0) / 20) / max(1e-3, np.abs(sound).max()))
    if rng.random() < 0.08:
        sound = np.clip(sound * rng.uniform(1.5, 4), -0.9, 0.9)
    return sound, lead


def echo(rng: random.Random, noise: np.random.Generator) -> np.ndarray:
    """An impulse response: the direct sound and a decaying tail (60 dB down after 50 to 250 ms)."""
    seconds = rng.uniform(0.05, 0.25)
    count = int(SAMPLE_RATE * seconds * 1.5)
    tail = noise.standard_normal(count) * np.exp(-6.9 * np.arange(count) / (SAMPLE_RATE * seconds))
    tail *= rng.uniform(0.05, 0.25) / np.sqrt((tail**2).sum())
    tail[0] += 1
    return tail.astype(np.float32)


class NoiseTrack:
    """A minute each of white and of brown noise, to cut pieces from."""

    def __init__(self, seed: int):
        white = np.random.default_rng(seed).standard_normal(SAMPLE_RATE * 60).astype(np.float32)
        brown = np.cumsum(white)
        brown -= np.convolve(brown, np.ones(400) / 400, "same")
        self._tracks = (white, (brown / brown.std()).astype(np.float32))

    def add(self, samples: np.ndarray, ratio_db: float, rng: random.Random) -> np.ndarray:
        track = rng.choice(self._tracks)
        start = rng.randrange(len(track) - len(samples))
        loudness = np.sqrt((samples**2).mean()) + 1e-5
        return samples + track[start:start + len(samples)] * (loudness * 10 ** (-ratio_db / 20))
