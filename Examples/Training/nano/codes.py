"""Codes of the voice's clips. `python -m nano.codes`

Hierarchical residual k-means on log-mel frames, 4, 2 and 1 at a time (85, 43 and 21 ms), and on where in a period of the voice
each frame begins: codes exist before the codec is trained, and equal clips have equal codes. The codec then learns to decode
and to encode them.
"""

import argparse
import pathlib
import pickle

import numpy as np
import torch
import torch.nn.functional as F

from . import paths, voice
from .vocabulary import AUDIO_CODES

BANDS = 40
HOP = 512
PHASE = 4.0  # how much the phase of the voice counts beside the logarithms of the bands
WIDTH = BANDS + 2
TOGETHER = (4, 2, 1)


def mel_bands(window: int, count: int, rate: int = voice.SAMPLE_RATE) -> torch.Tensor:
    """Triangles, evenly spaced in mel from 20 Hz to half the rate, [count, window / 2 + 1]."""
    bins = np.linspace(0, rate / 2, window // 2 + 1)
    mel = np.linspace(2595 * np.log10(1 + 20 / 700), 2595 * np.log10(1 + rate / 1400), count + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return torch.from_numpy(np.clip(np.minimum(rising, falling), 0, None).astype(np.float32))


def frames(clip: voice.Clip) -> torch.Tensor:
    """log-mel of every 512 samples, and the point in the period of the voice, zero where there is none, [T, WIDTH]"""
    padded = F.pad(torch.from_numpy(clip.samples), (256, 256))
    spectrum = torch.stft(padded, 1024, HOP, window=torch.hann_window(1024), center=False, return_complex=True).abs()
    bands = (mel_bands(1024, BANDS) @ spectrum + 2e-2).log().T
    middles = np.arange(HOP // 2, len(clip.samples), HOP)
    turn = np.exp(2j * np.pi * clip.phase[middles]) * clip.voiced[middles] * PHASE
    return torch.cat([bands, torch.from_numpy(np.stack([turn.real, turn.imag], 1)).float()], 1)


def far_apart(points: torch.Tensor, count: int) -> torch.Tensor:
    """First centres, drawn far from each other (k-means++)."""
    centres = points[torch.randint(len(points), (1,))]
    nearest = ((points - centres) ** 2).sum(1)
    for _ in range(count - 1):
        chosen = points[torch.multinomial(nearest.clamp(min=1e-9), 1)]
        centres = torch.cat([centres, chosen])
        nearest = torch.minimum(nearest, ((points - chosen) ** 2).sum(1))
    return centres


def means(points: torch.Tensor, members: torch.Tensor, count: int) -> torch.Tensor:
    """The centre of the members of each code; one without members is drawn anew."""
    sizes = torch.bincount(members, minlength=count)
    centres = torch.zeros(count, points.shape[1]).index_add_(0, members, points) / sizes.clamp(min=1)[:, None]
    empty = sizes == 0
    centres[empty] = points[torch.randint(len(points), (int(empty.sum()),))]
    return centres


def k_means(points: torch.Tensor, centres: torch.Tensor, rounds: int = 25) -> tuple[torch.Tensor, torch.Tensor]:
    """Assignment and centres."""
    for _ in range(rounds):
        centres = means(points, torch.cdist(points, centres).argmin(1), len(centres))
    return torch.cdist(points, centres).argmin(1), centres


def earlier(folder: pathlib.Path) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Mean and centres of the clips and codes in a folder that `voice` and `codes` wrote."""
    clips, found = voice.load(folder), pickle.loads((folder / "codes.pkl").read_bytes())
    points = torch.cat([frames(clip) for clip in clips.values()])
    mean, centres = points.mean(0), []
    residual = points - mean
    for together, members in zip(TOGETHER, layers(joined(found, clips))):
        grouped = residual.reshape(-1, together * WIDTH)
        centres.append(means(grouped, members[0], AUDIO_CODES))
        residual = (grouped - centres[-1][members[0]]).reshape(-1, WIDTH)
    return mean, centres


def nearest(clip: voice.Clip, mean: torch.Tensor, centres: list[torch.Tensor]) -> np.ndarray:
    """The codes [7, F] of a clip by `centres`, of what the layers before leave over."""
    residual, members = frames(clip) - mean, []
    for together, points in zip(TOGETHER, centres):
        grouped = residual.reshape(-1, together * WIDTH)
        members.append(torch.cdist(grouped, points).argmin(1))
        residual = (grouped - points[members[-1]]).reshape(-1, WIDTH)
    return streams(*members)


def codebook(centres: torch.Tensor) -> torch.Tensor:
    """The eight directions in which the centres differ most, as the codec's codebook vectors."""
    centred = centres - centres.mean(0)
    projected = centred @ torch.linalg.svd(centred, full_matrices=False).Vh[:8].T
    return projected / projected.std(0).max()


def streams(coarse: torch.Tensor, middle: torch.Tensor, fine: torch.Tensor) -> np.ndarray:
    """Codes at 1, 2 and 4 a frame as the seven audio streams [7, F]."""
    middle, fine = middle.view(-1, 2).T, fine.view(-1, 4).T
    return torch.stack([coarse, middle[0], fine[0], fine[1], middle[1], fine[2], fine[3]]).numpy()


def layers(codes: np.ndarray) -> list[torch.Tensor]:
    """The inverse of `streams`: the codec's three lists, each [1, T]."""
    c = torch.from_numpy(np.ascontiguousarray(codes)).long()
    return [c[:1], torch.stack([c[1], c[4]], 1).reshape(1, -1), torch.stack([c[2], c[3], c[5], c[6]], 1).reshape(1, -1)]


def load() -> dict[str, np.ndarray]:
    """Codes [7, F] of each clip."""
    return pickle.loads((paths.BUILD / "voice" / "codes.pkl").read_bytes())


def joined(codes: dict[str, np.ndarray], units) -> np.ndarray:
    return np.concatenate([codes[unit] for unit in units], 1)


def starts(codes: dict[str, np.ndarray], units) -> list[int]:
    """The frame at which each unit begins, and the one behind the last."""
    return [0, *np.cumsum([codes[unit].shape[1] for unit in units]).tolist()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--from", dest="start", type=pathlib.Path,
        help="an earlier build/voice: its centres come first, so that what was trained on its codes can go on")
    options = parser.parse_args()
    torch.manual_seed(0)
    clips = voice.load()
    points = torch.cat([frames(clip) for clip in clips.values()])
    mean, first = earlier(options.start) if options.start else (points.mean(0), [None] * len(TOGETHER))
    residual = points - mean
    members, books = [], torch.load(options.start / "codebooks.pt") if options.start else []
    for together, centres in zip(TOGETHER, first):
        grouped = residual.reshape(-1, together * WIDTH)
        assigned, centres = k_means(grouped, far_apart(grouped, AUDIO_CODES) if centres is None else centres)
        members.append(assigned)
        if not options.start:
            books.append(codebook(centres))
        residual = (grouped - centres[assigned]).reshape(-1, WIDTH)
        print(f"{together} frames together: residual {residual.std():.3f} of {points.std():.3f}")
    all_codes, found, start = streams(*members), {}, 0
    for unit, clip in clips.items():
        count = len(clip.samples) // voice.FRAME
        found[unit] = all_codes[:, start:start + count]
        start += count
    folder = paths.made("voice")
    (folder / "codes.pkl").write_bytes(pickle.dumps(found))
    torch.save(books, folder / "codebooks.pt")


if __name__ == "__main__":
    main()
