"""Makes variants of the small tokenizers and what the reference libraries give for them.

    pip install tokenizers==0.19.1 sentencepiece==0.2.* && python make.py
"""
import json
import pathlib
import random

import sentencepiece
import tokenizers

here = pathlib.Path(__file__).parent
random.seed(7)
alphabet = list("aaabcdehilnorstw") + list("  '1290.,!?\n\t\r_") + list("éñ你好世😀٣ \u0301ſ\u2028") + ["<|im_start|>", "<|x|>", "the ", "what ", "'re", "'LL"]
texts = ["", " ", "hello", " hello", "  a", "It's 1234567 o'clock, DON'T 'RE 'll", "a <|x|> b", "a<|x|>b <|x|>", "<|x|>", " <|x|>  <|x|> ", "what<|im_start|> what",
         "the\n\n  the \n what", "x<|x|>, <|x|>y", "١٢٣٤ ½½½½", "e\u0301<|x|>e\u0301", "E\u0301x E\u0301", "\u00c9x", "aж b", "xñé ñ", "ñe\u0301"]
texts += ["".join(random.choices(alphabet, k=random.randint(1, 40))) for _ in range(120)]

base = json.loads((here / "../tiny/checkpoint/tokenizer.json").read_text())
gpt2 = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
plain = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
pattern = base["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"]
gpt2_pattern = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def split(regex, behavior="Isolated", invert=False):
    step = {"type": "Split", "pattern": {"Regex": regex}, "behavior": behavior, "invert": invert}
    return {"type": "Sequence", "pretokenizers": [step, plain]}


def token(content, id=439, **flags):
    return {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True, **flags}


def added(*tokens):
    return {"added_tokens": base["added_tokens"] + list(tokens)}


template = {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<|im_start|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "<|im_end|>", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {n: {"id": n, "ids": [i], "tokens": [n]} for n, i in [("<|im_start|>", 437), ("<|im_end|>", 438)]}}
patches = {
    "gpt2": {"pre_tokenizer": gpt2, "normalizer": None},
    "gpt2 without prefix space": {"pre_tokenizer": {**gpt2, "add_prefix_space": False}},
    "gpt2 split": {"pre_tokenizer": split(gpt2_pattern)},
    "whole": {"pre_tokenizer": plain},
    "three digits": {"pre_tokenizer": split(pattern.replace(r"\p{N}|", r"\p{N}{1,3}|"), "Removed", True)},
    "sequence": {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [gpt2]}, "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}]}},
    "left strip": added(token("<|x|>", lstrip=True)),
    "right strip": added(token("<|x|>", rstrip=True)),
    "both strip": added(token("<|x|>", lstrip=True, rstrip=True, special=False)),
    "single word": added(token("<|x|>"), token("the", 440, single_word=True, special=False)),
    "normalized": added(token("<|x|>"), token("E\u0301x", 440, normalized=True, special=False)),
    "characters of the byte alphabet": added(token("ж", special=False), token(" b", 440, special=False), token("ñé", 441, special=False)),
    "prefix space and tokens": {"pre_tokenizer": gpt2, **added(token("<|x|>", special=False))},
    "template": {"post_processor": {"type": "Sequence", "processors": [plain, template]}},
    "ignore merges": {"model": {"ignore_merges": True}},
    "no merges": {"model": {"merges": []}},
    "no merges, ignored": {"model": {"merges": [], "ignore_merges": True}},
}
variants = []
for name, patch in patches.items():
    whole = {**base, **{k: v for k, v in patch.items() if k != "model"}}
    whole["model"] = {**base["model"], **patch.get("model", {})}
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(whole))
    cases = []
    for text in texts:
        ids = tokenizer.encode(text).ids
        cases.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids), "whole": tokenizer.decode(ids, skip_special_tokens=False)})
    variants.append({"name": name, "patch": patch, "cases": cases})
(here / "byte_level.json").write_text(json.dumps(variants, ensure_ascii=False, separators=(",", ":")))


def varint(value):
    result = b""
    while value > 127:
        result += bytes([value & 127 | 128])
        value >>= 7
    return result + bytes([value])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def flag(number, value):
    return varint(number << 3) + varint(value)


def fields(data):
    place = 0
    def number():
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
    while place < len(data):
        start, tag = place, number()
        if tag & 7 == 0: number()
        elif tag & 7 == 1: place += 8
        elif tag & 7 == 5: place += 4
        else: place = number() + place
        yield tag >> 3, data[start:place]


def model(kind, unused=(), plain=(), trainer=b"", normalizer=b""):
    data = (here / f"../sentencepiece/{kind}.model").read_bytes()
    pieces = [raw for number, raw in fields(data) if number == 1]
    rest = b"".join(raw for number, raw in fields(data) if number == 2)
    # A second "type" in a piece replaces the first.
    def kind_of(index):
        return 5 if index in unused else 1 if index in plain else None
    edited = [field(1, raw[2:] + flag(3, kind_of(index))) if kind_of(index) else raw for index, raw in enumerate(pieces)]
    return b"".join(edited) + rest + field(2, trainer) + field(3, normalizer)


piece_texts = [t.replace("<|x|>", "<|user|>") for t in texts] + ["the the he hello", "xx <unk> yy", "a▁b", "<s>a</s>", "  two  spaces  ", "zzzz zq", "▁▁"]
kinds = {
    "plain": {},
    "spaces kept": {"normalizer": flag(4, 0)},
    "no dummy prefix": {"normalizer": flag(3, 0)},
    "spaces kept, no dummy prefix": {"normalizer": flag(3, 0) + flag(4, 0)},
    "spaces not escaped": {"normalizer": flag(5, 0)},
    "suffix": {"trainer": flag(24, 1)},
    "no byte fallback": {"trainer": flag(35, 0) + field(44, b"??"), "plain": set(range(4, 260))},
    "unused": {"unused": {260, 262, 263, 266, 267, 271, 280, 300, 310, 380, 385}},
}
piece_variants = []
for kind in ["bpe", "unigram"]:
    for name, options in kinds.items():
        data = model(kind, **options)
        processor = sentencepiece.SentencePieceProcessor(model_proto=data)
        cases = []
        for text in piece_texts:
            ids = processor.encode(text)
            cases.append({"text": text, "ids": ids, "decoded": processor.decode(ids)})
        for _ in range(40):
            ids = [random.choice([0, 1, 2, 3, random.randrange(420), random.randrange(4, 260), 378, 418, 260]) for _ in range(random.randint(0, 12))]
            cases.append({"text": None, "ids": ids, "decoded": processor.decode(ids)})
        piece_variants.append({"name": f"{kind}: {name}", "model": data.hex(), "cases": cases})
(here / "pieces.json").write_text(json.dumps(piece_variants, ensure_ascii=False, separators=(",", ":")))
