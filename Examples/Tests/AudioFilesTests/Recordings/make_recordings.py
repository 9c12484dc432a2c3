"""Writes a short sound in every format that AudioFiles reads through libsndfile, and as WAV to compare with.

pip install numpy soundfile; python make_recordings.py
"""

from pathlib import Path

import numpy as np
import soundfile as sf

RATE = 16_000
FOLDER = Path(__file__).parent
time = np.arange(RATE * 3 // 10) / RATE
sound = 0.4 * np.sin(2 * np.pi * (300 * time + 1500 * time**2))
samples = np.round(sound * 32767).astype("int16")

for name, form, kind in [
    ("sound.wav", "WAV", "PCM_16"),
    ("sound.flac", "FLAC", "PCM_16"),
    ("sound.aiff", "AIFF", "PCM_16"),
    ("sound.w64", "W64", "PCM_16"),
    ("sound.caf", "CAF", "PCM_16"),
    ("sound.au", "AU", "PCM_16"),
    ("vorbis.ogg", "OGG", "VORBIS"),
    ("opus.ogg", "OGG", "OPUS"),
    ("sound.mp3", "MP3", "MPEG_LAYER_III"),
    ("adpcm.wav", "WAV", "IMA_ADPCM"),
]:
    sf.write(FOLDER / name, samples, RATE, format=form, subtype=kind)
# Long enough to be cut in the middle.
time = np.arange(RATE * 5) / RATE
long = (0.4 * np.sin(2 * np.pi * (300 * time + 150 * time**2))).astype("float32")
sf.write(FOLDER / "long.mp3", long, RATE, format="MP3", subtype="MPEG_LAYER_III")
time = np.arange(8000 * 12) / 8000
long = (0.4 * np.sin(2 * np.pi * (200 * time + 20 * time**2))).astype("float32")
sf.write(FOLDER / "long.ogg", long, 8000, format="OGG", subtype="VORBIS")
stereo = np.stack([samples, np.zeros_like(samples)], 1)
sf.write(FOLDER / "stereo.flac", stereo, RATE, format="FLAC", subtype="PCM_16")
