"""Scenes for the detector of voice activity: utterances and pauses over other sounds, and which windows are speech."""

import random

import numpy as np

from . import sounds
from .shards import Recording
from .silero import WINDOW

FRAME = 320


def speech_track(
    recordings: list[Recording], count: int, rng: random.Random, cut_share: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Samples and, for each, whether it is speech; pauses of 0.1 to 2.5 s, in a loudness for each utterance.

    Of the utterances `cut_share` are pieces of one that begin and end anywhere, also in the middle of a sound: a detector that
    has heard only whole sentences waits for their end.
    """
    samples, spoken = np.zeros(count, np.float32), np.zeros(count, bool)
    position = int(rng.uniform(0, 1.5) * sounds.RATE)
    while position < count:
        recording = rng.choice(recordings)
        sound = recording.samples.astype(np.float32) / 32768
        level = np.sqrt((sound**2).mean()) + 1e-6
        sound = sound * (10 ** (rng.uniform(-38, -14) / 20) / level)
        voiced = closed(np.repeat(recording.speaking, FRAME)[:len(sound)])
        if rng.random() < cut_share:
            sound, voiced = piece(sound, voiced, rng)
        sound, voiced = sound[:count - position], voiced[:count - position]
        samples[position:position + len(sound)] = sound
        spoken[position:position + len(voiced)] = voiced
        position += len(sound) + int(rng.choice((0.1, 0.5, rng.uniform(0.2, 2.5))) * sounds.RATE)
    return samples, spoken


def piece(sound: np.ndarray, voiced: np.ndarray, rng: random.Random) -> tuple[np.ndarray, np.ndarray]:
    """0.1 to 1.2 s of an utterance, faded over 4 ms."""
    length = int(min(len(sound), sounds.RATE * rng.uniform(0.1, rng.choice((0.4, 1.2)))))
    spoken = np.flatnonzero(voiced[:max(1, len(sound) - length)])
    start = int(rng.choice(spoken)) if len(spoken) and rng.random() < 0.7 else int(spoken[0]) if len(spoken) else 0
    sound, voiced = sound[start:start + length].copy(), voiced[start:start + length]
    fade = np.linspace(0, 1, 64, dtype=np.float32)[:len(sound)]
    sound[:len(fade)] *= fade
    sound[len(sound) - len(fade):] *= fade[::-1]
    return sound, voiced


def closed(voiced: np.ndarray, longest_gap: int = sounds.RATE * 6 // 100) -> np.ndarray:
    """Pauses of less than 60 ms inside an utterance are speech too: longer ones are for the rules of turns."""
    edges = np.flatnonzero(np.diff(voiced.astype(np.int8)))
    voiced = voiced.copy()
    for end, start in zip(edges, edges[1:]):
        if not voiced[end + 1] and start - end < longest_gap:
            voiced[end + 1:start + 1] = True
    return voiced


def scene(
    recordings: list[Recording], seconds: float, rng: random.Random, noise: np.random.Generator,
    kind: str | None = None, ratio_db: float | None = None, silent: bool = False, cut_share: float = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Samples, and for every 512 of them whether they are speech. Without `kind` and `ratio_db` all is left to chance."""
    count = int(seconds * sounds.RATE) // WINDOW * WINDOW
    samples, spoken = speech_track(recordings, count, rng, cut_share)
    if silent:
        samples, spoken = np.zeros_like(samples), np.zeros_like(spoken)
    kind = kind or rng.choice(("clean", "noise", "noise", "hum", "tones", "music", "music", "knocks", "knocks"))
    ratio = rng.uniform(0, 30) if ratio_db is None else ratio_db
    if kind != "clean":
        level = 10 ** (-24 / 20) if silent else np.sqrt((samples[spoken] ** 2).mean()) if spoken.any() else 0.03
        samples = samples + sounds.make(kind, count, rng, noise) * (level * 10 ** (-ratio / 20))
    if rng.random() < 0.7:  # Otherwise what is silent is silent to the last bit, as between composed sounds.
        samples = samples + noise.standard_normal(count).astype(np.float32) * 10 ** (rng.uniform(-90, -60) / 20)
    return np.clip(samples, -1, 1), spoken.reshape(-1, WINDOW).mean(1) > 0.5
