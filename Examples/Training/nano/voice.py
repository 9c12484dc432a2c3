"""Stage 2: the voice of the answers, as clips of whole codec frames. `python -m nano.voice`

Answers are joined from clips (words and whole sentences). To make equal sounds equal codes, the voice is monotone, its
pitch period divides the hop of the codec's finest codes, and each clip is shifted so that its glottal pulses stand at the
same place of every period: then a decoder that sees only codes knows where the pulses are.
"""

import os
import pathlib
import pickle
import shutil

import numpy as np
from scipy.signal import resample_poly
from tqdm import tqdm

from . import paths, questions
from .espeak import SAMPLE_RATE as ESPEAK_RATE
from .espeak import synthesizer

SAMPLE_RATE = 24000
FRAME = 2048
PERIOD = 256  # 94 Hz: a low voice has harmonics enough to make vowels clear.
PULSE = 128  # Where in the period the pulse stands.

# Neither flutter nor breath nor echo.
VARIANT = """language variant
name mono
gender male
flutter 0
roughness 0
pitch 84 119
formant 0 100 80 150
formant 1 100 90 130
formant 2 100 90 120
formant 3 100 90 120
formant 4 100 80 150
formant 5 100 80 100
"""
VOICE = "en-us+mono"


def monotone_data() -> str:
    """A copy of espeak-ng's data with a variant without flutter. Returns the folder that holds it."""
    folder = paths.made("espeak")
    data = folder / "espeak-ng-data"
    if not data.exists():
        shutil.copytree(installed_data(), data)
    (data / "voices" / "!v" / "mono").write_text(VARIANT)
    return str(folder)


def installed_data() -> pathlib.Path:
    for folder in (*pathlib.Path("/usr/lib").glob("*/espeak-ng-data"), pathlib.Path("/usr/share/espeak-ng-data")):
        if folder.exists():
            return folder
    raise RuntimeError("espeak-ng's data was not found; install espeak-ng")


def speak(text: str, ratio: tuple[int, int], rate: int = 150) -> np.ndarray:
    speech = synthesizer(monotone_data()).speak(text, VOICE, rate, 50, 0)
    return resample_poly(speech.samples, *ratio).astype(np.float32)


def natural_period() -> float:
    """The pitch period of the voice at 24 kHz without correction, in samples, from the autocorrelation of a vowel."""
    sound = speak("aah, aah, are all arms large", (160, 147))
    periods = []
    for start in range(0, len(sound) - 4096, 512):
        piece = sound[start:start + 4096]
        if (piece**2).mean() < 1e-3:
            continue
        spectrum = np.fft.rfft(piece * np.hanning(4096), 16384)
        correlation = np.fft.irfft(np.abs(spectrum) ** 2)[:1024]
        lag = 90 + int(np.argmax(correlation[90:480]))
        a, b, c = correlation[lag - 1:lag + 2]
        periods.append(lag + 0.5 * (a - c) / (a - 2 * b + c))
    return float(np.median(periods))


def resampling() -> tuple[int, int]:
    """up, down: from espeak-ng's rate to 24 kHz, with the pitch period made exactly `PERIOD`."""
    wanted = SAMPLE_RATE / ESPEAK_RATE * PERIOD / natural_period()
    down = min(range(150, 260), key=lambda d: abs(round(d * wanted) / d - wanted))
    return round(down * wanted), down


def pulse_phase(sound: np.ndarray, hop: int = 128, window: int = 1024) -> list[tuple[int, complex | None]]:
    """The middle of each window, and where its energy lies in the period, as a point in the unit circle; `None`: unvoiced."""
    found = []
    for start in range(0, max(1, len(sound) - window), hop):
        piece = np.abs(sound[start:start + window])
        turn = np.exp(-2j * np.pi * np.arange(start, start + len(piece)) / PERIOD)
        mean = (piece * turn).sum() / max(1e-9, piece.sum())
        voiced = (piece**2).mean() > 3e-4 and abs(mean) > 0.12
        found.append((start + window // 2, mean if voiced else None))
    return found


def voiced_stretches(sound: np.ndarray) -> list[tuple[int, int, complex]]:
    """first and last window, mean phase of stretches whose pulses do not jump."""
    stretches: list[dict] = []
    current = None
    for middle, mean in pulse_phase(sound):
        if mean is None:
            current = None
        elif current and abs(np.angle(mean / current["last"])) < 12 / PERIOD * 2 * np.pi:
            current["last"] = current["last"] * 0.8 + mean * 0.2
            current.update(sum=current["sum"] + mean, end=middle, n=current["n"] + 1)
        else:
            current = dict(last=mean, sum=mean, start=middle, end=middle, n=1)
            stretches.append(current)
    return [(s["start"], s["end"], s["sum"]) for s in stretches if s["n"] >= 3]


def aligned(sound: np.ndarray) -> np.ndarray:
    """The sound with every voiced stretch moved, inside the unvoiced gaps around it, so that pulses stand at `PULSE`."""
    times, shifts, previous = [], [], 0.0
    for start, end, mean in voiced_stretches(sound):
        position = (-np.angle(mean) / (2 * np.pi) * PERIOD) % PERIOD
        shift = position - PULSE
        shift -= PERIOD * np.round((shift - previous) / PERIOD)
        previous = shift
        times += [start - 200, end + 200]
        shifts += [shift, shift]
    if not times:
        return sound
    order = np.maximum.accumulate(np.array(times) + np.arange(len(times)) * 1e-3)
    at = np.arange(len(sound))
    return np.interp(at + np.interp(at, order, shifts), at, sound, left=0, right=0).astype(np.float32)


def trimmed(sound: np.ndarray) -> np.ndarray:
    loud = np.flatnonzero(np.abs(sound) > 0.008)
    sound = sound[max(0, loud[0] - 160):loud[-1] + 240].copy()
    sound[:120] *= np.linspace(0, 1, len(sound[:120]))
    sound[-240:] *= np.linspace(1, 0, len(sound[-240:]))
    return sound


def clip(unit: str, ratio: tuple[int, int]) -> np.ndarray:
    """A unit of speech: whole frames, so that joining clips is joining codes."""
    text = unit.removeprefix("=")
    if unit.startswith("letter "):
        text = unit.removeprefix("letter ") + "."
    sound = np.pad(trimmed(speak(text, ratio)) * 0.9, (256, 512))
    count = int(np.ceil((len(sound) - 300) / FRAME)) * FRAME
    sound = aligned(sound)
    sound = np.pad(sound, (0, max(0, count - len(sound))))[:count]
    sound[-200:] *= np.linspace(1, 0, 200)
    return sound.astype(np.float32)


def load() -> dict[str, np.ndarray]:
    return pickle.loads((paths.BUILD / "voice" / "clips.pkl").read_bytes())


def main() -> None:
    ratio = resampling()
    clips = {unit: clip(unit, ratio) for unit in tqdm(questions.units(), desc="voice", mininterval=2)}
    (paths.made("voice") / "clips.pkl").write_bytes(pickle.dumps(clips))
    phases = [
        int((-np.angle(mean) / (2 * np.pi) * PERIOD) % PERIOD)
        for sound in clips.values() for _, mean in pulse_phase(sound) if mean is not None]
    at_home = np.mean(np.abs(np.array(phases) - PULSE) < PERIOD // 8)
    seconds = sum(map(len, clips.values())) / SAMPLE_RATE
    print(f"{len(clips)} clips, {seconds:.0f} s, resampled {ratio[0]}:{ratio[1]}, pulses in place {at_home:.0%}")


if __name__ == "__main__":
    main()
