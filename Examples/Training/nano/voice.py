"""The voice of the answers, as clips of whole codec frames.

Answers are joined from clips (words and whole sentences) of what Piper's voice `joe` says. A decoder that sees only codes has
to know where the glottal pulses are, so each clip is spoken again by pulses and noise through the spectra of WORLD's analysis:
the pitch follows what `joe` said, moved so little that a whole number of periods fills every frame. `casting.py` makes them.
"""

import pathlib
import pickle
import zlib
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.signal import butter, resample_poly, sosfiltfilt

from . import joe, paths

SAMPLE_RATE = 24000
FRAME = 2048
STEP = 120  # samples between spectra
LEAD, TAIL = 300, 500  # samples of silence around the speech


@dataclass
class Clip:
    """Mono samples at 24 kHz, and for every sample how many periods came before it; `voiced` says where they are heard."""

    samples: np.ndarray
    phase: np.ndarray
    voiced: np.ndarray


def spoken(unit: str, mark: str, length: float, noise: float) -> np.ndarray:
    """What `joe` says, at 24 kHz, without what surrounds it. A word ends with `mark`; a sentence has its own."""
    text = unit.removeprefix("=") if unit.startswith("=") else unit.removeprefix("letter ") + mark
    sound = resample_poly(joe.say(text, length=length, noise=noise, noise_length=0.4), 160, 147).astype(np.float64)
    level = np.sqrt(np.convolve(sound**2, np.ones(240) / 240, "same"))
    loud = np.flatnonzero(level > 0.01 * level.max())
    sound = sound[max(0, loud[0] - 480):loud[-1] + 480].copy()
    sound[:120] *= np.linspace(0, 1, 120)
    sound[-240:] *= np.linspace(1, 0, 240)
    return np.pad(sound, (LEAD, TAIL)) / np.abs(sound).max() * 0.75


def clip(unit: str, sound: np.ndarray) -> Clip:
    """A unit, spoken again as in `sound`."""
    import pyworld

    count = int(np.ceil(len(sound) / FRAME)) * FRAME
    sound = np.pad(sound, (0, count - len(sound)))
    milliseconds = STEP / SAMPLE_RATE * 1000
    pitch, times = pyworld.harvest(sound, SAMPLE_RATE, f0_floor=65, f0_ceil=260, frame_period=milliseconds)
    pitch = pyworld.stonemask(sound, pitch, times, SAMPLE_RATE)
    envelope = pyworld.cheaptrick(sound, pitch, times, SAMPLE_RATE)
    aperiodicity = pyworld.d4c(sound, pitch, times, SAMPLE_RATE)
    at = np.arange(count)
    voiced = np.interp(at, times * SAMPLE_RATE, pitch > 0) > 0.5
    phase = whole_periods(continued(pitch, times, at))
    noise = np.random.default_rng(zlib.crc32(unit.encode()))
    samples = pulses(phase, voiced, envelope, aperiodicity) + breath(voiced, envelope, aperiodicity, noise)
    samples = sosfiltfilt(butter(2, 60, "high", fs=SAMPLE_RATE, output="sos"), samples)
    samples[:LEAD // 2] *= np.linspace(0, 1, LEAD // 2)
    samples[-TAIL // 2:] *= np.linspace(1, 0, TAIL // 2)
    return Clip((samples / max(1.0, np.abs(samples).max() / 0.9)).astype(np.float32), phase, voiced)


def continued(pitch: np.ndarray, times: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Hertz at every sample, also where there is no voice."""
    known = pitch > 0
    if not known.any():
        return np.full(len(at), 110.0)
    return np.exp(np.interp(at, times[known] * SAMPLE_RATE, np.log(pitch[known])))


def whole_periods(pitch: np.ndarray) -> np.ndarray:
    """Periods before every sample: those of `pitch`, smoothly moved to a whole number at the beginning of every frame."""
    phase = np.concatenate([[0], np.cumsum(pitch) / SAMPLE_RATE])
    edges = np.arange(0, len(pitch) + 1, FRAME)
    counts = np.round(np.diff(phase[edges]))
    moved = np.concatenate([[0], np.cumsum(counts)]) - phase[edges]
    if len(edges) < 3:
        return phase[:-1] + np.interp(np.arange(len(pitch)), edges, moved)
    return phase[:-1] + CubicSpline(edges, moved)(np.arange(len(pitch)))


def pulses(phase, voiced, envelope, aperiodicity) -> np.ndarray:
    """A minimum-phase response at every whole period of the voice."""
    size = 2 * (envelope.shape[1] - 1)
    made = np.zeros(len(phase) + size)
    rising = np.flatnonzero(np.diff(np.floor(phase), prepend=-1.0) > 0)
    turns = 2j * np.pi * np.arange(envelope.shape[1]) / size
    for mark in rising[voiced[rising]]:
        step = min(len(envelope) - 1, round(mark / STEP))
        power = envelope[step] * (1 - aperiodicity[step] ** 2) + 1e-12
        cepstrum = np.fft.irfft(0.5 * np.log(power))
        cepstrum[1:size // 2] *= 2
        cepstrum[size // 2 + 1:] = 0
        speed = max(1e-4, phase[mark] - phase[mark - 1]) if mark else 110 / SAMPLE_RATE
        early = (phase[mark] - np.floor(phase[mark])) / speed  # how far before this sample the period began
        response = np.fft.irfft(np.exp(np.fft.rfft(cepstrum) + turns * early))
        made[mark:mark + size] += response * np.sqrt(1 / speed)
    return made[:len(phase)]


def breath(voiced, envelope, aperiodicity, noise, size: int = 256, hop: int = 64) -> np.ndarray:
    """Noise through the spectra: all of what is not voiced, and the share of the voice that is not periodic.

    The pieces are of 11 ms, so that a plosive stays one.
    """
    response = 2 * (envelope.shape[1] - 1)
    window = np.hanning(size + 1)[:-1]
    source = np.pad(noise.standard_normal(len(voiced)), (response, response))
    made = np.zeros(len(source))
    for start in range(response // 2, len(source) - response, hop):
        middle = min(max(0, start + size // 2 - response), len(voiced) - 1)
        step = min(len(envelope) - 1, round(middle / STEP))
        share = aperiodicity[step] ** 2 if voiced[middle] else 1.0
        piece = np.zeros(response)
        piece[response // 2 - size // 2:response // 2 + size // 2] = source[start:start + size] * window
        filtered = np.fft.irfft(np.fft.rfft(piece) * np.sqrt(envelope[step] * share))
        first = start + size // 2 - response // 2
        made[first:first + response] += filtered
    return made[response:response + len(voiced)] / (size / 2 / hop)


def load(folder: pathlib.Path = paths.BUILD / "voice") -> dict[str, Clip]:
    arrays = pickle.loads((folder / "clips.pkl").read_bytes())
    return {unit: Clip(*one) for unit, one in arrays.items()}


def save(clips: dict[str, Clip]) -> None:
    arrays = {unit: (one.samples, one.phase, one.voiced) for unit, one in clips.items()}
    (paths.made("voice") / "clips.pkl").write_bytes(pickle.dumps(arrays))
