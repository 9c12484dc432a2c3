"""The detector of voice activity. `python -m nano.train_vad`"""

import argparse
import math
import pathlib
import random

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tqdm import tqdm

from . import paths, scenes, shards
from .silero import Detector


def batch(recordings, rng: random.Random, noise: np.random.Generator, size: int, seconds: float):
    made = [scenes.scene(recordings, seconds, rng, noise, silent=rng.random() < 0.2, cut_share=0.4) for _ in range(size)]
    return torch.from_numpy(np.stack([s for s, _ in made])), torch.from_numpy(np.stack([v for _, v in made])).float()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--from", dest="start", type=pathlib.Path, help="an exported detector to go on from")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    rng, noise = random.Random(options.seed), np.random.default_rng(options.seed)
    recordings = shards.load()
    model, path = Detector(), paths.made("vad") / "checkpoint.pt"
    trained = [p for p in model.parameters() if p.requires_grad]
    steps = torch.optim.AdamW(trained, lr=2e-3, weight_decay=0.01, fused=True)
    first = 0
    if path.exists():
        saved = torch.load(path, weights_only=True)
        model.load_state_dict(saved["model"])
        steps.load_state_dict(saved["optimizer"])
        first = saved["step"]
        rng, noise = random.Random(options.seed + first), np.random.default_rng(options.seed + first)
    elif options.start:
        model.load_published(load_file(options.start))
    bar = tqdm(range(first, options.steps), initial=first, total=options.steps, desc="vad", mininterval=10)
    for step in bar:
        for group in steps.param_groups:
            group["lr"] = options.rate * min(1, step / 50) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / options.steps)))
        samples, spoken = batch(recordings, rng, noise, options.batch, options.seconds)
        logits = model(samples)
        loss = F.binary_cross_entropy_with_logits(logits, spoken)
        steps.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        steps.step()
        if step % 20 == 0:
            right = ((logits > 0) == (spoken > 0.5)).float().mean()
            bar.set_postfix(loss=f"{loss:.3f}", right=f"{right:.3f}")
        if (step + 1) % 100 == 0 or step + 1 == options.steps:
            torch.save(dict(model=model.state_dict(), optimizer=steps.state_dict(), step=step + 1), path)


if __name__ == "__main__":
    main()
