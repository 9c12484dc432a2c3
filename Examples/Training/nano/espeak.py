"""espeak-ng through its C library."""

import ctypes
import functools

import numpy as np

from .espeak_variants import DRAWN, Data

SAMPLE_RATE = 22050

_RATE, _PITCH, _RANGE = 1, 3, 4


class Synthesizer:
    """The library has one voice at a time and one instance a process: get it from `synthesizer()`."""

    def __init__(self):
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        self.data = Data()
        rate = self._library.espeak_Initialize(2, 500, str(self.data.folder).encode(), 0)
        if rate != SAMPLE_RATE:
            raise RuntimeError(f"espeak-ng did not start (it answered {rate})")
        kind = ctypes.CFUNCTYPE(
            ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self._callback = kind(self._receive)  # Kept: the library calls it later.
        self._library.espeak_SetSynthCallback(self._callback)
        self._voice = None
        self._parts: list[np.ndarray] = []

    def speak(self, text: str, voice: str, rate: int = 160, pitch: int = 50, pitch_range: int = 50) -> np.ndarray:
        """Mono samples at 22 050 Hz in -1...1. The voice is `language+variant`.

        `rate` in words a minute; `pitch` and `pitch_range` from 0 to 99.
        """
        if voice != self._voice or voice.endswith("+" + DRAWN):
            if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
                raise ValueError(f"espeak-ng has no voice {voice}")
            self._voice = voice
        for parameter, value in ((_RATE, rate), (_PITCH, pitch), (_RANGE, pitch_range)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._parts = []
        data = text.encode() + b"\0"
        self._library.espeak_Synth(data, len(data), 0, 1, 0, 1, None, None)
        self._library.espeak_Synchronize()
        sound = np.concatenate(self._parts) if self._parts else np.zeros(0, np.int16)
        return sound.astype(np.float32) / 32768

    def _receive(self, samples, count, events) -> int:
        if samples and count > 0:
            self._parts.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0


@functools.cache
def synthesizer() -> Synthesizer:
    return Synthesizer()
