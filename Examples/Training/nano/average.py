"""The mean of several joint checkpoints: what the end of a schedule would do, when training is cut short.

`python -m nano.average OUT.pt ONE.pt TWO.pt …`
"""

import argparse
import pathlib

import torch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("checkpoints", type=pathlib.Path, nargs="+")
    options = parser.parse_args()
    loaded = [torch.load(path, weights_only=True) for path in options.checkpoints]
    models = [one["model"] for one in loaded]
    mean = {name: sum(model[name].float() for model in models) / len(models) for name in models[0]}
    torch.save(dict(model=mean, steps=[one["step"] for one in loaded]), options.out)
    print(f"{options.out}: the mean of steps {', '.join(str(one['step']) for one in loaded)}")


if __name__ == "__main__":
    main()
