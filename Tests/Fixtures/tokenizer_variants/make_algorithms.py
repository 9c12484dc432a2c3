"""Makes algorithms.json: SentencePiece models of words and of characters, and what the library gives for them.

python make_algorithms.py, with sentencepiece (0.2.0 made the file that is here)."""

import io
import json
import pathlib

import sentencepiece

here = pathlib.Path(__file__).parent
corpus = ["the quick brown fox jumps over the lazy dog 123", "what is your name? it's 42!", "äöü déjà 你好 мир"] * 9
texts = ["", " ", "hello  world", "  what is   your name? ", "zq\u2047", "<sep>a<sep> b", "你好 世界 😀", "the the▁the ▁", "a\u200db\n",
         "<ctl>", "lazy dogs 123 42", "\u00a0x\u3000y", "it's it", "e\u0301 déjà"]
results = []
for kind in ("word", "char"):
    for more in (
        {}, {"treat_whitespace_as_suffix": True}, {"remove_extra_whitespaces": False, "byte_fallback": True},
        {"user_defined_symbols": ["<sep>", "  ", "zy d"], "control_symbols": ["<ctl>"], "add_dummy_prefix": False},
    ):
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(corpus), model_writer=model, model_type=kind, vocab_size=400, hard_vocab_limit=False,
            normalization_rule_name="identity", minloglevel=2, **more)
        processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
        ids = [processor.encode(text) for text in texts]
        results.append({
            "name": f"{kind} {more}", "model": model.getvalue().hex(),
            "cases": [{"text": t, "ids": i, "decoded": processor.decode(i)} for t, i in zip(texts, ids)]})
(here / "algorithms.json").write_text(json.dumps(results, ensure_ascii=False, indent=0) + "\n")
