"""The clips of the answering voice, each the best of several takes. `python -m nano.casting`

Piper says a word differently each time, and a word alone often badly. Whisper base is the judge: the take is kept by which
it finds what was to be said most likely, among other words of the voice as in an answer. Needs `build/teacher/base.pt`.
"""

import argparse
import functools
import multiprocessing
import random
import re

import numpy as np
import torch
import torch.nn.functional as F
from scipy.signal import resample_poly
from tqdm import tqdm

from . import paths, questions, voice
from .numbers import spoken_number

# The mark behind a word, how much longer it takes, and how much noise is in what makes it.
TAKES = [(mark, length, noise) for length in (1.05, 1.2) for noise in (0.4, 0.667) for mark in ",.!"]
WORDS_TOGETHER = 12
SILENCE = 1  # seconds behind the speech
LINKS = ("is", "plus", "minus", "times", "comes after", "comes before", "the opposite of", "the capital of")


def takes(unit: str, count: int) -> list[voice.Clip]:
    return [voice.clip(unit, voice.spoken(unit, *how)) for how in TAKES[:count]]


def at_16_khz(samples: np.ndarray) -> np.ndarray:
    return resample_poly(samples, 2, 3).astype(np.float32)


class Judge:
    """Whisper base, asked how likely a text is, or what it hears."""

    def __init__(self):
        import whisper

        self.whisper = whisper
        self.model = whisper.load_model(str(paths.BUILD / "teacher" / "base.pt"), device="cpu")
        self.tokenizer = whisper.tokenizer.get_tokenizer(True, language="en", task="transcribe")

    def heard(self, mel: torch.Tensor) -> torch.Tensor:
        """The encoder's features of these frames alone: the silence up to 30 s costs most of the time."""
        encoder = self.model.encoder
        x = F.gelu(encoder.conv2(F.gelu(encoder.conv1(mel[None, :, :len(encoder.positional_embedding) * 2])))).permute(0, 2, 1)
        x = x + encoder.positional_embedding[:x.shape[1]]
        for block in encoder.blocks:
            x = block(x)
        return encoder.ln_post(x)

    def transcript(self, samples: np.ndarray) -> str:
        """What it writes down of sound at 24 kHz, greedily."""
        options = dict(language="en", temperature=0.0, without_timestamps=True, fp16=False)
        return self.whisper.transcribe(self.model, at_16_khz(samples), **options)["text"]

    @torch.inference_mode()
    def likelihoods(self, clips: list[voice.Clip], texts: list[str]) -> list[float]:
        """The mean logarithm of the probability of each text's tokens, when the joined clips say them one after the other."""
        sound = at_16_khz(np.concatenate([clip.samples for clip in clips]))
        heard = self.heard(self.whisper.log_mel_spectrogram(sound, padding=SILENCE * 16000))
        tokens, owners = [*self.tokenizer.sot_sequence_including_notimestamps], []
        prompt = len(tokens)
        for index, text in enumerate(texts):
            encoded = self.tokenizer.encode(text)
            tokens += encoded
            owners += [index] * len(encoded)
        logits = self.model.decoder(torch.tensor([tokens]), heard)[0]
        chosen = logits[prompt - 1:-1].log_softmax(-1).gather(1, torch.tensor(tokens[prompt:])[:, None])[:, 0]
        owners = torch.tensor(owners)
        return [float(chosen[owners == index].mean()) for index in range(len(texts))]


def written(answer: str) -> str:
    """An answer as a transcriber writes it: numbers in digits."""
    for n in range(100, -1, -1):
        answer = re.sub(rf"\b{' '.join(spoken_number(n))}\b", str(n), answer, flags=re.IGNORECASE)
    return " " + answer


def listed(units: list[str]) -> list[str]:
    """Words as a transcriber writes them down one after the other."""
    texts = [" " + unit.removeprefix("letter ") + "," for unit in units]
    texts[0] = " " + texts[0][1:2].upper() + texts[0][2:]
    return texts


def best(scores: dict[str, list[float]]) -> dict[str, int]:
    return {unit: int(np.argmax(values)) for unit, values in scores.items()}


def cast_words(judge: Judge, takes: dict[str, list[voice.Clip]], rng: random.Random, rounds: int = 3) -> dict[str, int]:
    """All takes of all words, among others in random order."""
    scores = {unit: [0.0] * len(clips) for unit, clips in takes.items()}
    order = [(unit, index) for unit, clips in takes.items() for index in range(len(clips))]
    for _ in range(rounds):
        rng.shuffle(order)
        for start in tqdm(range(0, len(order), WORDS_TOGETHER), desc="words", mininterval=5):
            group = order[start:start + WORDS_TOGETHER]
            texts = listed([unit for unit, _ in group])
            likelihoods = judge.likelihoods([takes[unit][index] for unit, index in group], texts)
            for (unit, index), likelihood in zip(group, likelihoods):
                scores[unit][index] += likelihood
    return best(scores)


def cast_sentences(judge: Judge, takes: dict[str, list[voice.Clip]]) -> dict[str, int]:
    scores = {
        unit: [judge.likelihoods([clip], [" " + unit.removeprefix("=")])[0] for clip in clips]
        for unit, clips in tqdm(takes.items(), desc="sentences", mininterval=5)}
    return best(scores)


def cast_links(judge: Judge, takes: dict[str, list[voice.Clip]], cast: dict[str, voice.Clip], rng: random.Random, answers: int = 8):
    """The words between, in answers whose other words are cast: each unit with the others' first takes, then once more."""
    chosen = {unit: 0 for unit in takes}
    for unit in tqdm([*takes, *takes], desc="links", mininterval=5):
        drawn = []
        while len(drawn) < answers:
            question = rng.choice((questions.arithmetic, questions.fact))(rng)
            if unit in question.units:
                drawn.append(question)
        sums = []
        for clip in takes[unit]:
            said = cast | {other: takes[other][index] for other, index in chosen.items()} | {unit: clip}
            sums.append(sum(
                judge.likelihoods([said[u] for u in question.units], [written(question.answer)])[0] for question in drawn))
        chosen[unit] = int(np.argmax(sums))
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--takes", type=int, default=len(TAKES), help="how many to choose from; one needs no judge")
    options = parser.parse_args()
    torch.set_num_threads(1)
    units, rng = questions.units(), random.Random(1)
    with multiprocessing.get_context("spawn").Pool() as pool:
        making = pool.imap(functools.partial(takes, count=options.takes), units)
        made = dict(zip(units, tqdm(making, total=len(units), desc="takes", mininterval=5)))
    chosen = {unit: 0 for unit in units}
    if options.takes > 1:
        judge = Judge()
        sentences = {unit: clips for unit, clips in made.items() if unit.startswith("=")}
        links = {unit: made[unit] for unit in LINKS}
        words = {unit: clips for unit, clips in made.items() if unit not in sentences and unit not in links}
        chosen |= cast_words(judge, words, rng) | cast_sentences(judge, sentences)
        cast = {unit: made[unit][index] for unit, index in chosen.items()}
        chosen |= cast_links(judge, links, cast, rng)
    clips = {unit: made[unit][index] for unit, index in chosen.items()}
    voice.save(clips)
    counts = np.bincount(list(chosen.values()), minlength=len(TAKES))
    print("units of each take:", dict(zip(TAKES, counts.tolist())))
    print(f"{len(clips)} clips, {sum(len(one.samples) for one in clips.values()) / voice.SAMPLE_RATE:.0f} s")


if __name__ == "__main__":
    main()
