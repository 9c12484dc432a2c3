"""Makes sections.json: a small tokenizer.json with other sections, and what the `tokenizers` library gives for each.

python make_sections.py, with tokenizers (0.23.3 made the file that is here)."""

import copy
import json
import pathlib
import random

import tokenizers

here = pathlib.Path(__file__).parent
base = json.loads((here / "../tiny/checkpoint/tokenizer.json").read_text())
random.seed(7)
ranges = [(0x20, 0x7E)] * 6 + [
    (0, 0x1F), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x5FF), (0x900, 0x97F), (0x2000, 0x206F), (0x3040, 0x30FF),
    (0x4E00, 0x4E80), (0x1F300, 0x1F3FF), (0xFF00, 0xFFEF), (0x660, 0x669), (0x2160, 0x2188),
]
pieces = ["  ", "\n", "\r\n", "'s", "'LL", "123", "  \n\n ", "<|im_end|>", "abc", "\u00a0", "ABCdef", "Hello", "\t", "e"]


def text():
    out = ""
    for _ in range(random.randint(1, 5)):
        low, high = random.choice(ranges)
        out += "".join(chr(random.randint(low, high)) for _ in range(random.randint(1, 4))) + random.choice(pieces)
    return out


texts = ["", " ", "What is  your   name? 12345 it's DON'T", "  lead and trail  ", "a\n\n\nb\t\tc\r\nd", "'S 'LL 'ſ don’t",
         "👩\u200d👩\u200d👧 family", "Ⅷ ﬁ ½ ١٢٣ 一二三", "userx user user", "na<|im_end|> <|im_end|>na"]
texts += [text() for _ in range(40)]
level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
words = {**level, "use_regex": True}
contractions = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
rest = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
o200k = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + contractions + "?|"
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + contractions + r"?|"
    r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def split(pattern, behavior="Isolated", invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def steps(*list):
    return {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [*list]}}


def added(content, id, **flags):
    return {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
            "special": True, **flags}


variants = {
    "truncation": {"truncation": {"direction": "Right", "max_length": 5, "strategy": "LongestFirst", "stride": 0}},
    "truncation on the left": {"truncation": {"direction": "Left", "max_length": 3, "strategy": "OnlyFirst", "stride": 2}},
    "truncation to nothing": {"truncation": {"direction": "Right", "max_length": 0, "strategy": "OnlyFirst", "stride": 0}},
    "padding to a length": {"padding": {"strategy": {"Fixed": 9}, "direction": "Left", "pad_to_multiple_of": 4, "pad_id": 3,
                                        "pad_type_id": 0, "pad_token": "x"}},
    "padding to a multiple": {"padding": {"strategy": "BatchLongest", "direction": "Right", "pad_to_multiple_of": 7,
                                          "pad_id": 3, "pad_type_id": 0, "pad_token": "x"}},
    "truncation, padding and marks": {
        "truncation": {"direction": "Right", "max_length": 6, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 8}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 1,
                    "pad_type_id": 0, "pad_token": "x"},
        "post_processor": {"type": "RobertaProcessing", "sep": ["a", 5], "cls": ["b", 6], "trim_offsets": True,
                           "add_prefix_space": False}},
    "marks on marks": {"post_processor": {"type": "Sequence", "processors": [
        {"type": "BertProcessing", "sep": ["a", 7], "cls": ["b", 8]},
        {"type": "RobertaProcessing", "sep": ["a", 5], "cls": ["b", 6], "trim_offsets": True, "add_prefix_space": False}]}},
    "added with gaps": {"added_tokens": base["added_tokens"] + [added("<a>", 1000), added("user", 900)]},
    "added twice": {"added_tokens": base["added_tokens"] + [
        added("na", 5, special=False, lstrip=True), added("na", 6, rstrip=True), added("na", 6, rstrip=True)]},
    "added out of order": {"added_tokens": [added("zz", 7), *reversed(base["added_tokens"]), added("na", 3)]},
    "added nothing": {"added_tokens": [added("", 7), added("user", 2, single_word=True, special=False)]},
    "added pieces": {"added_tokens": [added("he", 2), added("Ġ", 3, special=False, normalized=True), added("l", 4)]},
    "no decoder": {"decoder": None},
    "decoders": {"decoder": {"type": "Sequence", "decoders": [words, {"type": "Fuse"}]}},
    "decoders of none": {"decoder": {"type": "Sequence", "decoders": []}},
    "no steps": {"pre_tokenizer": None},
    "no normalizer": {"normalizer": None, "post_processor": None},
    "pieces first": {"pre_tokenizer": None, "model": {"ignore_merges": True}},
    "digits": steps({"type": "Digits", "individual_digits": True}, words),
    "runs of digits": steps({"type": "Digits", "individual_digits": False}, words),
    "starcoder": steps({"type": "Digits", "individual_digits": True}, words),
    "falcon": steps({"type": "Punctuation", "behavior": "Contiguous"}, words, {"type": "Digits", "individual_digits": False},
                    split("[0-9][0-9][0-9]")),
    "punctuation": steps({"type": "Punctuation", "behavior": "MergedWithPrevious"}, level),
    "white space": steps({"type": "WhitespaceSplit"}, level),
    "words": steps({"type": "Whitespace"}, level),
    "a character": steps({"type": "CharDelimiterSplit", "delimiter": "e"}, level),
    "steps in steps": steps({"type": "Sequence", "pretokenizers": [split(r"\p{N}{1,2}"), {"type": "Punctuation"}]}, level),
    "a space before each": steps(split(r"\d"), {**level, "add_prefix_space": True}),
    "o200k": steps(split(o200k), level),
    "o200k, inverted": steps(split(o200k, "Removed", True), level),
    "marks in words": steps(split(contractions + r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}|" + rest), level),
    "llama 3": steps(split(contractions + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|" + rest), level),
    "possessive": steps(split(contractions + r"|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+|" + rest), level),
    "digits from the right": steps(split(r"\d{1,3}(?=(?:\d{3})*\b)"), level),
    "three": steps(split(r"\p{N}{1,3}"), split("[一-龥぀-ゟ゠-ヿ]+"), split(
        r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|"
        r"\s*[\r\n]+|\s+(?!\S)|\s+"), level),
    "bloom": steps(split(r" ?[^(\s|[.,!?…。，、।۔،])]+"), level),
    "lazy": steps(split(r"a.*?e|(?:ab|a)(?:c|bcd)?|^\s+|\s+$"), level),
    "look around": steps(split(r"(?<=\p{L})\p{N}|(?<!\s)\p{P}|(?=ef)|\B\W\b"), level),
    "escapes": steps(split(r"[\x{4e00}-\x{9fff}\u3040-\u30ff\h]{2,4}|\x41\w|[^\W\d]\P{L}"), level),
    "no case": steps(split(r"(?i)hello|(?-i:abc)|(?i:[a-c]{2}|k)"), level),
}
for behavior in ("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"):
    for invert in (False, True):
        variants[f"{behavior}, {invert}"] = steps(split(r"\s+|[aeiou]", behavior, invert), level)
    variants[f"{behavior} of a text"] = steps(split("e", behavior, kind="String"), level)
results = []
for name, patch in variants.items():
    file = copy.deepcopy(base)
    for key, value in patch.items():
        file[key] = {**file[key], **value} if key == "model" else value
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(file))
    ids = [tokenizer.encode(text).ids for text in texts]
    results.append({
        "name": name, "patch": patch, "ids": ids, "decoded": [tokenizer.decode(x) for x in ids],
        "whole": [tokenizer.decode(x, skip_special_tokens=False) for x in ids]})
out = json.dumps({"texts": texts, "variants": results}, ensure_ascii=False, separators=(",", ":"))
(here / "sections.json").write_text(out.replace('{"name"', '\n{"name"') + "\n")
