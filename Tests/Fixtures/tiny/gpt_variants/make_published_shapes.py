"""Makes the folders tied_apart, seeing and wrapped from tied: small files of the same shape as published ones.

* tied_apart: `tie_word_embeddings: true`, yet two different tables, as the published lit_model.pth of Mini-Omni has them.
  LitGPT registers the head before the table, so PyTorch loads the table last, over the head: the numbers are those of tied.
* seeing: tensors of a vision adapter beside the rest, as Mini-Omni2 has them.
* wrapped: the state dict under the key "model", as training programs save it.

python make_published_shapes.py, with torch; the golden numbers are those of tied."""

import pathlib
import shutil

import torch

here = pathlib.Path(__file__).parent
torch.manual_seed(3)
tied = torch.load(here / "tied/lit_model.pth")
table = tied["transformer.wte.weight"]


class Decoder(torch.nn.Module):
    """The two tables in the order in which LitGPT's GPT has them, tied as Mini-Omni ties them."""

    def __init__(self):
        super().__init__()
        self.lm_head = torch.nn.Linear(table.shape[1], table.shape[0], bias=False)
        self.transformer = torch.nn.ModuleDict({"wte": torch.nn.Embedding(*table.shape)})
        self.lm_head.weight = self.transformer.wte.weight


apart = {**tied, "lm_head.weight": torch.randn_like(table)}
decoder = Decoder()
decoder.load_state_dict({key: apart[key] for key in ("lm_head.weight", "transformer.wte.weight")})
assert torch.equal(decoder.lm_head.weight, table) and torch.equal(decoder.transformer.wte.weight, table)

seeing = {**tied, **{f"vision_adapter.{name}.weight": torch.randn(3, 4) for name in ("fc_1", "fc_2", "proj")}}
for name, state, more in [
    ("tied_apart", apart, ""), ("seeing", seeing, "vision_adapter_dim: 4\n"), ("wrapped", {"model": tied, "step": 7}, ""),
]:
    (here / name).mkdir(exist_ok=True)
    torch.save(state, here / name / "lit_model.pth")
    shutil.copy(here / "tied/golden.safetensors", here / name)
    (here / name / "model_config.yaml").write_text((here / "tied/model_config.yaml").read_text() + more)
