"""The codec. `python -m nano.train_codec decoder`, then `python -m nano.train_codec encoder`

The codes of the voice's clips are given (`codes.py`). The decoder learns to sound like the clips. Its quantizers are settled
after a quarter of the time: from then on the encoder can learn, beside it if there is a core, to find the codes again.
"""

import argparse
import math
import pathlib
import random
import time
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from tqdm import tqdm

from . import codes, paths, spectral, voice
from .snac import SNAC


QUANTIZERS_SETTLED = 0.25
STARTS_SHARE = 0.4
MINUTES = dict(decoder=60, encoder=14)


class Excerpts:
    """Clips in random order, joined, and a window of whole frames cut from them."""

    def __init__(self, rng: random.Random, frames: int = 8):
        self.rng, self.frames = rng, frames
        self.sounds, self.codes = {unit: clip.samples for unit, clip in voice.load().items()}, codes.load()
        self.units = list(self.sounds)
        self.weights = [len(sound) for sound in self.sounds.values()]

    def one(self, from_start: bool) -> tuple[np.ndarray, np.ndarray]:
        units, count = [], 0
        while count < self.frames + 4:
            units += self.rng.choices(self.units, self.weights)
            count += self.codes[units[-1]].shape[1]
        start = 0 if from_start else self.rng.randint(0, count - self.frames)
        end = start + self.frames
        sound = np.concatenate([self.sounds[unit] for unit in units])
        return sound[start * voice.FRAME:end * voice.FRAME], codes.joined(self.codes, units)[:, start:end]

    def batch(self, size: int, from_start: bool = False) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Samples [B, N] and the codec's three lists [B, T], on request from the beginning of an answer."""
        made = [self.one(from_start) for _ in range(size)]
        lists = [codes.layers(c) for _, c in made]
        return torch.from_numpy(np.stack([s for s, _ in made])), [torch.cat(layer) for layer in zip(*lists)]


def compared(model: SNAC, excerpts: Excerpts, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """What the codec makes of some codes, and the clips that they are of, [B, N] each."""
    # Nothing comes before an answer, and its first word must not be worse for that.
    from_start = random.random() < STARTS_SHARE
    wanted, lists = excerpts.batch(size, from_start)
    edge = 1024  # What a decoder needs to know of what is beyond the excerpt.
    start = 0 if from_start else edge
    return model.decode(lists)[:, 0, start:-edge], wanted[:, start:-edge]


def decoder_loss(model: SNAC, excerpts: Excerpts, size: int) -> tuple[torch.Tensor, str]:
    made, wanted = compared(model, excerpts, size)
    spectrum, mel = spectral.distance(made, wanted)
    wave = (made - wanted).abs().mean()
    return spectrum + 20 * wave, f"mel {mel:.3f} wave {wave.item():.4f}"


def encoder_loss(model: SNAC, excerpts: Excerpts, size: int) -> tuple[torch.Tensor, str]:
    sound, lists = excerpts.batch(size)
    gain = torch.from_numpy(np.random.uniform(0.5, 1.1, (size, 1))).float()
    heard = sound * gain + torch.randn_like(sound) * 10 ** random.uniform(-5, -2.5)
    loss, right = torch.zeros(()), []
    for similarity, wanted in zip(model.similarities(heard[:, None], lists), lists):
        loss = loss + F.cross_entropy((20 * similarity).flatten(0, 1), wanted.flatten())
        right.append((similarity.argmax(-1) == wanted).float().mean().item())
    return loss, "codes found " + " ".join(f"{share:.2f}" for share in right)


def trained(model: SNAC, part: str) -> None:
    """Lets only that part learn."""
    for name, parameter in model.named_parameters():
        decodes = name.startswith("decoder") or "out_proj" in name or "codebook" in name
        parameter.requires_grad_(decodes == (part == "decoder"))


def seeded(seed: int) -> None:
    torch.set_num_threads(1)
    for take in (torch.manual_seed, random.seed, np.random.seed):
        take(seed)


class Run:
    """Training for so many CPU minutes, which goes on where its file was left."""

    def __init__(self, path: pathlib.Path, minutes: float, rate: float, momentum: float = 0.95):
        self.path, self.minutes, self.rate, self.momentum = path, minutes, rate, momentum
        self.saved = torch.load(path) if path.exists() else {}
        self.step, self.done = self.saved.get("step", 0), self.saved.get("seconds", 0.0)

    def train(self, model: SNAC, loss_of: Callable[[float], tuple[torch.Tensor, str]], **kept) -> None:
        """`loss_of` gets the share of the time that has passed, and gives a loss and figures; `kept` is saved as well."""
        parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
        optimizer = torch.optim.AdamW(parameters, betas=(0.8, self.momentum), weight_decay=1e-4, fused=True)
        if self.saved:
            optimizer.load_state_dict(self.saved["optimizer"])
        total, began, finished = self.minutes * 60, time.process_time(), False
        with tqdm(total=100, desc=self.path.stem, bar_format="{l_bar}{bar}| {elapsed}<{remaining}", mininterval=20) as bar:
            while not finished:
                spent = self.done + time.process_time() - began
                progress = min(1, spent / total)
                finished = progress >= 1
                bar.update(int(progress * 100) - bar.n)
                for group in optimizer.param_groups:
                    warm = min(1, (self.step + 1) / 50)
                    group["lr"] = self.rate * warm * 0.5 * (1 + math.cos(math.pi * progress)) + 2e-5
                loss, figures = loss_of(progress)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                torch.nn.utils.clip_grad_norm_(parameters, 10.0)
                optimizer.step()
                self.step += 1
                if self.step % 50 == 0 or finished:
                    tqdm.write(f"step {self.step}, {spent / 60:.1f} CPU min: loss {loss.item():.3f} {figures}")
                    torch.save(dict(
                        model=model.state_dict(), optimizer=optimizer.state_dict(), seconds=spent, step=self.step,
                        **kept), self.path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("decoder", "encoder"))
    parser.add_argument("--minutes", type=float, help="CPU minutes of this process; without it those of the recipe")
    parser.add_argument("--batch", type=int, default=3)
    parser.add_argument("--rate", type=float, default=2.5e-3)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    minutes = MINUTES[options.part] if options.minutes is None else options.minutes
    seeded(options.seed)
    model, folder = SNAC(), paths.made("codec")
    run = Run(folder / f"{options.part}.pt", minutes, options.rate)
    if run.saved:
        model.load_state_dict(run.saved["model"])
    elif options.part == "decoder":
        for quantizer, book in zip(model.quantizer.quantizers, torch.load(paths.BUILD / "voice" / "codebooks.pt")):
            quantizer.codebook.weight.data.copy_(book)
    else:
        model.load_state_dict(torch.load(folder / "decoder.pt")["model"])
    trained(model, options.part)
    excerpts = Excerpts(random.Random(options.seed * 1000 + run.step))

    def loss(progress: float) -> tuple[torch.Tensor, str]:
        if options.part == "encoder":
            return encoder_loss(model, excerpts, options.batch)
        if progress > QUANTIZERS_SETTLED:
            model.quantizer.requires_grad_(False)
        return decoder_loss(model, excerpts, options.batch)

    run.train(model, loss)


if __name__ == "__main__":
    main()
