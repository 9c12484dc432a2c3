"""Starts the built `omni-server serve` on a free port, and stops it. Every wait has an end."""
import contextlib, faulthandler, os, pathlib, re, signal, subprocess, sys, tempfile, threading, time, wave

EXAMPLES = pathlib.Path(__file__).resolve().parents[2]
OMNI = pathlib.Path(os.environ.get("OMNI", EXAMPLES / ".build/release/omni"))
# Where `Tests/run.sh server` builds it, else where `swift build` in its own package does.
BUILT = [EXAMPLES / ".build/release/omni-server", EXAMPLES / "Server/.build/release/omni-server"]
OMNI_SERVER = pathlib.Path(os.environ.get("OMNI_SERVER", next((path for path in BUILT if path.exists()), BUILT[-1])))
MODEL = os.environ.get("OMNI_TEST_MODEL", str(EXAMPLES / "Models/nano"))
AUDIO = EXAMPLES / "Audio"
# A machine that does much else refuses what it cannot keep up with, as it should: here it is to answer, however late.
PATIENT = ["--maximum-load", "1000", "--maximum-wait-seconds", "1000"]
PROCESSES = []


def start(*command, **options):
    """A process that does not outlive this one."""
    PROCESSES.append(subprocess.Popen(command, **options))
    return PROCESSES[-1]


def limit(seconds):
    """Ends this script with status 1 after so long, and says where every thread of it waited."""
    def end():
        print(f"{sys.argv[0]} has not ended after {seconds} s; its threads were here:", file=sys.stderr, flush=True)
        faulthandler.dump_traceback(all_threads=True)
        for process in PROCESSES:
            process.kill()
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    return timer


# An answer takes seconds even on a machine that does much else; a script with its dozens of them, not this long.
LIMIT = limit(400)


def until(condition, seconds=60, what="it"):
    """Waits until something is so, and returns it."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"{what} did not happen in {seconds} s"
        time.sleep(0.05)
    return value


class Server:
    def __init__(self, *flags, environment=None, stderr=None):
        # Each measures the machine anew, as long as it is not told where another one has kept its measurements.
        self.caches = tempfile.TemporaryDirectory()
        self.key = flags[flags.index("--api-key") + 1] if "--api-key" in flags else None
        self.process = start(
            OMNI_SERVER, "serve", "--model", MODEL, "--port", "0", "--log-level", "warning", *PATIENT, *flags,
            stdout=subprocess.PIPE, stderr=stderr, text=True,
            env={**os.environ, "XDG_CACHE_HOME": self.caches.name, **(environment or {})})
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise SystemExit(f"the server did not start (status {self.process.wait()})")
        self.host, port = self.url.split("//")[1].rsplit(":", 1)
        self.port = int(port)

    def memory(self):
        """Resident bytes."""
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self):
        """Open files and connections."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self, sign=signal.SIGTERM, timeout=90):
        if self.process.poll() is None:
            self.process.send_signal(sign)
        return self.process.wait(timeout)


@contextlib.contextmanager
def server(*flags, **options):
    running = Server(*flags, **options)
    try:
        yield running
        assert running.process.poll() is None, f"the server has ended with status {running.process.returncode}"
        assert running.stop() == 0, "the server did not stop in order"
    finally:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()


NAME, LABEL = r"[a-zA-Z_:][a-zA-Z0-9_:]*", r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME}(?:\{{{LABEL}(?:,{LABEL})*\}})?) (-?[0-9][0-9.e+-]*|[+-]Inf|NaN)")
TYPE = re.compile(rf"# TYPE {NAME} (?:counter|gauge|histogram)")


def exposition(text):
    """A page of metrics by name and labels, read as strictly as Prometheus reads its text format."""
    assert text.endswith("\n")
    values = {}
    for line in text[:-1].split("\n"):
        if line.startswith("#"):
            assert TYPE.fullmatch(line), line
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample and sample[1] not in values, line
        values[sample[1]] = float(sample[2])
    return values


def gauges(running):
    """What `/metrics` says, by name and labels."""
    import requests

    headers = {"authorization": f"Bearer {running.key}"} if running.key else {}
    return exposition(requests.get(running.url + "/metrics", headers=headers, timeout=60).text)


def recording(name):
    """The bytes of a bundled question."""
    return (AUDIO / f"{name}.wav").read_bytes()


def samples(name):
    """A bundled question as 16-bit samples at 24 kHz, resampled by its nearest neighbours' line."""
    import numpy

    with wave.open(str(AUDIO / f"{name}.wav")) as file:
        rate, pcm = file.getframerate(), numpy.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    places = numpy.arange(int(len(pcm) * 24000 / rate)) * rate / 24000
    return numpy.interp(places, numpy.arange(len(pcm)), pcm).round().astype("<i2")
