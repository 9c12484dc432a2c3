"""Encoder and decoder, trained together on all six modes. `python -m nano.train_joint`

The schedule counts the CPU seconds of this process, so that a busy machine changes how long it takes and not what comes
out. Stopped, it goes on from its last checkpoint.
"""

import argparse
import math
import os
import pathlib
import random
import time

import torch
from torch import nn
from tqdm import tqdm

from . import batches, checkpoints, paths, teacher
from .model import Model, losses


# What the teacher's features count beside the answers, and the encoder's share of the rate: it has learned to hear before, and
# the few voices of training would make it forget what the teacher knows of all others.
TAUGHT_SHARE, ENCODER_SHARE = 0.5, 0.1


def learning_rate(progress: float, highest: float) -> float:
    """A short rise, then half a cosine down to a thirtieth."""
    rise = min(1, progress / 0.02)
    return highest * rise * (1 / 30 + (1 - 1 / 30) * 0.5 * (1 + math.cos(math.pi * progress)))


def optimizer(model: nn.Module, encoder_share: float = 1) -> torch.optim.AdamW:
    """The encoder goes at `encoder_share` of the rate."""
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        decay = 0.05 if parameter.dim() >= 2 and "wte" not in name else 0.0
        share = encoder_share if name.startswith("encoder.") else 1.0
        groups.setdefault((decay, share), []).append(parameter)
    return torch.optim.AdamW(
        [dict(params=p, weight_decay=decay, share=share) for (decay, share), p in groups.items()], betas=(0.9, 0.98), fused=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=100, help="CPU minutes of this process")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--from", dest="start", type=pathlib.Path,
        help="an exported model whose decoder to start from, or a checkpoint, of which all is taken")
    parser.add_argument("--encoder-share", type=float, default=ENCODER_SHARE, help="of the rate; 0 leaves the encoder as it is")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    recordings = teacher.taught()
    model = Model()
    if options.encoder_share == 0:
        for part in (model.encoder, model.teacher):
            part.requires_grad_(False)
    steps = optimizer(model, options.encoder_share)
    path = paths.made("joint") / "checkpoint.pt"
    done, step = 0.0, 0
    if path.exists():
        done, step = checkpoints.resume(path, model, steps)
        for group, fresh in zip(steps.param_groups, optimizer(model, options.encoder_share).param_groups):
            group["share"] = fresh["share"]
    else:
        checkpoints.start_from_distilled(model)
        if options.start:
            checkpoints.start_from(options.start, model)
    source = batches.Batches(recordings, options.batch, random.Random(options.seed * 1000 + step))
    model.train()
    total, began = options.minutes * 60, time.process_time()
    sums: dict[str, list[float]] = {}
    with tqdm(total=100, desc="joint", bar_format="{l_bar}{bar}| {elapsed}<{remaining}", mininterval=20) as bar:
        for batch in source:
            spent = done + time.process_time() - began
            progress = min(1, spent / total)
            bar.update(int(progress * 100) - bar.n)
            if progress >= 1:
                break
            for group in steps.param_groups:
                group["lr"] = learning_rate(progress, options.rate) * group["share"]
            loss, report = losses(model, batch, masked=progress < 0.85, taught_share=TAUGHT_SHARE)
            steps.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            steps.step()
            step += 1
            for name, value in report.items():
                sums.setdefault(name, []).append(value)
            if step % 100 == 0:
                figures = " ".join(f"{name} {sum(v) / len(v):.3f}" for name, v in sorted(sums.items()))
                tqdm.write(f"step {step}, {spent / 60:.1f} CPU min: {figures}")
                sums = {}
            if step % 100 == 0:
                checkpoints.save(path, model, steps, spent, step)
    checkpoints.save(path, model, steps, total, step)
    print(f"{step} steps, {os.path.getsize(path) / 1e6:.1f} MB in {path}")


if __name__ == "__main__":
    main()
