"""Starts the built `omni serve` on a free port, and stops it."""
import contextlib, os, pathlib, signal, subprocess, wave

EXAMPLES = pathlib.Path(__file__).resolve().parents[2]
OMNI = pathlib.Path(os.environ.get("OMNI", EXAMPLES / ".build/release/omni"))
MODEL = os.environ.get("OMNI_TEST_MODEL", str(EXAMPLES / "Models/nano"))
AUDIO = EXAMPLES / "Audio"


class Server:
    def __init__(self, *flags, environment=None):
        self.process = subprocess.Popen(
            [OMNI, "serve", "--model", MODEL, "--port", "0", "--log-level", "warning", *flags],
            stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})})
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise SystemExit(f"the server did not start (status {self.process.wait()})")
        self.host, port = self.url.split("//")[1].rsplit(":", 1)
        self.port = int(port)

    def memory(self):
        """Resident bytes."""
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def stop(self, sign=signal.SIGTERM, timeout=60):
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
