"""Batches of what is heard: recordings somewhere in the time that the encoder listens, through a microphone."""

import random

import numpy as np
import torch

from .microphones import Microphone
from .shards import Recording
from .teacher import COMPONENTS, FRAME, Targets, frame_count
from .vocabulary import SIZES

# Shares of recordings that begin late or end early, and by how many frames of 20 ms at most: people do not speak at once.
LATE, LATEST = 0.5, 65
EARLY, EARLIEST = 0.4, 50


class Listening:
    def __init__(self, recordings: list[Recording], seed: int):
        self._microphone, self._targets = Microphone(recordings, seed), Targets()

    def batch(
        self, recordings: list[Recording], rng: random.Random, whole: bool = False
    ) -> tuple[torch.Tensor, torch.Tensor, list[int]]:
        """Samples [B, 320 T], the teacher's components [B, T, 128], and the count of frames that each recording has.

        Frames that the teacher did not hear are zeros. The context T is little more than the longest of the batch, or all of it
        when `whole`.
        """
        places = [place(frame_count(len(recording.samples)), rng) for recording in recordings]
        counts = [min(SIZES.context, lead + count + tail) for lead, count, tail in places]
        context = SIZES.context if whole else min(SIZES.context, max(counts) + rng.randint(3, 25))
        samples = np.zeros((len(recordings), context * FRAME), np.float32)
        taught = np.zeros((len(recordings), context, COMPONENTS), np.float32)
        for index, (recording, (lead, count, tail)) in enumerate(zip(recordings, places)):
            sound = np.pad(recording.samples.astype(np.float32) / 32768, (lead * FRAME, tail * FRAME))
            heard = self._microphone.heard(sound, rng)[:samples.shape[1]]
            samples[index, :len(heard)] = heard
            taught[index, lead:lead + count] = self._targets(recording)[:context - lead]
        return torch.from_numpy(samples), torch.from_numpy(taught), counts


def place(count: int, rng: random.Random) -> tuple[int, int, int]:
    """Frames of silence before, of the recording, and of silence behind."""
    free = max(0, SIZES.context - count)
    lead = rng.randint(0, min(free, LATEST)) if rng.random() < LATE else 0
    tail = rng.randint(0, min(free - lead, EARLIEST)) if rng.random() < EARLY else 0
    return lead, count, tail
