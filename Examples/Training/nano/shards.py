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
    speaking: np.ndarray  # of every 20 ms, whether it holds speech
    shard: str
    number: int  # in its shard


def load(prefix: str = "train-") -> list[Recording]:
    """The recordings of all whole shards with names that begin so."""
    entries = []
    for path in sorted((paths.BUILD / "questions").glob(prefix + "*.npy")):
        if not path.name.endswith(".part.npy"):
            entries += shard(path.stem)
    if not entries:
        raise FileNotFoundError(f"no recordings {prefix}* in {paths.BUILD / 'questions'}: run nano.make_questions first")
    return entries


def shard(name: str) -> list[Recording]:
    path = paths.BUILD / "questions" / name
    sound = np.load(path.with_suffix(".npy"), mmap_mode="r")
    entries, start = [], 0
    for number, entry in enumerate(json.loads(path.with_suffix(".json").read_text())):
        samples = sound[start:start + entry["count"]]
        start += entry["count"]
        speaking = np.frombuffer(entry["speaking"].encode(), np.uint8) == ord("1")
        entries.append(Recording(
            entry["text"], entry["answer"], tuple(entry["units"]), entry["kind"], entry["voice"], samples, speaking, name, number))
    return entries
