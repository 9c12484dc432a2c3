"""espeak-ng through its C library: sound, and which phoneme is when."""

import ctypes
import functools
from dataclasses import dataclass

import numpy as np

SAMPLE_RATE = 22050

_WORD, _PHONEME = 1, 7
_RATE, _PITCH, _RANGE = 1, 3, 4


class _Identity(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("milliseconds", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", _Identity)]


@dataclass
class Speech:
    """Mono samples at 22 050 Hz in -1...1, and (first sample, name) of each phoneme."""

    samples: np.ndarray
    phonemes: list[tuple[int, str]]


class Synthesizer:
    """The library has one voice at a time and one instance a process: get it from `synthesizer()`."""

    def __init__(self, data_folder: str | None):
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        rate = self._library.espeak_Initialize(2, 500, data_folder.encode() if data_folder else None, 1)
        if rate != SAMPLE_RATE:
            raise RuntimeError(f"espeak-ng did not start (it answered {rate})")
        kind = ctypes.CFUNCTYPE(
            ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))
        self._callback = kind(self._receive)  # Kept: the library calls it later.
        self._library.espeak_SetSynthCallback(self._callback)
        self._voice = None
        self._parts: list[np.ndarray] = []
        self._phonemes: list[tuple[int, str]] = []

    def speak(self, text: str, voice: str, rate: int = 160, pitch: int = 50, pitch_range: int = 50) -> Speech:
        """`rate` in words a minute; `pitch` and `pitch_range` from 0 to 99. The voice is `language+variant`."""
        if voice != self._voice:
            if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
                raise ValueError(f"espeak-ng has no voice {voice}")
            self._voice = voice
        for parameter, value in ((_RATE, rate), (_PITCH, pitch), (_RANGE, pitch_range)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._parts, self._phonemes = [], []
        data = text.encode() + b"\0"
        self._library.espeak_Synth(data, len(data), 0, 1, 0, 1, None, None)
        self._library.espeak_Synchronize()
        sound = np.concatenate(self._parts) if self._parts else np.zeros(0, np.int16)
        return Speech(sound.astype(np.float32) / 32768, self._phonemes)

    def _receive(self, samples, count, events) -> int:
        if samples and count > 0:
            self._parts.append(np.ctypeslib.as_array(samples, (count,)).copy())
        index = 0
        while events[index].type != 0:
            event = events[index]
            if event.type == _PHONEME:
                name = bytes(event.id.string).split(b"\0")[0].decode("utf8", "replace")
                self._phonemes.append((event.sample, name))
            index += 1
        return 0


@functools.cache
def synthesizer(data_folder: str | None = None) -> Synthesizer:
    """`data_folder` holds `espeak-ng-data` with voices of our own; `None` is what is installed."""
    return Synthesizer(data_folder)
