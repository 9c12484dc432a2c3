"""The narrow encoder learns to hear what Whisper base hears. `python -m nano.distil`

The teacher heard the recordings as they are; the pupil hears them through `microphones.py`, so what it learns is also to hear
through noise. Stopped, it goes on from its last checkpoint.
"""

import argparse
import random
import time

import torch
from torch import nn
from tqdm import tqdm

from . import paths, shards, teacher
from .listening import Listening
from .model import mask_spectrum, not_found
from .train_joint import learning_rate, optimizer
from .vocabulary import SIZES
from .whisper import AudioEncoder, log_mel


class Pupil(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.teacher = AudioEncoder(), nn.Linear(SIZES.encoder_width, teacher.COMPONENTS)

    def load_narrow(self) -> None:
        saved = torch.load(paths.BUILD / "teacher" / "narrow.pt", weights_only=True)
        self.encoder.load_state_dict(saved["encoder"])
        weight, bias = saved["head"]
        self.teacher.weight.data.copy_(weight)
        self.teacher.bias.data.copy_(bias)


class Source:
    """Endless batches of recordings of similar length: samples and the teacher's components."""

    def __init__(self, recordings: list[shards.Recording], size: int, rng: random.Random):
        self.recordings, self.size, self.rng = recordings, size, rng
        self.listening = Listening(recordings, seed=5)

    def __iter__(self):
        while True:
            chosen = sorted(self.rng.sample(self.recordings, self.size * 12), key=lambda r: len(r.samples))
            groups = [chosen[i:i + self.size] for i in range(0, len(chosen), self.size)]
            self.rng.shuffle(groups)
            for group in groups:
                yield self.listening.batch(group, self.rng)[:2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20, help="CPU minutes of this process")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--rate", type=float, default=6e-4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    pupil = Pupil()
    steps = optimizer(pupil)
    path = paths.made("teacher") / "distilled.pt"
    done, step = 0.0, 0
    if path.exists():
        saved = torch.load(path, weights_only=True)
        pupil.load_state_dict(saved["model"])
        steps.load_state_dict(saved["optimizer"])
        done, step = saved["seconds"], saved["step"]
    else:
        pupil.load_narrow()
    total, began, sums = options.minutes * 60, time.process_time(), []
    source = Source(teacher.taught(), options.batch, random.Random(options.seed * 1000 + step))
    with tqdm(total=100, desc="distil", bar_format="{l_bar}{bar}| {elapsed}<{remaining}", mininterval=20) as bar:
        for samples, taught in source:
            spent = done + time.process_time() - began
            progress = min(1, spent / total)
            bar.update(int(progress * 100) - bar.n)
            finished = progress >= 1
            for group in steps.param_groups:
                group["lr"] = learning_rate(progress, options.rate)
            mel = log_mel(samples)
            if progress < 0.8:
                mel = mask_spectrum(mel)
            with torch.autocast("cpu", torch.bfloat16):
                found = pupil.teacher(pupil.encoder(mel)).float()
            loss = not_found(found, taught)
            steps.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(pupil.parameters(), 1.0)
            steps.step()
            step += 1
            sums.append(loss.item())
            if step % 100 == 0 or finished:
                tqdm.write(f"step {step}, {spent / 60:.1f} CPU min: not found {sum(sums) / len(sums):.3f}")
                sums = []
                part = path.with_suffix(".part")
                torch.save(dict(model=pupil.state_dict(), optimizer=steps.state_dict(), seconds=spent, step=step), part)
                part.rename(path)
            if finished:
                break


if __name__ == "__main__":
    main()
