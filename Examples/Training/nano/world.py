"""Another speaker from a recorded one: pitch and vocal tract moved apart from each other by the WORLD vocoder."""

import random

import numpy as np


def changed(samples: np.ndarray, rate: int, rng: random.Random) -> np.ndarray:
    """The same words at the same time with a pitch of 75 to 260 Hz in the middle and a tract up to 20 % longer or shorter."""
    import pyworld

    sound = samples.astype(np.float64)
    pitch, times = pyworld.dio(sound, rate, frame_period=8)
    pitch = pyworld.stonemask(sound, pitch, times, rate)
    voiced = pitch > 0
    if voiced.sum() < 8:
        return samples
    envelope = pyworld.cheaptrick(sound, pitch, times, rate)
    aperiodicity = pyworld.d4c(sound, pitch, times, rate)
    middle = np.exp(np.log(pitch[voiced]).mean())
    target = np.exp(rng.uniform(np.log(75), np.log(260)))
    lively = rng.uniform(0.6, 1.6)
    pitch[voiced] = target * (pitch[voiced] / middle) ** lively
    # High voices mostly have short tracts.
    tract = np.clip((target / 130) ** 0.18 * rng.uniform(0.92, 1.09), 0.83, 1.22)
    envelope, aperiodicity = warped(envelope, tract), warped(aperiodicity, tract)
    tilt = np.linspace(0, rng.uniform(-6, 6), envelope.shape[1]) / 10
    envelope = envelope * 10**tilt
    envelope, aperiodicity = np.ascontiguousarray(envelope), np.ascontiguousarray(aperiodicity)
    return pyworld.synthesize(pitch, envelope, aperiodicity, rate, 8).astype(np.float32)


def warped(spectra: np.ndarray, factor: float) -> np.ndarray:
    """[T, F] with every frequency multiplied by `factor`."""
    places = np.minimum(np.arange(spectra.shape[1]) / factor, spectra.shape[1] - 1)
    low = np.floor(places).astype(int)
    high = np.minimum(low + 1, spectra.shape[1] - 1)
    share = places - low
    return spectra[:, low] * (1 - share) + spectra[:, high] * share
