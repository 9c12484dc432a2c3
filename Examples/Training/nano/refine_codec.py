"""The codec's decoder again, by what Whisper base makes of it. `python -m nano.refine_codec`, after `train_codec decoder`

A decoder that is near its clips in spectra and samples still loses words: a plosive is little of either. So the features of
each of Whisper's layers are compared as well, excerpts come from answers as they are asked for, and words that are understood
as clips but not as codes come more often. The quantizers stay as they are, and so do the encoder and all codes.
"""

import argparse
import random

import numpy as np
import torch
from tqdm import tqdm

from . import casting, codes, paths, questions, spectral, teacher, voice
from .snac import SNAC
from .train_codec import Excerpts, Run, compared, seeded, trained
from .whisper import levels

MINUTES = 65
ANSWERS_SHARE = 0.6
CANDIDATES = 4  # windows that one is drawn from
ROUNDS, TOGETHER = 3, 8  # how often each word is judged, among how many
EASIEST, HARDEST, STEEPNESS, UNJUDGED = 0.7, 6.0, 2.0, 2.0


class Listener:
    """Whisper base's encoder, on sound at 24 kHz: the bins of 25 ms up to 8 kHz are those that it has at 16 kHz."""

    WINDOW, HOP = 600, 240

    def __init__(self):
        self.encoder, self.window = teacher.encoder().requires_grad_(False), torch.hann_window(self.WINDOW)

    def layers(self, sound: torch.Tensor) -> list[torch.Tensor]:
        """[B, N] → its log-mel, and what comes before the first block and after each."""
        spectrum = torch.stft(sound, self.WINDOW, self.HOP, window=self.window, return_complex=True)
        spectrum = spectrum[:, :201, :spectrum.shape[2] // 2 * 2]
        mel = levels((spectrum.real**2 + spectrum.imag**2) * (400 / self.WINDOW) ** 2)
        return [mel, *self.encoder.layers(mel)]

    def distance(self, made: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        """[B, N] each → the mean difference in all layers, each relative to how much its features vary."""
        with torch.no_grad():
            expected = self.layers(wanted)
        shares = [
            (a - b).abs().mean() / ((b - b.mean((0, 1), keepdim=True)).abs().mean() + 1e-6)
            for a, b in zip(self.layers(made), expected)]
        return sum(shares) / len(shares)


def difficulty(model: SNAC) -> dict[str, float]:
    """How often a unit is to be heard: the more, the less likely Whisper finds its codec's copy than its clip."""
    judge, clips, found, rng = casting.Judge(), voice.load(), codes.load(), random.Random(11)
    lost: dict[str, list[float]] = {unit: [] for unit in clips}

    def judged(units: list[str], texts: list[str]) -> list[float]:
        with torch.inference_mode():
            copy = model.decode(codes.layers(codes.joined(found, units)))[0, 0].numpy()
        whole = [voice.Clip(copy, copy, copy)]
        before, after = judge.likelihoods([clips[u] for u in units], texts), judge.likelihoods(whole, texts)
        return [a - b for a, b in zip(before, after)]

    words = [unit for unit in clips if not unit.startswith("=") and unit not in casting.LINKS]
    for _ in range(ROUNDS):
        rng.shuffle(words)
        for start in tqdm(range(0, len(words), TOGETHER), desc="words", mininterval=5):
            units = words[start:start + TOGETHER]
            for unit, loss in zip(units, judged(units, casting.listed(units))):
                lost[unit].append(loss)
    for unit in clips:
        if unit.startswith("="):
            lost[unit] += judged([unit], [" " + unit.removeprefix("=")])
    return {
        unit: float(np.clip(1 + STEEPNESS * np.mean(losses), EASIEST, HARDEST)) if losses else UNJUDGED
        for unit, losses in lost.items()}


class HardExcerpts(Excerpts):
    """Windows of answers, and of units in random order, the more often the harder."""

    def __init__(self, rng: random.Random, weights: dict[str, float], frames: int = 8):
        super().__init__(rng, frames)
        self.difficulty = weights
        self.weights = [len(sound) * weights[unit] for unit, sound in self.sounds.items()]

    def window(self, from_start: bool) -> tuple[list[str], int, float]:
        """Units, the first frame of the window, and how hard it is."""
        answers, units, count = self.rng.random() < ANSWERS_SHARE, [], 0
        while count < self.frames + 4:
            if answers:
                units += questions.draw(self.rng, [], unknown_share=0).units
            else:
                units += self.rng.choices(self.units, self.weights)
            count = sum(self.codes[unit].shape[1] for unit in units)
        start = 0 if from_start else self.rng.randint(0, count - self.frames)
        hard = np.concatenate([[self.difficulty[unit]] * self.codes[unit].shape[1] for unit in units])
        return units, start, float(hard[start:start + self.frames].mean())

    def one(self, from_start: bool) -> tuple[np.ndarray, np.ndarray]:
        candidates = [self.window(from_start) for _ in range(CANDIDATES)]
        units, start, _ = self.rng.choices(candidates, [hard for _, _, hard in candidates])[0]
        end = start + self.frames
        sound = np.concatenate([self.sounds[unit] for unit in units])
        return sound[start * voice.FRAME:end * voice.FRAME], codes.joined(self.codes, units)[:, start:end]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="CPU minutes of this process")
    parser.add_argument("--batch", type=int, default=3)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    seeded(options.seed)
    model, folder = SNAC(), paths.made("codec")
    run = Run(folder / "refined.pt", options.minutes, options.rate, momentum=0.97)
    model.load_state_dict(run.saved.get("model") or torch.load(folder / "decoder.pt")["model"])
    weights = run.saved.get("difficulty") or difficulty(model)
    trained(model, "decoder")
    model.quantizer.requires_grad_(False)
    excerpts, listener = HardExcerpts(random.Random(options.seed * 1000 + run.step), weights), Listener()

    def loss(_: float) -> tuple[torch.Tensor, str]:
        made, wanted = compared(model, excerpts, options.batch)
        spectrum, mel = spectral.distance(made, wanted)
        wave, heard = (made - wanted).abs().mean(), listener.distance(made, wanted)
        return spectrum + 20 * wave + heard, f"mel {mel:.3f} wave {wave.item():.4f} heard {heard.item():.3f}"

    run.train(model, loss, difficulty=weights)


if __name__ == "__main__":
    main()
