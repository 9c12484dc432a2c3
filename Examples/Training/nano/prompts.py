"""Prompts and answers as rows of eight tokens, many packed into one sequence.

A question is read once; the answers of all modes follow it as branches that see the question and themselves, at the
positions that they would have behind it. A row holds 7 audio tokens (already shifted to their rows in the table) and
1 text token.
"""

from dataclasses import dataclass, field

import numpy as np

from .vocabulary import (
    ANSWERS_NOTHING, AUDIO_ANSWER, AUDIO_END, AUDIO_INPUT, AUDIO_PAD, SHIFT, STREAMS, TEXT_ANSWER, TEXT_END, TEXT_INPUT,
    TEXT_PAD, TRANSCRIBE)

PAD = SHIFT + AUDIO_PAD
NO_PARENT = -1
# A word's first coarse code is one of some twenty; the first three tell it from all others.
FRAMES_OF_A_CHOICE = 3


def speech_prompt(frame_count: int) -> list[np.ndarray]:
    """All but the last row of A1A2, A1T2 and A1T1; the features replace the audio streams of rows 1…frame_count."""
    middle = [np.append(PAD, TEXT_PAD)] * frame_count
    return [np.append(SHIFT + AUDIO_INPUT, TEXT_INPUT), *middle, np.append(SHIFT + AUDIO_END, TEXT_END)]


def text_prompt(tokens: list[int]) -> list[np.ndarray]:
    """All but the last row of T1A2 and T1T2."""
    return [np.append(PAD, token) for token in (TEXT_INPUT, *tokens, TEXT_END)]


def last_row(mode: str) -> np.ndarray:
    if mode in ("a1a2", "t1a2"):
        return np.append(SHIFT + AUDIO_ANSWER, TEXT_ANSWER)
    return np.append(PAD, TRANSCRIBE if mode == "a1t1" else TEXT_ANSWER)


def staggered(codes: np.ndarray, tokens: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Tokens of each step of a spoken answer, audio [S, 7] and text [S]: stream i runs i + 1 steps behind the text.

    `codes` [7, F] in the order of the streams. Behind its end a stream pads.
    """
    count = max(codes.shape[1] + 8, len(tokens) + 2)
    audio = np.full((count, STREAMS), AUDIO_PAD)
    for stream in range(STREAMS):
        end = stream + 1 + codes.shape[1]
        audio[stream + 1:end, stream] = codes[stream]
        audio[end, stream] = AUDIO_END
    text = np.full(count, TEXT_PAD)
    text[:len(tokens)] = tokens
    text[len(tokens)] = TEXT_END
    return audio, text


@dataclass
class Sequence:
    """Rows with their positions, branches and targets (`ANSWERS_NOTHING` where there is none).

    `chooses_word` marks the rows whose first audio target is among the first three of a word, or ends the answer.
    """

    rows: list = field(default_factory=list)
    positions: list = field(default_factory=list)
    branches: list = field(default_factory=list)
    parents: list = field(default_factory=list)
    modes: list = field(default_factory=list)
    text_targets: list = field(default_factory=list)
    audio_targets: list = field(default_factory=list)
    chooses_word: list = field(default_factory=list)
    _branch_count: int = 0

    def __len__(self) -> int:
        return len(self.rows)

    def prompt(self, rows: list[np.ndarray]) -> tuple[int, int]:
        """Returns what a branch needs of it: its number and the position behind it."""
        branch = self._new_branch()
        for position, row in enumerate(rows):
            self._append(row, position, branch, NO_PARENT, 0)
        return branch, len(rows)

    def text_answer(self, after: tuple[int, int], mode: str, tokens: list[int], number: int) -> None:
        parent, position = after
        branch = self._new_branch()
        inputs = [last_row(mode), *(np.append(PAD, token) for token in tokens)]
        for offset, (row, target) in enumerate(zip(inputs, [*tokens, TEXT_END])):
            self._append(row, position + offset, branch, parent, number, target)

    def spoken_answer(
        self, after: tuple[int, int], mode: str, codes: np.ndarray, starts: list[int], tokens: list[int], number: int,
        whole: bool, learns_text: bool = True
    ) -> None:
        """All of an answer, or until its text ends. `starts`: the frames of `codes` at which words begin, and its end.

        Without `learns_text` the text is given: only the codes of it are learned.
        """
        parent, position = after
        branch = self._new_branch()
        audio, text = staggered(codes, tokens)
        row, chosen = last_row(mode), {start + 1 + frame for start in starts for frame in range(FRAMES_OF_A_CHOICE)}
        for step in range(len(text) if whole else len(tokens) + 1):
            # After its end the text is forced to pad, so nothing is learned there.
            target = text[step] if learns_text and step <= len(tokens) else ANSWERS_NOTHING
            self._append(row, position + step, branch, parent, number, target, audio[step], step in chosen)
            row = np.append(SHIFT + audio[step], text[step])

    def _new_branch(self) -> int:
        self._branch_count += 1
        return self._branch_count - 1

    def _append(self, row, position, branch, parent, mode, text=ANSWERS_NOTHING, audio=None, chooses=False) -> None:
        self.rows.append(row)
        self.positions.append(position)
        self.branches.append(branch)
        self.parents.append(parent)
        self.modes.append(mode)
        self.text_targets.append(text)
        self.audio_targets.append(np.full(STREAMS, ANSWERS_NOTHING) if audio is None else audio)
        self.chooses_word.append(chooses)
