"""The spoken questions that `make_questions` wrote."""

import json
from dataclasses import dataclass

import numpy as np

from . import paths


@dataclass(frozen=True)
class Recording:
    text: str
    answer: str
    units: tuple[str, ...]
    kind: str
    voice: str
    samples: np.ndarray  # int16, 16 kHz, a view of the file
    phonemes: np.ndarray  # one of every 20 ms


@dataclass(frozen=True)
class Recordings:
    entries: list[Recording]
    phonemes: list[str]


def load(prefix: str) -> Recordings:
    """All whole shards with names that begin so."""
    names: dict[str, int] = {"_": 0}
    entries = []
    for path in sorted((paths.BUILD / "questions").glob(prefix + "*.npy")):
        if path.name.endswith(".part.npy"):
            continue
        sound = np.load(path, mmap_mode="r")
        index = json.loads(path.with_suffix(".json").read_text())
        renamed = np.array([names.setdefault(name, len(names)) for name in index["phonemes"]])
        start = 0
        for entry in index["entries"]:
            samples = sound[start:start + entry["count"]]
            start += entry["count"]
            entries.append(Recording(
                entry["text"], entry["answer"], tuple(entry["units"]), entry["kind"], entry["voice"], samples,
                renamed[entry["phonemes"]]))
    if not entries:
        raise FileNotFoundError(f"no recordings {prefix}* in {paths.BUILD / 'questions'}: run nano.make_questions first")
    return Recordings(entries, list(names))
