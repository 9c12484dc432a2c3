"""Times transcription beside openai-whisper, faster-whisper and whisper.cpp: same weights, same threads, one table.

    python speed.py --omni Examples/.build/release/omni --pt base.pt --ranks multilingual.tiktoken \\
        --ct2 FOLDER --ggml base-q8_0.bin --threads 2 short.wav long.wav

`--ct2` is a folder of faster-whisper (model.bin, config.json, tokenizer.json, vocabulary.json); `--ggml` is what
write_ggml.py writes. Any of the peers may be left out. Every transcriber runs in a process of its own and is given the language;
its time is that of the transcription without loading, the best of three; its memory is the largest the process had.
Omni is a program: its time is that of six recordings in one call less that of one, divided by five, the least of four calls each,
so that loading is left out.
With --processor-time seconds are those of all cores together, which other programs on the machine change little.
"""
import argparse
import json
import resource
import subprocess
import sys
import time


def openai(arguments, path, beam):
    import soundfile
    import torch
    import whisper

    torch.set_num_threads(arguments.threads)
    model = whisper.load_model(arguments.pt)
    samples, _ = soundfile.read(path, dtype="float32")
    return lambda: whisper.transcribe(model, samples, language="en", temperature=0.0, fp16=False, beam_size=beam)["text"]


def faster(arguments, path, beam):
    from faster_whisper import WhisperModel

    model = WhisperModel(arguments.ct2, device="cpu", compute_type="int8", cpu_threads=arguments.threads)
    return lambda: "".join(s.text for s in model.transcribe(
        path, language="en", temperature=0.0, beam_size=beam or 1, condition_on_previous_text=True)[0])


def whisper_cpp(arguments, path, beam):
    from pywhispercpp.model import Model

    sampling = 1 if beam else 0
    model = Model(arguments.ggml, params_sampling_strategy=sampling, n_threads=arguments.threads, print_progress=False,
                  print_realtime=False)
    options = {"beam_search": {"beam_size": beam, "patience": -1.0}} if beam else {}
    return lambda: "".join(s.text for s in model.transcribe(path, language="en", temperature=0.0, temperature_inc=0.0, **options))


PEERS = {"openai-whisper float32": (openai, "pt"), "faster-whisper int8": (faster, "ct2"), "whisper.cpp Q8_0": (whisper_cpp, "ggml")}


def child(arguments):
    """Runs one peer on one recording and prints what it took."""
    run = PEERS[arguments.peer][0](arguments, arguments.recordings[0], arguments.beam)
    times, text = [], ""
    clock = time.process_time if arguments.processor_time else time.perf_counter
    for _ in range(3):
        start = clock()
        text = run()
        times.append(clock() - start)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": min(times), "memory": memory, "text": text}))


def measured(command, counts_processor_time):
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = __import__("os").wait4(process.pid, 0)
    process.returncode = 0
    if status != 0:
        sys.exit(f"{' '.join(command)}: failed")
    seconds = usage.ru_utime + usage.ru_stime if counts_processor_time else time.perf_counter() - start
    return seconds, usage.ru_maxrss / 1024, output


COPIES = 6


def omni(arguments, path, precision):
    command = [arguments.omni, "transcribe", "--model", arguments.pt, "--tokenizer", arguments.ranks, "--language", "en",
               "--temperatures", "0", "--precision", precision, "--threads", str(arguments.threads)]
    if arguments.beam:
        command += ["--beam", str(arguments.beam)]
    one, several = [], []
    for _ in range(4):
        seconds, memory, text = measured(command + [path], arguments.processor_time)
        one.append(seconds)
        several.append(measured(command + [path] * COPIES, arguments.processor_time)[0])
    # Not the least of the differences: that would be the one with the slowest single call.
    seconds = (min(several) - min(one)) / (COPIES - 1)
    return {"seconds": seconds, "memory": memory, "text": text.replace("\n", " ")}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("recordings", nargs="+")
    for name in ("omni", "pt", "ranks", "ct2", "ggml", "peer"):
        parser.add_argument("--" + name)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--beam", type=int)
    parser.add_argument("--processor-time", action="store_true")
    arguments = parser.parse_args()
    if arguments.peer:
        return child(arguments)
    for path in arguments.recordings:
        print(f"\n{path}\n| transcriber | seconds | memory, MiB | text begins |\n|---|---|---|---|")
        rows = []
        for peer, (_, needed) in PEERS.items():
            if getattr(arguments, needed) is None:
                continue
            command = [sys.executable, __file__, path, "--peer", peer, "--threads", str(arguments.threads)]
            for name in ("pt", "ct2", "ggml"):
                if getattr(arguments, name):
                    command += ["--" + name, getattr(arguments, name)]
            if arguments.beam:
                command += ["--beam", str(arguments.beam)]
            if arguments.processor_time:
                command.append("--processor-time")
            output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
            rows.append((peer, json.loads(output.strip().splitlines()[-1])))
        if arguments.omni:
            rows += [(f"Omni {precision}", omni(arguments, path, precision)) for precision in ("int8", "float32")]
        for name, row in rows:
            print(f"| {name} | {row['seconds']:.2f} | {row['memory']:.0f} | {row['text'].strip()[:50]} |", flush=True)


main()
