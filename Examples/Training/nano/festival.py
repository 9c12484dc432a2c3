"""Festival's English voices (free of conditions): two made of diphones, one statistical."""

import functools
import pathlib
import random
import subprocess
import tempfile

import numpy as np
from scipy.io import wavfile

VOICES = ("kal_diphone", "ked_diphone", "cmu_us_slt_arctic_hts")


class Festival:
    """One running `festival` with one voice: loading it takes longer than to speak."""

    def __init__(self, voice: str):
        self._folder = tempfile.TemporaryDirectory()
        self._path = pathlib.Path(self._folder.name) / "speech.wav"
        self._process = subprocess.Popen(
            ["festival", "--pipe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self._run(f"(voice_{voice})")

    def _run(self, command: str) -> None:
        self._process.stdin.write(command + '\n(format t "done\\n")\n(fflush nil)\n')
        self._process.stdin.flush()
        while (line := self._process.stdout.readline()) and "done" not in line:
            pass
        if not line:
            raise RuntimeError(f"festival ended at {command}")

    def speak(self, text: str, stretch: float) -> tuple[np.ndarray, int]:
        quoted = text.replace("\\", "").replace('"', "")
        self._run(f"(Parameter.set 'Duration_Stretch {stretch:.2f})")
        self._run(f'(utt.save.wave (utt.synth (Utterance Text "{quoted}")) "{self._path}")')
        rate, samples = wavfile.read(self._path)
        return samples.astype(np.float32) / 32768, rate


@functools.cache
def festival(voice: str) -> Festival:
    return Festival(voice)


def speak(text: str, rng: random.Random) -> tuple[np.ndarray, int, str]:
    """Samples, their rate and the voice's name."""
    voice = rng.choice(VOICES)
    samples, rate = festival(voice).speak(text, rng.uniform(0.8, 1.3))
    return samples, rate, "festival " + voice
