"""Makes a small random Whisper, its vocabulary, and what openai-whisper gives for it.

    pip install openai-whisper==20250625 torch numpy && python make.py

The model has the published layout: 30 s of audio, 1501 timestamps, tied embedding. Its weights are noise, shaped so that
texts differ between recordings, end, and hold timestamps.
"""
import base64
import json
import pathlib
import random
import wave
import zlib

import numpy
import torch
import whisper
import whisper.tokenizer
from whisper.model import ModelDimensions, Whisper

here = pathlib.Path(__file__).parent
audio_folder = here / "../../audio"
torch.set_num_threads(1)
LANGUAGES = 5


def train(text, count):
    """Merges of byte-pair encoding, the most frequent pair first."""
    ranks = {bytes([b]): b for b in range(256)}
    words = [[bytes([b]) for b in word] for word in text.encode().replace(b" ", b"\0 ").split(b"\0")]
    while len(ranks) < count:
        pairs = {}
        for word in words:
            for pair in zip(word, word[1:]):
                pairs[pair] = pairs.get(pair, 0) + 1
        left, right = max(pairs, key=lambda p: (pairs[p], p))
        ranks[left + right] = len(ranks)
        for word in words:
            i = 0
            while i + 1 < len(word):
                if (word[i], word[i + 1]) == (left, right):
                    word[i : i + 2] = [left + right]
                i += 1
    return ranks


CORPUS = (
    "the quick brown fox jumps over the lazy dog. what is your name? my name is whisper, and I am here to listen. "
    "it's a fine day; we don't know what they're saying (or why). one, two, three, four, five, six, seven! "
    "über die Straße gehen — ¿qué hora es? 你好，世界。こんにちは世界。 \"yes\" 'no' [music] ♪♪ ♪ -- - ' "
) * 3
ranks = train(CORPUS, 400)
(here / "small.tiktoken").write_text("".join(f"{base64.b64encode(t).decode()} {r}\n" for t, r in ranks.items()))


def get_encoding(name="small", num_languages=LANGUAGES):
    import tiktoken

    specials = ["<|endoftext|>", "<|startoftranscript|>", *[f"<|{l}|>" for l in list(whisper.tokenizer.LANGUAGES)[:LANGUAGES]],
                "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>",
                *[f"<|{i * 0.02:.2f}|>" for i in range(1501)]]
    return tiktoken.Encoding(
        name="small", explicit_n_vocab=len(ranks) + len(specials), mergeable_ranks=ranks,
        pat_str=r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+""",
        special_tokens={s: len(ranks) + i for i, s in enumerate(specials)})


whisper.tokenizer.get_encoding = get_encoding


class Small(Whisper):
    is_multilingual = True
    num_languages = LANGUAGES


TEXT = len(ranks)
V = TEXT + 8 + LANGUAGES + 1501
dims = ModelDimensions(n_mels=80, n_audio_ctx=1500, n_audio_state=32, n_audio_head=2, n_audio_layer=2, n_vocab=V,
                       n_text_ctx=96, n_text_state=32, n_text_head=4, n_text_layer=3)
torch.manual_seed(5)
model = Small(dims)
with torch.no_grad():
    for name, p in model.named_parameters():
        if p.ndim == 1:
            p.copy_(torch.randn_like(p) * 0.1 + (1 if name.endswith("weight") else 0))
        elif "conv" in name:
            p.copy_(torch.randn_like(p) * 0.15)
        elif "cross_attn" in name:
            p.copy_(torch.randn_like(p) * (0.45 if "query" in name or "key" in name else 0.4))
        elif "mlp" in name or "attn" in name:
            p.copy_(torch.randn_like(p) * 0.3)
    embedding = torch.randn(V, 32) * 0.3
    embedding[TEXT + 7 + LANGUAGES + 1 :] *= 0.85
    positions = torch.randn(96, 32) * 0.6
    # The end becomes more probable with every token.
    for i in range(96):
        positions[i] += embedding[TEXT] * (i / 10 - 1.5)
    embedding[TEXT] *= 2.2
    model.decoder.token_embedding.weight.copy_(embedding)
    model.decoder.positional_embedding.copy_(positions)
    for p in model.parameters():
        p.copy_(p.half().float())
model.eval()
torch.save({"dims": dims.__dict__, "model_state_dict": {k: v.half() for k, v in model.state_dict().items()
                                                         if k != "encoder.positional_embedding"}}, here / "small.pt")
# The sines are computed when they are not stored; in half precision they would differ.


def load(name):
    with wave.open(str(audio_folder / name)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        return numpy.frombuffer(file.readframes(file.getnframes()), numpy.int16).astype(numpy.float32) / 32768


def long_audio():
    """70 s: recordings with pauses, made by the same rule in the tests."""
    names = ["q_name_16k.wav", "q_weather_16k.wav", "q_short_16k.wav", "chirp_16k.wav"]
    samples = numpy.zeros(70 * 16_000, numpy.float32)
    start = 4_000
    for i in range(1_000):
        part = load(names[i % 4])
        if start + len(part) > len(samples):
            return samples
        samples[start : start + len(part)] = part
        start += len(part) + 12_345


recordings = {n: load(n) for n in ["q_name_16k.wav", "q_weather_16k.wav", "q_short_16k.wav", "chirp_16k.wav", "silence_16k.wav"]}


def result(r):
    return {"language": r.language, "tokens": r.tokens, "text": r.text, "averageLogProbability": r.avg_logprob,
            "noSpeechProbability": r.no_speech_prob, "compressionRatio": r.compression_ratio}


decodings = []
features = {}
for name, samples in recordings.items():
    mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(samples))
    with torch.no_grad():
        features[name] = model.encoder(mel[None])[0]
    for options in [
        {}, {"without_timestamps": True}, {"beam_size": 5}, {"beam_size": 3, "without_timestamps": True, "patience": 2.0},
        {"beam_size": 2, "length_penalty": 0.6}, {"task": "translate", "language": "de"}, {"language": "en", "suppress_tokens": ""},
        {"language": "fr" if False else "zh", "prompt": "what is your name?", "without_timestamps": True},
        {"prompt": "one, two, three", "prefix": "four", "beam_size": 4, "language": "en"},
        {"suppress_blank": False, "max_initial_timestamp": None}, {"sample_len": 7, "beam_size": 5}, {"sample_len": 5, "prompt": "x" * 100},
    ]:
        decodings.append({"audio": name, "options": options, **result(whisper.decode(model, features[name], whisper.DecodingOptions(fp16=False, **options)))})

# Several utterances in one batch.
batch = [result(r) for r in whisper.decode(model, torch.stack(list(features.values())), whisper.DecodingOptions(fp16=False))]

# Logits of the first positions.
with torch.no_grad():
    tokens = torch.tensor([[TEXT + 1, TEXT + 2, TEXT + 8, 7, 300, 42]])
    logits = model.decoder(tokens, features["q_name_16k.wav"][None])[0]
    _, languages = model.detect_language(features["q_weather_16k.wav"])

transcriptions = []
for name, samples in [*recordings.items(), ("long", long_audio())]:
    for options in [
        {}, {"word_timestamps": True}, {"beam_size": 3, "condition_on_previous_text": False}, {"word_timestamps": True, "language": "ja" if False else "zh"},
        {"initial_prompt": "what is your name?", "carry_initial_prompt": True}, {"without_timestamps": True, "word_timestamps": True},
        {"clip_timestamps": "0.5,3,10,33,50", "word_timestamps": True}, {"word_timestamps": True, "hallucination_silence_threshold": 0.5},
        {"no_speech_threshold": 0.0, "logprob_threshold": -2.0},
    ]:
        with torch.no_grad():
            r = whisper.transcribe(model, samples, temperature=0.0, fp16=False, **options)
        transcriptions.append({"audio": name, "options": options, "text": r["text"], "language": r["language"], "segments": [
            {"seek": s["seek"], "start": s["start"], "end": s["end"], "text": s["text"], "tokens": s["tokens"],
             "averageLogProbability": s["avg_logprob"], "noSpeechProbability": s["no_speech_prob"], "compressionRatio": s["compression_ratio"],
             "words": [{"text": w["word"], "start": w["start"], "end": w["end"], "probability": float(w["probability"])} for w in s.get("words", [])]}
            for s in r["segments"]]})

tokenizer = whisper.tokenizer.get_tokenizer(True, num_languages=LANGUAGES, language="en", task="transcribe")
texts = ["", " ", "hello world", " the quick brown fox", "don't they're we'll 'tis", "¿qué?", "世界。", "a\n\n b", "♪ la", "12 345", "über—Straße", "x" * 60, "🙂 ok"]
golden = {
    "decodings": decodings, "batch": {"audio": list(features), "results": batch},
    "logits": {"audio": "q_name_16k.wav", "tokens": tokens[0].tolist(), "values": [[round(float(x), 5) for x in row[::37]] for row in logits]},
    "languages": {"audio": "q_weather_16k.wav", "probabilities": languages},
    "transcriptions": transcriptions,
    "encodings": [{"text": t, "tokens": tokenizer.encode(t)} for t in texts],
    "nonSpeechTokens": list(tokenizer.non_speech_tokens),
}
(here / "golden.json").write_text(json.dumps(golden, ensure_ascii=False, indent=None, separators=(",", ":")))

# Lengths of zlib's output, at its default level.
random.seed(3)
words = CORPUS.split()
lengths = []
for i in range(400):
    kind = i % 5
    if kind == 0:
        text = " ".join(random.choices(words, k=random.randint(0, 60)))
    elif kind == 1:
        text = " ".join(random.choices(words[: random.randint(1, 4)], k=random.randint(1, 120)))
    elif kind == 2:
        text = "".join(random.choices("ab c", k=random.randint(0, 300)))
    elif kind == 3:
        text = "".join(chr(random.choice([random.randint(32, 126), random.randint(0x3040, 0x30FF)])) for _ in range(random.randint(0, 150)))
    else:
        text = random.choice(words) * random.randint(1, 200)
    lengths.append([text, len(zlib.compress(text.encode()))])
big = " ".join(random.choices(words, k=4_000))
lengths.append([big, len(zlib.compress(big.encode()))])
(here / "zlib.json").write_text(json.dumps(lengths, ensure_ascii=False, separators=(",", ":")))

print("vocabulary", V, "decodings", len(decodings))
for d in decodings[::3]:
    print(d["audio"], d["options"], d["language"], len(d["tokens"]), repr(d["text"][:50]), round(d["averageLogProbability"], 3), round(d["noSpeechProbability"], 4))
for t in transcriptions:
    print(t["audio"], t["options"], len(t["segments"]), [(s["seek"], round(s["start"], 2), round(s["end"], 2), len(s["words"])) for s in t["segments"]][:5])
