"""Greedy decoding as Mini-Omni does it: the reference that the Swift code is compared with."""

from dataclasses import dataclass

import numpy as np
import torch

from .gpt import GPT
from .prompts import PAD, last_row, speech_prompt, text_prompt
from .vocabulary import AUDIO_END, AUDIO_SIZE, SHIFT, SIZES, STREAMS, TEXT_END, TEXT_PAD, TEXT_SIZE
from .whisper import AudioEncoder, log_mel


@dataclass
class Reply:
    text: list[int]  # with its end, then pads, as chosen
    audio: list[list[int]] | None  # [7][S] as chosen

    def codes(self) -> np.ndarray:
        """Whole frames [7, F]."""
        count = len(self.audio[STREAMS - 1]) - STREAMS
        return np.array([self.audio[i][i + 1:i + 1 + count] for i in range(STREAMS)])

    def tokens(self) -> list[int]:
        """The text without its end."""
        return self.text[:self.text.index(TEXT_END)] if TEXT_END in self.text else self.text


@torch.inference_mode()
def features(encoder: AudioEncoder, samples: np.ndarray) -> torch.Tensor:
    """[T, D] of samples at 16 kHz, cut or padded to what the encoder listens to."""
    context = SIZES.context * 320
    count = min(SIZES.context, int(len(samples) / 16000 * 1000 / 20) + 1)
    padded = np.zeros(context, np.float32)
    padded[:min(len(samples), context)] = samples[:context]
    return encoder(log_mel(torch.from_numpy(padded)[None]))[0, :count]


@torch.inference_mode()
def reply(gpt: GPT, mode: str, question: torch.Tensor | list[int], max_steps: int = 120) -> Reply:
    """`question`: features for the modes that listen, tokens for those that read. `batch` is A1A2 with the text of A1T2."""
    listens = mode not in ("t1a2", "t1t2")
    speaks = mode in ("a1a2", "t1a2", "batch")
    head = speech_prompt(len(question)) if listens else text_prompt(question)
    ends = [last_row("a1a2"), last_row("a1t2")] if mode == "batch" else [last_row(mode)]
    rows = torch.from_numpy(np.array([head + [end] for end in ends]))
    vectors = gpt.table[rows]
    if listens:
        vectors[:, 1:len(question) + 1, :STREAMS] = gpt.whisper_adapter(question)[None, :, None]
    length = rows.shape[1]
    mask = torch.full((length, length), float("-inf")).triu(1)
    caches = [{} for _ in range(SIZES.layers)]
    hidden = gpt(vectors.mean(2), torch.arange(length)[None].expand(len(ends), -1), mask, caches)[:, -1]
    texts, sounds, ended = [], [[] for _ in range(STREAMS)], False
    for step in range(max_steps):
        logits = hidden @ gpt.table.T
        text = TEXT_PAD if ended else int(logits[-1, :TEXT_SIZE].argmax())
        audio = logits[0, TEXT_SIZE:].view(STREAMS, AUDIO_SIZE).argmax(-1).numpy()
        if (audio[STREAMS - 1] == AUDIO_END) if speaks else (text == TEXT_END):
            break
        ended = ended or text == TEXT_END
        texts.append(text)
        for stream in range(STREAMS if speaks else 0):
            sounds[stream].append(int(audio[stream]))
        rows = [np.append(SHIFT + audio if speaks else PAD, text)]
        if mode == "batch":
            rows.append(np.append(PAD, text))
        vectors = gpt.table[torch.from_numpy(np.array(rows))].mean(1, keepdim=True)
        hidden = gpt(vectors, torch.full((len(rows), 1), length + step), None, caches)[:, -1]
    return Reply(texts, sounds if speaks else None)
