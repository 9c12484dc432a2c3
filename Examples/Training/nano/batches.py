"""Training batches: recordings of similar length, with noise, and the answers of all modes."""

import random

import numpy as np
import torch

from . import codes, questions, tokenizer
from .dictionary import spoken_words
from .listening import Listening
from .model import MODES, Batch, Packed
from .prompts import NO_PARENT, PAD, Sequence, speech_prompt, text_prompt
from .shards import Recording
from .vocabulary import ANSWERS_NOTHING, STREAMS, TEXT_PAD

READ, ALOUD, SUMS = 24, 16, 48  # questions of a batch that are read and not heard
# Batches whose heard answers are said whole, of those the share of recordings behind which something else is said, and how
# often.
SPOKEN_SHARE, UNASKED_SHARE, UNASKED_COUNT = 0.5, 0.7, 3
_NUMBERS = {name: number for number, name in MODES.items()}


class Batches:
    """Endless. Short recordings are padded to little more than the longest of the batch, some to the whole context."""

    def __init__(self, recordings: list[Recording], size: int, rng: random.Random):
        self.recordings, self.size, self.rng = recordings, size, rng
        self.codes, self.vocabulary, self.listening = codes.load(), spoken_words(), Listening(recordings, seed=5)

    def __iter__(self):
        while True:
            order = list(range(len(self.recordings)))
            self.rng.shuffle(order)
            block = self.size * 20  # Sorted in blocks: similar lengths together, and still another mix each time.
            for start in range(0, len(order) - block + 1, block):
                chosen = sorted(order[start:start + block], key=lambda i: len(self.recordings[i].samples))
                groups = [chosen[i:i + self.size] for i in range(0, block, self.size)]
                self.rng.shuffle(groups)
                for group in groups:
                    yield self.batch([self.recordings[i] for i in group])

    def batch(self, recordings: list[Recording]) -> Batch:
        samples, taught, counts = self.listening.batch(recordings, self.rng, whole=self.rng.random() < 0.08)
        # Audio tokens are many and easily learned, and one long answer makes a whole batch long.
        speaks = self.rng.random() < SPOKEN_SHARE
        heard = [self.heard(recording, count, speaks) for recording, count in zip(recordings, counts)]
        read = [self.read(self.question(), False) for _ in range(READ)]
        aloud = [self.read(self.speakable(), True) for _ in range(ALOUD)]
        sums = [self.read(self.sum(), False) for _ in range(SUMS)]
        return Batch(samples, taught, torch.tensor(counts), *map(collate, (heard, read, aloud, sums)))

    def heard(self, recording: Recording, frame_count: int, speaks: bool) -> Sequence:
        sequence, answer = Sequence(), tokenizer.encode(recording.answer)
        question = sequence.prompt(speech_prompt(frame_count))
        if recording.kind != "unknown" or self.rng.random() < 0.4:
            sequence.text_answer(question, "a1t1", tokenizer.encode(recording.text), _NUMBERS["a1t1"])
        sequence.text_answer(question, "a1t2", answer, _NUMBERS["a1t2"])
        says_another = speaks and self.rng.random() < UNASKED_SHARE
        self.aloud(sequence, question, "a1a2", recording.units, answer, speaks and not says_another)
        for _ in range(UNASKED_COUNT if says_another else 0):
            self.unasked(sequence, question, "a1a2")
        return sequence

    def read(self, question: questions.Question, speaks: bool) -> Sequence:
        sequence, answer = Sequence(), tokenizer.encode(question.answer)
        prompt = sequence.prompt(text_prompt(tokenizer.encode(self.written(question.text))))
        sequence.text_answer(prompt, "t1t2", answer, _NUMBERS["t1t2"])
        self.aloud(sequence, prompt, "t1a2", question.units, answer, speaks)
        return sequence

    def aloud(
        self, sequence: Sequence, after: tuple[int, int], mode: str, units: tuple[str, ...], answer: list[int], whole: bool
    ) -> None:
        """The text of a spoken answer is learned always, all that is said of it when `whole`."""
        spoken, starts = codes.joined(self.codes, units), codes.starts(self.codes, units)
        sequence.spoken_answer(after, mode, spoken, starts, answer, _NUMBERS[mode], whole)

    def unasked(self, sequence: Sequence, after: tuple[int, int], mode: str) -> None:
        """Words that were not asked for, their text given: only there it is seen what to say, and not in what was heard.
        Voices of training are heard so well that their words could be looked up there, others are not."""
        other = self.repetition()
        spoken, starts = codes.joined(self.codes, other.units), codes.starts(self.codes, other.units)
        answer = tokenizer.encode(other.answer)
        sequence.spoken_answer(after, mode, spoken, starts, answer, _NUMBERS[mode], whole=True, learns_text=False)

    def question(self) -> questions.Question:
        return questions.draw(self.rng, self.vocabulary, paraphrased_share=0.5, wide_sums=True)

    def speakable(self) -> questions.Question:
        """Half are to be repeated: what is said there can only be found in the text."""
        return self.repetition() if self.rng.random() < 0.5 else self.question()

    def repetition(self) -> questions.Question:
        while True:
            question = questions.repetition(self.rng)
            if not question.held_out:
                return question

    def sum(self) -> questions.Question:
        """Reading costs little, so what must be worked out is practised here."""
        while True:
            question = questions.wide_arithmetic(self.rng)
            if not question.held_out:
                return question

    def written(self, text: str) -> str:
        """As people type: sometimes without capitals, sometimes without the last mark."""
        choice = self.rng.random()
        if choice > 0.7:
            text = text.rstrip(".?!")
        return text.lower() if 0.5 < choice < 0.85 else text


def collate(sequences: list[Sequence]) -> Packed:
    length, size = max(map(len, sequences)), len(sequences)

    def padded(name: str, filler) -> torch.Tensor:
        shape = np.shape(filler)
        rows = np.full((size, length, *shape), filler, np.int64)
        for index, sequence in enumerate(sequences):
            rows[index, :len(sequence)] = getattr(sequence, name)
        return torch.from_numpy(rows)

    return Packed(
        padded("rows", np.append(PAD, TEXT_PAD)), padded("positions", 0), padded("branches", -2),
        padded("parents", NO_PARENT), padded("modes", 0), padded("text_targets", ANSWERS_NOTHING),
        padded("audio_targets", np.full(STREAMS, ANSWERS_NOTHING)), padded("chooses_word", False))
