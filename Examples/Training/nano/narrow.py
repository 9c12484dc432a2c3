"""The encoder to begin with, made of Whisper base's by least squares. `python -m nano.narrow`

Some of Whisper's layers in a narrower stream. Channels, heads and neurons that carry most are kept, and every matrix is solved
anew, layer by layer, so that with what the layers before it really give it gives what the wide one gives there.
"""

import argparse

import torch
import torch.nn.functional as F

from . import paths, shards, teacher
from .vocabulary import SIZES
from .whisper import AudioEncoder

RECORDINGS = 300


class Rows:
    """The frames of many recordings, one after another: what a tensor holds of each, without the padding."""

    def __init__(self, counts: list[int]):
        self.counts = counts

    def joined(self, parts: list[torch.Tensor]) -> torch.Tensor:
        return torch.cat([part[i, :count] for part, counts in zip(parts, self.counts) for i, count in enumerate(counts)])


def solved(inputs: torch.Tensor, wanted: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight and bias of the linear layer that comes nearest to `wanted` from `inputs` (ridge regression)."""
    mean, middle = inputs.mean(0), wanted.mean(0)
    x, y = (inputs - mean).double(), (wanted - middle).double()
    gram = x.T @ x
    gram.diagonal().add_(1e-4 * gram.diagonal().mean())
    weight = torch.linalg.solve(gram, x.T @ y).T.float()
    return weight, middle - weight @ mean


def chosen_channels(rows: torch.Tensor, count: int) -> torch.Tensor:
    """The channels from which the others can best be told: Cholesky with pivots on the covariance."""
    rest = (rows - rows.mean(0)).double()
    rest = rest.T @ rest
    found = []
    for _ in range(count):
        pivot = int(rest.diagonal().argmax())
        found.append(pivot)
        column = rest[:, pivot] / rest[pivot, pivot].sqrt()
        rest = rest - column[:, None] * column
        rest[pivot, :], rest[:, pivot] = 0, 0
    return torch.tensor(sorted(found))


def set_linear(layer, weight: torch.Tensor, bias: torch.Tensor) -> None:
    layer.weight.data.copy_(weight)
    if layer.bias is not None:
        layer.bias.data.copy_(bias)


@torch.no_grad()
def narrowed(wide: AudioEncoder, mels: list[torch.Tensor], counts: list[list[int]], layers: list[int]) -> AudioEncoder:
    """The work of the layers up to the last of `layers` by `SIZES.encoder_layers`, made of those."""
    narrow, rows = AudioEncoder(), Rows(counts)
    width = SIZES.encoder_width
    first = [F.gelu(wide.conv1(mel)) for mel in mels]
    second = [F.gelu(wide.conv2(x)).transpose(1, 2) for x in first]
    stream = [x + wide.positional_embedding[:x.shape[1]] for x in second]
    # What all layers read, each frame at the same size.
    read = [rows.joined(stream)]
    probe = stream
    for block in wide.blocks[:layers[-1] + 1]:
        probe = [block(x) for x in probe]
        read.append(rows.joined(probe))
    unit = torch.cat([F.layer_norm(x[::4], x.shape[-1:]) for x in read])
    channels = chosen_channels(unit, width)
    # Convolutions: the channels that matter of the first, then the second for the chosen channels of the stream.
    strength = torch.cat([x.transpose(1, 2).flatten(0, 1)[::7] for x in first]).square().mean(0)
    strength = strength * wide.conv2.weight.square().sum((0, 2))
    kept = strength.topk(width).indices.sort().values
    narrow.conv1.weight.data.copy_(wide.conv1.weight[kept])
    narrow.conv1.bias.data.copy_(wide.conv1.bias[kept])
    unfolded, wanted = [], []
    for x in first:
        neighbours = F.pad(x[:, kept], (1, 1)).unfold(2, 3, 2)  # [B, C, T, 3]
        unfolded.append(neighbours.permute(0, 2, 1, 3).flatten(2))
        wanted.append(wide.conv2(x).transpose(1, 2)[..., channels])
    weight, bias = solved(rows.joined(unfolded)[::3], rows.joined(wanted)[::3])
    narrow.conv2.weight.data.copy_(weight.unflatten(1, (width, 3)))
    narrow.conv2.bias.data.copy_(bias)
    narrow.positional_embedding.copy_(wide.positional_embedding[:SIZES.context, channels])
    own = [
        F.gelu(narrow.conv2(F.gelu(narrow.conv1(mel)))).transpose(1, 2) + narrow.positional_embedding[:mel.shape[2] // 2]
        for mel in mels]
    at = 0
    for block, number in zip(narrow.blocks, layers):
        while at < number:  # Layers that are left out: their work is asked of the next.
            stream = [wide.blocks[at](x) for x in stream]
            at += 1
        stream, own = narrow_block(block, wide.blocks[number], stream, own, rows, channels)
        at += 1
    return narrow


def narrow_block(block, wide, stream, own, rows: Rows, channels: torch.Tensor):
    """Solves one block; returns the wide and the narrow stream behind it."""
    heads, size = SIZES.encoder_heads, SIZES.encoder_width // SIZES.encoder_heads
    normal = [wide.attn_ln(x) for x in stream]
    values = [wide.attn.value(x) for x in normal]
    weights = [
        torch.softmax((split(wide.attn.query(x), wide.attn.heads) * size**-0.5)
                      @ split(wide.attn.key(x), wide.attn.heads).transpose(-1, -2), -1) for x in normal]
    mixed = [(w @ split(v, wide.attn.heads)) for w, v in zip(weights, values)]
    joined = rows.joined([x.transpose(1, 2).flatten(2) for x in mixed])
    parts = joined.unflatten(1, (wide.attn.heads, size))
    given = torch.einsum("nhs,dhs->hnd", parts[::5], wide.attn.out.weight.unflatten(1, (wide.attn.heads, size)))
    kept = (given - given.mean(1, keepdim=True)).square().sum((1, 2)).topk(heads).indices.sort().values
    columns = (kept[:, None] * size + torch.arange(size)).flatten()
    inputs = rows.joined([F.layer_norm(x, x.shape[-1:]) for x in own])
    for name in ("query", "key", "value"):
        wanted = rows.joined([getattr(wide.attn, name)(x)[..., columns] for x in normal])
        set_linear(getattr(block.attn, name), *solved(inputs, wanted))  # What a key adds everywhere changes no attention.
    after = [x + wide.attn.out(y.transpose(1, 2).flatten(2)) for x, y in zip(stream, mixed)]
    hidden = {}
    hook = block.attn.out.register_forward_pre_hook(lambda _, inputs: hidden.update(x=inputs[0]))
    heard = []
    for x in own:
        block.attn(F.layer_norm(x, x.shape[-1:]))
        heard.append(hidden["x"])
    hook.remove()
    wanted = rows.joined([y[..., channels] - x for x, y in zip(own, after)])
    set_linear(block.attn.out, *solved(rows.joined(heard), wanted))
    own = [x + block.attn.out(h) for x, h in zip(own, heard)]
    # The two layers of the MLP.
    normal = [wide.mlp_ln(x) for x in after]
    before = rows.joined([wide.mlp[0](x) for x in normal])
    strength = F.gelu(before[::5]).var(0) * wide.mlp[2].weight.square().sum(0)
    neurons = strength.topk(4 * SIZES.encoder_width).indices.sort().values
    inputs = rows.joined([F.layer_norm(x, x.shape[-1:]) for x in own])
    set_linear(block.mlp[0], *solved(inputs, before[:, neurons]))
    stream = [x + wide.mlp(y) for x, y in zip(after, normal)]
    heard = [F.gelu(block.mlp[0](F.layer_norm(x, x.shape[-1:]))) for x in own]
    wanted = rows.joined([y[..., channels] - x for x, y in zip(own, stream)])
    set_linear(block.mlp[2], *solved(rows.joined(heard), wanted))
    own = [x + block.mlp[2](h) for x, h in zip(own, heard)]
    left = rows.joined([y[..., channels] for y in stream])
    error = (rows.joined(own) - left).square().mean() / (left - left.mean(0)).square().mean()
    print(f"unexplained behind this block: {error:.1%}", flush=True)
    return stream, own


def split(x: torch.Tensor, heads: int) -> torch.Tensor:
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", default="0,2,4", help="the layers of Whisper base that the blocks are made of")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    wide = teacher.encoder()
    recordings = shards.load()
    recordings = recordings[::max(1, len(recordings) // RECORDINGS)]
    batches = list(teacher.batches(recordings))
    mels = [mel for _, mel in batches]
    counts = [[teacher.frame_count(len(r.samples)) for r in chosen] for chosen, _ in batches]
    narrow = narrowed(wide, mels, counts, [int(one) for one in options.layers.split(",")])
    mean, directions = teacher.components(wide)
    rows = Rows(counts)
    with torch.no_grad():
        made = rows.joined([narrow(mel) for mel in mels])
        wanted = rows.joined([(wide(mel) - mean) @ directions for mel in mels])
        head = solved(made, wanted)
    error = (F.linear(made, *head) - wanted).square().mean() / (wanted - wanted.mean(0)).square().mean()
    print(f"of the teacher's components unexplained: {error:.1%}")
    torch.save(dict(encoder=narrow.state_dict(), head=head), paths.made("teacher") / "narrow.pt")


if __name__ == "__main__":
    main()
