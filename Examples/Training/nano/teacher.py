"""What Whisper base hears in the questions. `python -m nano.teacher`

Whisper was trained on 680 000 hours of people; its encoder (MIT) says what in a sound is speech, in any voice. Its
published file is read from `build/teacher/base.pt`. Written beside each shard: 128 principal components of its features,
for every 20 ms.
"""

import argparse
import pathlib

import numpy as np
import torch
from tqdm import tqdm

from . import paths, shards
from .vocabulary import SIZES, Sizes
from .whisper import AudioEncoder, log_mel

COMPONENTS = 128
FRAME = 320
MARGIN = 16  # frames of silence behind a recording: Whisper was trained on recordings with room behind the speech


def encoder() -> AudioEncoder:
    """Whisper base's encoder, from the published file."""
    path = paths.BUILD / "teacher" / "base.pt"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: it is the file base.pt that openai-whisper downloads")
    saved = torch.load(path, weights_only=True)
    dims = saved["dims"]
    model = AudioEncoder(Sizes(
        context=dims["n_audio_ctx"], encoder_width=dims["n_audio_state"], encoder_heads=dims["n_audio_head"],
        encoder_layers=dims["n_audio_layer"]))
    state = saved["model_state_dict"]
    model.load_state_dict({k.removeprefix("encoder."): v.float() for k, v in state.items() if k.startswith("encoder.")})
    return model.eval()


def frame_count(sample_count: int) -> int:
    return sample_count // FRAME + 1


def batches(recordings: list[shards.Recording], size: int = 16):
    """Lists of recordings of similar length, and their log-mel [B, 80, 2T]."""
    order = sorted(range(len(recordings)), key=lambda i: len(recordings[i].samples))
    for start in range(0, len(order), size):
        chosen = [recordings[i] for i in order[start:start + size]]
        count = min(SIZES.context, frame_count(max(len(r.samples) for r in chosen)) + MARGIN)
        samples = np.zeros((len(chosen), count * FRAME), np.float32)
        for row, recording in zip(samples, chosen):
            row[:len(recording.samples)] = recording.samples.astype(np.float32) / 32768  # None is longer than the context.
        yield chosen, log_mel(torch.from_numpy(samples))


@torch.inference_mode()
def features(model: AudioEncoder, mel: torch.Tensor) -> torch.Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        return model(mel).float()


def components(model: AudioEncoder) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean [512] and directions [512, 128] of the features of 500 recordings; large directions count for more, not by as much."""
    path = paths.made("teacher") / "components.pt"
    if not path.exists():
        recordings = shards.load()
        recordings = recordings[::max(1, len(recordings) // 500)]
        found = [
            one[:frame_count(len(r.samples))] for chosen, mel in batches(recordings)
            for r, one in zip(chosen, features(model, mel))]
        rows = torch.cat(found)
        mean = rows.mean(0)
        values, vectors = torch.linalg.eigh((rows - mean).T @ (rows - mean) / len(rows))
        values, vectors = values.flip(0)[:COMPONENTS], vectors.flip(1)[:, :COMPONENTS]
        print(f"{COMPONENTS} components keep {values.sum() / (rows - mean).square().sum(1).mean():.1%} of the variance")
        scaled = vectors * values**-0.25
        scaled = scaled / ((rows - mean) @ scaled).std()
        torch.save((mean, scaled), path)
    return torch.load(path, weights_only=True)


def teach(model: AudioEncoder, name: str) -> None:
    mean, directions = components(model)
    recordings = shards.shard(name)
    found: list = [None] * len(recordings)
    for chosen, mel in tqdm(list(batches(recordings)), desc=name, mininterval=5):
        for recording, one in zip(chosen, features(model, mel)):
            found[recording.number] = ((one[:frame_count(len(recording.samples))] - mean) @ directions).half().numpy()
    path = target_path(name)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.save(file, np.concatenate(found))
    part.rename(path)


def target_path(name: str) -> pathlib.Path:
    return paths.made("teacher") / f"{name}.npy"


def taught() -> list[shards.Recording]:
    """The recordings whose shards the teacher has heard."""
    names = sorted(path.stem for path in paths.made("teacher").glob("train-*.npy"))
    if not names:
        raise FileNotFoundError("the teacher has heard nothing: run nano.teacher first")
    return [recording for name in names for recording in shards.shard(name)]


class Targets:
    """The teacher's components of any recording, [T, 128], from its shard's file."""

    def __init__(self):
        self._shards: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def __call__(self, recording: shards.Recording) -> np.ndarray:
        if recording.shard not in self._shards:
            counts = [frame_count(len(r.samples)) for r in shards.shard(recording.shard)]
            self._shards[recording.shard] = (
                np.load(target_path(recording.shard), mmap_mode="r"), np.concatenate([[0], np.cumsum(counts)]))
        rows, starts = self._shards[recording.shard]
        return rows[starts[recording.number]:starts[recording.number + 1]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    torch.set_num_threads(parser.parse_args().threads)
    model = encoder()
    for path in sorted((paths.BUILD / "questions").glob("train-*.json")):
        if path.with_suffix(".npy").exists() and not target_path(path.stem).exists():
            teach(model, path.stem)


if __name__ == "__main__":
    main()
