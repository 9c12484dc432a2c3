"""Answers a file of questions with Spark: `python spark_pipe.py questions.jsonl answers.jsonl --model DIR --omni PATH`.

Every partition's lines go through one `omni batch`. When a process dies, Spark fails that task and does it again; an answer
depends on nothing but its question, so the result is the same to the byte.
"""
import argparse, pathlib, shlex, sys

from pyspark.sql import SparkSession


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("--model", required=True)
    parser.add_argument("--omni", default="omni")
    parser.add_argument("--master", default="local[2,4]", help="2 tasks at once, each tried 4 times")
    parser.add_argument("--partitions", type=int, default=4)
    arguments = sys.argv[1:]
    # What follows -- are further flags of omni batch.
    place = arguments.index("--") if "--" in arguments else len(arguments)
    options, flags = parser.parse_args(arguments[:place]), arguments[place + 1 :]
    spark = SparkSession.builder.master(options.master).config("spark.ui.enabled", "false").getOrCreate()
    lines = [line for line in pathlib.Path(options.input).read_text().splitlines() if line]
    command = shlex.join([options.omni, "batch", "-", "--model", options.model, *flags])
    # Partitions are runs of lines, and an answer's place is its question's: collecting keeps the order.
    answers = spark.sparkContext.parallelize(lines, options.partitions).pipe(command, checkCode=True).collect()
    pathlib.Path(options.output).write_text("".join(answer + "\n" for answer in answers))
    spark.stop()


if __name__ == "__main__":
    main()
