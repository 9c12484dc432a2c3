"""Answers a file of questions on a Ray cluster: `python ray_batch.py questions.jsonl answers.jsonl --model DIR --omni PATH`.

Every batch of lines goes through one `omni batch`. When an actor or its process dies, the same lines are given to another; an answer depends on nothing but its question, so the result is the same to the byte.
"""
import argparse, pathlib, sys

import ray
from omni_process import answer


class Answerer:
    def __init__(self, omni, model, flags):
        self.omni, self.model, self.flags = omni, model, flags

    def __call__(self, batch):
        lines = [str(line) for line in batch["line"]]
        for attempt in range(3):
            try:
                return {"index": batch["index"], "answer": answer(self.omni, self.model, lines, self.flags)}
            except RuntimeError:
                if attempt == 2:
                    raise


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("--model", required=True)
    parser.add_argument("--omni", default="omni")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=8)
    arguments = sys.argv[1:]
    # What follows -- are further flags of omni batch.
    place = arguments.index("--") if "--" in arguments else len(arguments)
    options, flags = parser.parse_args(arguments[:place]), arguments[place + 1 :]
    lines = [line for line in pathlib.Path(options.input).read_text().splitlines() if line]
    ray.init(
        ignore_reinit_error=True, log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": str(pathlib.Path(__file__).resolve().parent)}})
    answers = (
        ray.data.from_items([{"index": index, "line": line} for index, line in enumerate(lines)])
        .map_batches(
            Answerer, fn_constructor_args=(options.omni, options.model, flags), batch_size=options.batch_size,
            concurrency=options.workers, num_cpus=1, max_restarts=-1, max_task_retries=-1)
        .take_all())
    answers.sort(key=lambda row: row["index"])
    pathlib.Path(options.output).write_text("".join(row["answer"] + "\n" for row in answers))


if __name__ == "__main__":
    main()
