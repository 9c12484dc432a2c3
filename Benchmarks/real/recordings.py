"""Makes the recordings that transcription is compared on: 16 kHz, mono, 16 bits.

    python recordings.py OUT FOLDER_OF_WAVS...

Every WAV file below the folders is converted; then three longer ones are joined from them by a fixed rule, with pauses
and noise: joined-60.wav (60 s), joined-180.wav (3 min) and joined-noise.wav (90 s with noise at -30 dB).
Needs numpy and soundfile.
"""
import pathlib
import sys

import numpy
import soundfile

RATE = 16_000


def load(path):
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    samples = samples.mean(axis=1)
    if rate != RATE:
        # Linear interpolation will do: both sides of the comparison read the result.
        count = int(len(samples) * RATE / rate)
        samples = numpy.interp(numpy.arange(count) * rate / RATE, numpy.arange(len(samples)), samples)
    return samples.astype(numpy.float32)


def save(path, samples):
    soundfile.write(path, numpy.clip(samples, -1, 1), RATE, subtype="PCM_16")


def joined(parts, seconds, random, noise):
    result, length = [], 0
    while length < seconds * RATE:
        pause = numpy.zeros(int(random.uniform(0.2, 3.0) * RATE), numpy.float32)
        for piece in (parts[random.integers(len(parts))], pause):
            result.append(piece)
            length += len(piece)
    samples = numpy.concatenate(result)[: int(seconds * RATE)]
    return samples + noise * random.standard_normal(len(samples)).astype(numpy.float32)


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    english, everything = [], []
    for folder in map(pathlib.Path, sys.argv[2:]):
        for path in sorted(folder.rglob("*.wav")):
            samples = load(path)
            if len(samples) < RATE // 4:
                continue
            name = "-".join(path.relative_to(folder).with_suffix("").parts)
            save(out / f"{folder.name}-{name}.wav", samples)
            everything.append(samples)
            if "en" in path.parts:
                english.append(samples)
    random = numpy.random.default_rng(16)
    save(out / "joined-60.wav", joined(english or everything, 60, random, 0))
    save(out / "joined-180.wav", joined(english or everything, 180, random, 0))
    save(out / "joined-noise.wav", joined(everything, 90, random, 10 ** (-30 / 20)))


main()
