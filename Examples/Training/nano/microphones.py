"""What is between a speaker and the model: a room, other sounds, a microphone's colour, a telephone, a level."""

import random

import numpy as np
from scipy.signal import fftconvolve

from . import rooms, sounds
from .shards import Recording

RATE = 16000
ROOM, NOISY, COLOURED, TELEPHONE = 0.25, 0.75, 0.5, 0.15  # shares of recordings
KINDS = ("noise", "noise", "noise", "hum", "music", "knocks", "people", "people")


class Microphone:
    """Another room, noise and colour every time that a recording is heard."""

    def __init__(self, recordings: list[Recording], seed: int):
        rng, noise = random.Random(seed), np.random.default_rng(seed)
        minute = 60 * RATE
        self._tracks = {
            kind: [sounds.make(kind, minute // 4, rng, noise) for _ in range(12)] for kind in ("noise", "hum", "music", "knocks")}
        self._rooms = [rooms.response(rng.uniform(0.15, 0.7), rng.uniform(0.3, 1.2), noise) for _ in range(60)]
        self._tracks["people"] = [people(recordings, minute // 4, rng) for _ in range(8)]

    def heard(self, samples: np.ndarray, rng: random.Random) -> np.ndarray:
        if rng.random() < ROOM:
            samples = fftconvolve(samples, rng.choice(self._rooms))[:len(samples)].astype(np.float32)
            samples *= 0.7 / max(0.7, np.abs(samples).max())
        if rng.random() < NOISY:
            samples = self.noisy(samples, rng.choice(KINDS), rng.uniform(4, 30), rng)
        if rng.random() < COLOURED:
            samples = coloured(samples, rng)
        if rng.random() < TELEPHONE:
            samples = telephone(samples)
        return samples * 10 ** (rng.uniform(-10, 3) / 20)

    def noisy(self, samples: np.ndarray, kind: str, ratio_db: float, rng: random.Random) -> np.ndarray:
        """With a sound of `kind` that is `ratio_db` below the mean of the recording."""
        track = rng.choice(self._tracks[kind])
        start = rng.randrange(len(track) - len(samples))
        piece = track[start:start + len(samples)]
        loudness = np.sqrt((samples**2).mean()) + 1e-5
        return samples + piece * (loudness * 10 ** (-ratio_db / 20) / (np.sqrt((piece**2).mean()) + 1e-2))


def people(recordings: list[Recording], count: int, rng: random.Random) -> np.ndarray:
    """Four to eight people who talk at the same time, with a root mean square of 1."""
    mixed = np.zeros(count, np.float32)
    for _ in range(rng.randint(4, 8)):
        position = 0
        while position < count:
            samples = rng.choice(recordings).samples[:count - position].astype(np.float32)
            mixed[position:position + len(samples)] += samples / (np.sqrt((samples**2).mean()) + 1) * rng.uniform(0.3, 1)
            position += len(samples)
    return mixed / np.sqrt((mixed**2).mean())


def coloured(samples: np.ndarray, rng: random.Random) -> np.ndarray:
    """Louder and softer by up to 8 dB in broad bands, and without what is above 3 to 8 kHz."""
    bins = 129
    curve = np.interp(np.arange(bins), np.linspace(0, bins - 1, 7), [rng.uniform(-8, 8) for _ in range(7)])
    curve[:2] -= rng.uniform(0, 12)
    highest = int(rng.uniform(3000, 8000) / 8000 * bins)
    curve[highest:] -= 6 * np.arange(bins - highest)
    return filtered(samples, 10 ** (curve / 20))


def telephone(samples: np.ndarray) -> np.ndarray:
    """300 to 3 400 Hz, in the 8-bit steps of G.711 (mu-law)."""
    frequencies = np.arange(129) / 128 * 8000
    band = (np.clip((frequencies - 150) / 200, 0, 1) * np.clip((3800 - frequencies) / 400, 0, 1))
    samples = filtered(samples, band)
    loudest = np.abs(samples).max() + 1e-6
    scaled = samples / loudest
    law = np.round(np.sign(scaled) * np.log1p(255 * np.abs(scaled)) / np.log(256) * 127) / 127
    return (np.sign(law) * (256 ** np.abs(law) - 1) / 255 * loudest).astype(np.float32)


def filtered(samples: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """Through a filter without delay that has these gains from 0 to half the rate."""
    kernel = np.roll(np.fft.irfft(gains), len(gains) - 1) * np.hanning(2 * len(gains) - 2)
    return fftconvolve(samples, kernel.astype(np.float32), mode="same").astype(np.float32)
