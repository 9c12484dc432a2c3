"""What the repository's tests compare the Swift code with, from the exported files by PyTorch in single precision.

`python -m nano.goldens MODEL_FOLDER` writes `Tests/Fixtures/nano/index.json` (answers of all modes to the questions of
`Examples/Audio`, token for token), `voice-activity.json` (probabilities of the same recordings) and `held-out/` (a few short
recordings of each held-out set, with what PyTorch answers).
"""

import argparse
import json
import pathlib
import shutil

import torch

from . import checkpoints, codes, generate, paths, tokenizer
from .evaluate import read_wave
from .evaluate_vad import bundled
from .silero import WINDOW

AUDIO = paths.TRAINING.parent / "Audio"
FIXTURES = paths.TRAINING.parent.parent / "Tests" / "Fixtures" / "nano"
QUESTIONS = {
    "what-is-your-name": "What is your name?", "what-are-your-hobbies": "What are your hobbies?",
    "do-you-like-beijing": "Do you like Beijing?", "how-are-you-feeling-today": "How are you feeling today?",
    "what-is-the-weather-like-today": "What is the weather like today?", "can-you-tell-me-a-joke": "Can you tell me a joke?",
    "what-is-seven-plus-five": "What is seven plus five?",
    "repeat-after-me-river-silver-tiger": "Repeat after me: river silver tiger.",
    "what-day-comes-after-monday": "What day comes after Monday?",
    "what-is-the-opposite-of-hot": "What is the opposite of hot?",
}


def answers(model: pathlib.Path) -> list[dict]:
    encoder, gpt = checkpoints.parts(model)
    found = []
    for name, question in QUESTIONS.items():
        heard = generate.features(encoder, read_wave(AUDIO / f"{name}.wav"))
        entry: dict = dict(question=question, question_wav=f"{name}.wav", modes={})
        for mode in ("a1a2", "a1t1", "a1t2", "t1a2", "t1t2", "batch"):
            reads = mode.startswith("t")
            reply = generate.reply(gpt, mode, tokenizer.encode(question) if reads else heard)
            entry["modes"][mode.upper()] = tokenizer.decode(reply.tokens())
            if mode == "a1a2":
                entry["codes"] = [layer[0].tolist() for layer in codes.layers(reply.codes())]
                entry["stream_tokens"] = dict(text=reply.tokens(), audio=reply.audio)
        found.append(entry)
        print(question, "→", entry["modes"]["A1A2"])
    return found


def voice_activity(model: pathlib.Path) -> list[dict]:
    detector = bundled(model / "silero_vad.safetensors")
    found = []
    for name in QUESTIONS:
        samples = read_wave(AUDIO / f"{name}.wav")
        samples = samples[:len(samples) // WINDOW * WINDOW]
        found.append(dict(file=f"{name}.wav", probabilities=[round(float(p), 6) for p in detector(samples)]))
    return found


def held_out(model: pathlib.Path, count: int = 8, longest: int = 36000) -> None:
    """Copies the first short recordings of each set and writes what is answered to them."""
    encoder, gpt = checkpoints.parts(model)
    folder = FIXTURES / "held-out"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    found = []
    for name in ("voices", "phrasings", "unknown", "natural", "natural-unknown"):
        source = paths.BUILD / "held-out" / name
        short = [e for e in json.loads((source / "index.json").read_text()) if len(read_wave(source / e["file"])) <= longest]
        for number, entry in enumerate(short[:count]):
            file = f"{name}-{number}.wav"
            shutil.copy(source / entry["file"], folder / file)
            heard = generate.features(encoder, read_wave(folder / file))
            texts = {
                mode: tokenizer.decode(generate.reply(gpt, mode, heard).tokens()) for mode in ("a1t1", "a1t2", "batch")}
            found.append(dict(
                file=file, set=name, voice=entry["voice"], question=entry["question"], answer=entry["answer"], texts=texts))
    (folder / "index.json").write_text(json.dumps(found, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--only-vad", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    (FIXTURES / "voice-activity.json").write_text(json.dumps(voice_activity(options.model)))
    if not options.only_vad:
        (FIXTURES / "index.json").write_text(json.dumps(answers(options.model)))
        held_out(options.model)


if __name__ == "__main__":
    main()
