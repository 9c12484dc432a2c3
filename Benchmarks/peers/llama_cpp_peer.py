"""llama.cpp through its Python package: two sequences that advance together, a Qwen2 of the released shape."""

import functools
import os

import gguf
import numpy as np

import shapes as s


def write(path, kind):
    """Writes a model with random weights, its matrices quantised as `kind`."""
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.add_context_length(2048)
    writer.add_embedding_length(s.WIDTH)
    writer.add_block_count(s.LAYERS)
    writer.add_feed_forward_length(s.MLP)
    writer.add_head_count(s.HEADS)
    writer.add_head_count_kv(s.GROUPS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_vocab_size(s.ROWS)
    writer.add_tokenizer_model("no_vocab")
    random = np.random.default_rng(0)

    def matrix(name, rows, columns):
        weight = random.standard_normal((rows, columns), dtype=np.float32) * 0.02
        writer.add_tensor(name, gguf.quants.quantize(weight, kind), raw_dtype=kind)

    def vector(name, width, value):
        writer.add_tensor(name, np.full(width, value, dtype=np.float32))

    keys = s.GROUPS * s.HEAD_WIDTH
    matrix("token_embd.weight", s.ROWS, s.WIDTH)
    vector("output_norm.weight", s.WIDTH, 1)
    for layer in range(s.LAYERS):
        block = f"blk.{layer}."
        vector(block + "attn_norm.weight", s.WIDTH, 1)
        vector(block + "ffn_norm.weight", s.WIDTH, 1)
        for name, rows in (("attn_q", s.WIDTH), ("attn_k", keys), ("attn_v", keys)):
            matrix(block + name + ".weight", rows, s.WIDTH)
            vector(block + name + ".bias", rows, 0)
        matrix(block + "attn_output.weight", s.WIDTH, s.WIDTH)
        matrix(block + "ffn_gate.weight", s.MLP, s.WIDTH)
        matrix(block + "ffn_up.weight", s.MLP, s.WIDTH)
        matrix(block + "ffn_down.weight", s.WIDTH, s.MLP)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@functools.cache
def steps(folder, kind, threads, rows=2):
    """Seconds for a step of `rows` sequences, and for reading a prompt of CONTEXT tokens."""
    import llama_cpp

    quantization = gguf.GGMLQuantizationType[kind]
    path = os.path.join(folder, f"qwen2-{kind}.gguf")
    if not os.path.exists(path):
        write(path, quantization)
    llama_cpp.llama_backend_init()
    parameters = llama_cpp.llama_model_default_params()
    model = llama_cpp.llama_model_load_from_file(path.encode(), parameters)
    if not model:
        raise RuntimeError(f"llama.cpp cannot load {path}")
    options = llama_cpp.llama_context_default_params()
    options.n_ctx, options.n_batch, options.n_ubatch, options.n_seq_max = 4096, 512, 512, 2
    options.n_threads = options.n_threads_batch = threads
    context = llama_cpp.llama_init_from_model(model, options)
    batch = llama_cpp.llama_batch_init(512, 0, 1)
    memory = llama_cpp.llama_get_memory(context)

    def decode(tokens):
        batch.n_tokens = len(tokens)
        for i, (position, sequence, logits) in enumerate(tokens):
            batch.token[i], batch.pos[i] = 17 + i, position
            batch.n_seq_id[i], batch.seq_id[i][0], batch.logits[i] = 1, sequence, logits
        if llama_cpp.llama_decode(context, batch) != 0:
            raise RuntimeError("llama.cpp cannot decode")
        llama_cpp.llama_get_logits(context)  # waits for the computation

    def prefill():
        llama_cpp.llama_memory_seq_rm(memory, 0, -1, -1)
        decode([(position, 0, position == s.CONTEXT - 1) for position in range(s.CONTEXT)])

    prefill_time = s.median(prefill)
    for sequence in range(1, rows):
        decode([(position, sequence, position == s.CONTEXT - 1) for position in range(s.CONTEXT)])

    def step():
        decode([(s.CONTEXT, sequence, True) for sequence in range(rows)])
        for sequence in range(rows):
            llama_cpp.llama_memory_seq_rm(memory, sequence, s.CONTEXT, -1)

    step_time = s.median(step)
    llama_cpp.llama_batch_free(batch)
    llama_cpp.llama_free(context)
    llama_cpp.llama_model_free(model)
    return step_time, prefill_time
