"""flite's voices, built from recordings of people (CMU ARCTIC and others, free of conditions)."""

import pathlib
import random
import subprocess
import tempfile

import numpy as np
from scipy.io import wavfile

VOICES = ("slt", "rms", "awb", "kal16", "kal", "slt", "rms", "awb")


def speak(text: str, rng: random.Random) -> tuple[np.ndarray, int, str]:
    """Samples, their rate (16 or 8 kHz) and the voice's name."""
    voice = rng.choice(VOICES)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "speech.wav"
        command = ["flite", "-voice", voice, "--setf", f"duration_stretch={rng.uniform(0.8, 1.3):.2f}"]
        if rng.random() < 0.5:
            command += ["--setf", f"int_f0_target_mean={rng.randint(85, 210)}"]
        subprocess.run([*command, "-t", text, "-o", str(path)], check=True, capture_output=True)
        rate, samples = wavfile.read(path)
    return samples.astype(np.float32) / 32768, rate, "flite " + voice
