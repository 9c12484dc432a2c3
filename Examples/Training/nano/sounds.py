"""Sounds that are not speech: noises, hum, music-like chords and melodies, knocks and clicks. All at 16 kHz."""

import random

import numpy as np
from scipy.signal import lfilter

RATE = 16000


def coloured(count: int, rng: random.Random, noise: np.random.Generator) -> np.ndarray:
    """From white over pink to brown, sometimes swelling like wind or passing cars."""
    spectrum = np.fft.rfft(noise.standard_normal(count))
    spectrum *= np.maximum(1.0, np.arange(len(spectrum))) ** -rng.choice((0, 0, 0.5, 0.5, 1))
    sound = np.fft.irfft(spectrum, count)
    if rng.random() < 0.4:
        swell = 1 + 0.9 * np.sin(2 * np.pi * rng.uniform(0.1, 1) * np.arange(count) / RATE + rng.uniform(0, 6))
        sound = sound * swell
    return sound


def hum(count: int, rng: random.Random, noise: np.random.Generator) -> np.ndarray:
    """A machine: harmonics of a low, steady tone and a little noise."""
    time = np.arange(count) / RATE
    base = rng.choice((50, 60, 100, 120, rng.uniform(40, 300)))
    sound = sum(rng.random() / k * np.sin(2 * np.pi * base * k * time + rng.uniform(0, 6)) for k in range(1, 12))
    return sound + 0.1 * noise.standard_normal(count)


def tones(count: int, rng: random.Random, noise: np.random.Generator) -> np.ndarray:
    """Pure tones: steady, dialled, beeping, or sliding like a siren."""
    time = np.arange(count) / RATE
    pitch = rng.uniform(120, 3000) * np.ones(count)
    if rng.random() < 0.4:
        pitch *= 1 + rng.uniform(0.05, 0.5) * np.sin(2 * np.pi * rng.uniform(0.2, 3) * time)
    sound = np.sin(2 * np.pi * np.cumsum(pitch) / RATE)
    if rng.random() < 0.4:
        sound += np.sin(2 * np.pi * np.cumsum(pitch * rng.uniform(1.1, 2)) / RATE)
    if rng.random() < 0.6:
        sound *= (time * rng.uniform(0.5, 6)) % 1 < rng.uniform(0.2, 0.9)
    return sound + 0.003 * noise.standard_normal(count)


def music(count: int, rng: random.Random, noise: np.random.Generator) -> np.ndarray:
    """Notes and chords of a scale with harmonics, attacks, vibrato, and sometimes a beat."""
    sound = np.zeros(count)
    beat = rng.uniform(0.12, 0.6)
    scale = [0, 2, 4, 5, 7, 9, 11] if rng.random() < 0.5 else [0, 2, 3, 5, 7, 8, 10]
    root, brightness = rng.uniform(40, 72), rng.uniform(0.5, 2)
    voices, attack, keeps_chord = rng.choice((1, 1, 2, 3, 4)), rng.choice((0, rng.uniform(0.003, 0.12))), rng.random() < 0.4
    played: list[float] = []
    for start in np.arange(rng.choice((0, rng.uniform(0, 1))), count / RATE, beat):
        if rng.random() < 0.15:
            continue
        length = int(RATE * beat * rng.uniform(0.6, 2.5))
        time = np.arange(length) / RATE
        envelope = np.minimum(1, time / max(attack, 1e-6)) * np.exp(-time * rng.uniform(0.3, 6))
        # A chord is struck several times, or new notes every time.
        if not keeps_chord or not played or rng.random() < 0.2:
            played = [root + rng.choice(scale) + 12 * rng.choice((0, 0, 1)) for _ in range(voices)]
        for key in played:
            pitch = 440 * 2 ** ((key - 69) / 12)
            bend = rng.uniform(0, 0.006) * np.sin(2 * np.pi * rng.uniform(4, 7) * time)
            phase = 2 * np.pi * pitch * np.cumsum(1 + bend) / RATE
            note = sum(np.sin(k * phase) / k**brightness for k in range(1, 10) if k * pitch < 7500) * envelope
            begin = int(start * RATE)
            piece = note[:count - begin]
            sound[begin:begin + len(piece)] += piece
    if rng.random() < 0.5:
        sound += 2 * knocks(count, rng, noise, every=beat)
    return pauses(sound, rng)


def pauses(sound: np.ndarray, rng: random.Random) -> np.ndarray:
    """Half of the sounds stop and come back after a while."""
    if rng.random() < 0.5:
        return sound
    sound, position = sound.copy(), 0.0
    while position < len(sound) / RATE:
        position += rng.uniform(0.3, 3)
        stop = position + rng.uniform(0.2, 2)
        sound[int(position * RATE):int(stop * RATE)] = 0
        position = stop
    return sound


def knocks(count: int, rng: random.Random, noise: np.random.Generator, every: float | None = None) -> np.ndarray:
    """Short bursts: keys, clicks, knocks, claps, dropped things."""
    sound = np.zeros(count)
    position = rng.uniform(0, 0.5) if every is None else 0
    while position < count / RATE:
        length = int(RATE * rng.choice((0.004, 0.02, 0.06, 0.15)))
        burst = noise.standard_normal(length) * np.exp(-np.arange(length) / (length / 5))
        if rng.random() < 0.6:  # Something that resonates.
            angle, radius = 2 * np.pi * rng.uniform(150, 4000) / RATE, rng.uniform(0.9, 0.995)
            burst = lfilter([1 - radius], [1, -2 * radius * np.cos(angle), radius**2], burst)
        begin = int(position * RATE)
        piece = (burst / max(1e-6, np.abs(burst).max()) * rng.uniform(0.2, 1))[:count - begin]
        sound[begin:begin + len(piece)] += piece
        position += every or rng.choice((0.08, 0.15, rng.uniform(0.1, 1.5)))
    return sound


KINDS = dict(noise=coloured, hum=hum, tones=tones, music=music, knocks=knocks)


def make(kind: str, count: int, rng: random.Random, noise: np.random.Generator) -> np.ndarray:
    """One of `KINDS`, with a root mean square of 1."""
    sound = KINDS[kind](count, rng, noise)
    return (sound / max(1e-6, np.sqrt((sound**2).mean()))).astype(np.float32)
