"""Makes the files beside it with PyTorch itself: what torch.save writes for things that lie beside weights, and its old
format. Run with `python make.py` where torch and numpy are installed; values.json has the numbers that the tests expect."""

import argparse
import collections
import datetime
import json
import pathlib

import numpy
import torch

here = pathlib.Path(__file__).parent
torch.manual_seed(1)
weights = {
    "a.weight": torch.randn(3, 4),
    "a.bias": torch.randn(3).half(),
    "b.weight": torch.randn(2, 5).bfloat16(),
    "b.transposed": torch.randn(5, 2).t(),
    "ids": torch.arange(4),
    "flags": torch.tensor([True, False, True]),
    "empty": torch.zeros(0, 3),
    "number": torch.tensor(2.5),
}


class Settings(argparse.Namespace):
    pass


foreign = {
    "path": pathlib.PurePosixPath("/x/y"),
    "arguments": argparse.Namespace(rate=0.5, name="run", inner=argparse.Namespace(x=torch.ones(2))),
    "scalar": numpy.float64(0.5),
    "integer": numpy.int64(7),
    "array": numpy.arange(6.0).reshape(2, 3),
    "seed": 2**64 - 1,
    "negative": -(2**70),
    "defaults": collections.defaultdict(dict, {"inner": {"x": 1}}),
    "counter": collections.Counter("abca"),
    "deque": collections.deque([1, 2]),
    "when": datetime.datetime(2024, 5, 6),
    "span": datetime.timedelta(seconds=3),
    "device": torch.device("cpu"),
    "type": torch.float16,
    "other": torch.tensor([1 + 2j, 3j]),
    "unsigned": torch.arange(3).to(torch.uint16),
    "eighth": torch.ones(2).to(torch.float8_e4m3fn),
    "sparse": torch.eye(3).to_sparse(),
    "quantized": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8),
    "set": {1, 2},
    "frozen": frozenset([3]),
    "complex": 1 + 2j,
    "slice": slice(1, 2),
    "bytes": b"abc",
    "array of bytes": bytearray(b"abc"),
    "keys": {(1, 2): torch.ones(1), None: 3, 2.5: 4, True: 5, torch.float32: 6},
    "generator": torch.get_rng_state(),
    "version": torch.__version__,
}
module = torch.nn.Linear(2, 2)
parameter = torch.nn.Parameter(torch.randn(2, 2))
parameter.note = "kept by PyTorch"
files = {
    "plain.pt": (weights, {}),
    "legacy.pt": (weights, {"_use_new_zipfile_serialization": False}),
    "foreign.pt": ({**weights, **foreign}, {}),
    "foreign-4.pt": ({**weights, **foreign}, {"pickle_protocol": 4}),
    "foreign-legacy.pt": (
        {**weights, **{k: v for k, v in foreign.items() if k not in ("other", "unsigned", "eighth", "quantized")}},
        {"_use_new_zipfile_serialization": False},
    ),
    "expanded.pt": ({**weights, "expanded": torch.randn(4, 1).expand(4, 3)}, {}),
    "wrapped.pt": ({"model": weights, "optimizer": {"state": {0: {"step": torch.tensor(3.0)}}}, "step": 3}, {}),
    "parameter.pt": ({**weights, "p": parameter, "module": module.state_dict()}, {}),
    "module.pt": (module, {}),
}
for name, (value, options) in files.items():
    torch.save(value, here / name, **options)
torch.jit.save(torch.jit.script(module), here / "script.pt")
values = {
    name: {"shape": list(tensor.shape), "values": tensor.to(torch.float64).flatten().tolist()}
    for name, tensor in {
        **weights, "expanded": files["expanded.pt"][0]["expanded"], "p": parameter.detach(),
    }.items()
}
(here / "values.json").write_text(json.dumps(values, indent=1))
