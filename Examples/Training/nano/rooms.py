"""Where the question is asked: silence around it, an echo, a gain, sometimes an overdriven microphone."""

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
    """The impulse response of a room: 60 dB down after 80 to 600 ms, the echo mostly softer than the direct sound."""
    return response(rng.uniform(0.08, rng.choice((0.3, 0.6))), rng.uniform(0.05, 0.5), noise)


def response(seconds: float, share: float, noise: np.random.Generator) -> np.ndarray:
    """The direct sound and a tail that is 60 dB down after `seconds`, with `share` of the direct sound's amplitude."""
    count = int(SAMPLE_RATE * seconds * 1.2)
    tail = noise.standard_normal(count) * np.exp(-6.9 * np.arange(count) / (SAMPLE_RATE * seconds))
    tail *= share / np.sqrt((tail**2).sum())
    tail[0] += 1
    return tail.astype(np.float32)


def room(samples: np.ndarray, seconds: float, share: float, noise: np.random.Generator) -> np.ndarray:
    heard = fftconvolve(samples, response(seconds, share, noise))[:len(samples)]
    return (heard * (np.abs(samples).max() / max(1e-6, np.abs(heard).max()))).astype(np.float32)
