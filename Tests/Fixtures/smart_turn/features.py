"""The input of Smart Turn version 3 (the last samples of a recording, silence in front, mean 0 and variance 1, log-mel), and
onnxruntime as an oracle."""

import wave

import numpy as np
import onnxruntime

SAMPLE_RATE, HOP, WINDOW, MELS = 16_000, 160, 400, 80


def read(path):
    """Samples at 16 kHz; what has another rate is interpolated, as the network does not mind."""
    with wave.open(str(path)) as file:
        assert file.getsampwidth() == 2, path
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
        data = data.reshape(-1, file.getnchannels()).mean(1)
        rate = file.getframerate()
    if rate != SAMPLE_RATE:
        places = np.arange(int(len(data) * SAMPLE_RATE / rate)) * rate / SAMPLE_RATE
        data = np.interp(places, np.arange(len(data)), data).astype(np.float32)
    return data


def mel_filters():
    """Slaney's triangles [80, 201]."""
    step = np.log(6.4) / 27

    def hertz(mel):
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(step * (mel - 15)))

    edges = hertz(np.linspace(0, 15 + np.log(8) / step, MELS + 2))
    frequencies = np.arange(WINDOW // 2 + 1) * SAMPLE_RATE / WINDOW
    lower, centre, upper = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    slopes = np.minimum((frequencies - lower) / (centre - lower), (upper - frequencies) / (upper - centre))
    return np.maximum(slopes, 0) * 2 / (upper - lower)


FILTERS = mel_filters()
HANN = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)


def features(samples, frame_count):
    """[1, 80, frame_count]"""
    count = frame_count * HOP
    samples = samples[-count:].astype(np.float32)
    samples = np.pad(samples, (count - len(samples), 0))
    samples = (samples - samples.mean()) / np.sqrt(samples.var() + 1e-7)
    padded = np.pad(samples.astype(np.float64), WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:frame_count]
    power = np.abs(np.fft.rfft(frames * HANN)) ** 2
    logarithms = np.log10(np.maximum(power @ FILTERS.T, 1e-10))
    logarithms = np.maximum(logarithms, logarithms.max() - 8)
    return ((logarithms + 4) / 4).T[None].astype(np.float32)


def exact_session(model):
    """Without optimisations, some of which quantise on their own where weights are stored in 8 bits."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model.SerializeToString(), options)
