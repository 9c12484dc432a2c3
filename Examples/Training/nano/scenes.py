"""Scenes for the detector of voice activity: utterances and pauses over other sounds, and which windows are speech."""

import random

import numpy as np

from . import sounds
from .shards import Recording
from .silero import WINDOW

FRAME = 320


def speech_track(recordings: list[Recording], count: int, rng: random.Random) -> tuple[np.ndarray, np.ndarray]:
    """Samples and, for each, whether somebody speaks; pauses of 0.1 to 2.5 s, in a loudness for each utterance."""
    samples, spoken = np.zeros(count, np.float32), np.zeros(count, bool)
    position = int(rng.uniform(0, 1.5) * sounds.RATE)
    while position < count:
        recording = rng.choice(recordings)
        sound = recording.samples.astype(np.float32) / 32768
        level = np.sqrt((sound**2).mean()) + 1e-6
        sound = sound * (10 ** (rng.uniform(-38, -14) / 20) / level)
        voiced = np.repeat(recording.phonemes > 0, FRAME)[:len(sound)]
        sound, voiced = sound[:count - position], voiced[:count - position]
        samples[position:position + len(sound)] = sound
        spoken[position:position + len(voiced)] = closed(voiced)
        position += len(sound) + int(rng.choice((0.1, 0.5, rng.uniform(0.2, 2.5))) * sounds.RATE)
    return samples, spoken


def closed(voiced: np.ndarray, longest_gap: int = sounds.RATE // 10) -> np.ndarray:
    """Pauses of less than 100 ms inside an utterance are speech too."""
    edges = np.flatnonzero(np.diff(voiced.astype(np.int8)))
    voiced = voiced.copy()
    for end, start in zip(edges, edges[1:]):
        if not voiced[end + 1] and start - end < longest_gap:
            voiced[end + 1:start + 1] = True
    return voiced


def scene(
    recordings: list[Recording], seconds: float, rng: random.Random, noise: np.random.Generator,
    kind: str | None = None, ratio_db: float | None = None, silent: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Samples, and for every 512 of them whether they are speech. Without `kind` and `ratio_db` all is left to chance."""
    count = int(seconds * sounds.RATE) // WINDOW * WINDOW
    samples, spoken = speech_track(recordings, count, rng)
    if silent:
        samples, spoken = np.zeros_like(samples), np.zeros_like(spoken)
    kind = kind or rng.choice(("clean", "noise", "noise", "hum", "tones", "music", "music", "knocks", "knocks"))
    ratio = rng.uniform(0, 30) if ratio_db is None else ratio_db
    if kind != "clean":
        level = 10 ** (-24 / 20) if silent else np.sqrt((samples[spoken] ** 2).mean()) if spoken.any() else 0.03
        samples = samples + sounds.make(kind, count, rng, noise) * (level * 10 ** (-ratio / 20))
    samples = samples + noise.standard_normal(count).astype(np.float32) * 10 ** (rng.uniform(-90, -60) / 20)
    return np.clip(samples, -1, 1), spoken.reshape(-1, WINDOW).mean(1) > 0.5
