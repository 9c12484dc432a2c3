"""`omni pull`, `models`, `verify`, `rm` and `--model ID` against a hub on this machine, and Python's `huggingface_hub` against the
same hub and the same cache: each finds what the other downloaded."""
import contextlib, json, os, pathlib, random, signal, subprocess, sys, tempfile, threading, time

import serving  # ends this script when it hangs
from hub import File, Hub, Repository

MODEL = pathlib.Path(serving.MODEL)
NANO = "gpt-omni/mini-omni"
CODEC = "hubertsiuzdak/snac_24khz"
OTHER = "somebody/other"
NO_PROXY = {name: "" for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY")}


def published():
    """The bundled model as the published one is: in two repositories."""
    large = {"lit_model.pth", "small.pt", "pytorch_model.bin"}
    model = {name: File((MODEL / name).read_bytes(), name in large)
             for name in ("lit_model.pth", "model_config.yaml", "tokenizer.json", "small.pt")}
    codec = {name: File((MODEL / "snac" / name).read_bytes(), name in large)
             for name in ("config.json", "pytorch_model.bin")}
    other = {"weights.bin": File(random.Random(1).randbytes(3_000_000)), "config.json": File(b"{}", lfs=False),
             "sub/folder/words.txt": File(b"one\ntwo\n", lfs=False)}
    return {NANO: Repository(model), CODEC: Repository(codec, "c" * 40), OTHER: Repository(other, "d" * 40)}


class Place:
    """A hub and a cache."""

    def __init__(self, cache, certificate=None):
        self.hub, self.cache = Hub(published(), certificate), cache
        self.environment = {**os.environ, **NO_PROXY, "HF_ENDPOINT": self.hub.url, "HF_HUB_CACHE": cache,
                            "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
        self.environment.pop("OMNI_MODEL", None)

    def omni(self, *arguments, status=0, **environment):
        """What `omni` prints; its messages are in `self.messages`."""
        done = subprocess.run(
            [serving.OMNI, *arguments], env={**self.environment, **environment}, capture_output=True, text=True, timeout=120)
        self.messages = done.stderr
        assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
        return done.stdout

    def python(self, code, **environment):
        """What Python prints with `huggingface_hub` imported."""
        done = subprocess.run(
            [sys.executable, "-c", "import os\nfrom huggingface_hub import *\n" + code],
            env={**self.environment, **environment}, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def check(self, folder, repository=OTHER, files=None):
        """Every file in `folder` is the hub's."""
        for path, file in self.hub.repositories[repository].files.items():
            if files is None or path in files:
                assert (pathlib.Path(folder) / path).read_bytes() == file.content, path

    @property
    def incomplete(self):
        return sum(path.stat().st_size for path in pathlib.Path(self.cache).glob("*/blobs/*.incomplete"))

    @contextlib.contextmanager
    def no_requests(self):
        before = len(self.hub.requests)
        yield
        assert len(self.hub.requests) == before, self.hub.requests[before:]


@contextlib.contextmanager
def place(**options):
    with tempfile.TemporaryDirectory() as cache:
        new = Place(cache, **options)
        try:
            yield new
        finally:
            new.hub.stop()


def test_python_finds_what_omni_downloaded():
    with place() as at:
        folder = at.omni("pull", OTHER).strip()
        at.check(folder)
        with at.no_requests():
            found = at.python(f'print(snapshot_download("{OTHER}"))', HF_HUB_OFFLINE="1")
            file = at.python(f'print(try_to_load_from_cache("{OTHER}", "sub/folder/words.txt"))')
        assert os.path.samefile(found, folder) and file.startswith(found)
        before = len(at.hub.requests)
        assert os.path.samefile(at.python(f'print(snapshot_download("{OTHER}"))'), folder)
        assert all("/store/" not in path for _, path, _ in at.hub.requests[before:]), "Python downloaded again"
        report = json.loads(at.python(
            "import json; info = scan_cache_dir(); repo, = info.repos; "
            "print(json.dumps([[str(w) for w in info.warnings], repo.repo_id, repo.size_on_disk, sorted(repo.refs)]))"))
        assert report == [[], OTHER, 3_000_010, ["main"]], report


def test_omni_finds_what_python_downloaded():
    with place() as at:
        folder = at.python(f'print(snapshot_download("{OTHER}"))')
        with at.no_requests():
            assert os.path.samefile(at.omni("pull", OTHER).strip(), folder)
            assert "complete" in at.omni("models")
            assert at.omni("verify", OTHER).count("ok  ") == 3
        # File by file, as the reference does it: such a cache has no list of files.
        for name in at.hub.repositories[NANO].files:
            at.python(f'hf_hub_download("{NANO}", "{name}")')
        for name in at.hub.repositories[CODEC].files:
            at.python(f'hf_hub_download("{CODEC}", "{name}")')
        with at.no_requests():
            at.omni("pull", NANO)
            assert "name" in at.omni("ask", "--model", NANO, "--text", "What is your name?", "--mode", "t1t2",
                                     "--precision", "float32").lower()
            at.omni("verify", NANO)


def test_model_by_id():
    with place() as at:
        at.omni("ask", "--model", NANO, "--text", "hello", status=66)
        assert f"omni pull {NANO}" in at.messages, at.messages
        at.omni("info", "--model", "gpt-omni/mini-omin", status=66)
        assert f"did you mean {NANO}?" in at.messages, at.messages
        at.omni("pull", "gpt-omni/mini-omin", status=66)
        assert f"did you mean {NANO}?" in at.messages, at.messages
        at.omni("info", status=64)
        at.hub.requests.clear()
        folders = at.omni("pull", NANO).split()
        at.check(folders[0], NANO)
        at.check(folders[1], CODEC)
        with at.no_requests():
            parts = json.loads(at.omni("info", "--model", NANO, "--json"))
            assert len(parts) == 4
            assert json.loads(at.omni("info", "--json", OMNI_MODEL=NANO)) == parts
            assert json.loads(at.omni("info", "--json", OMNI_MODEL=str(MODEL))) != parts
            at.omni("tokenize", "--model", NANO, "hello")
            at.omni("pull", NANO, HF_HUB_OFFLINE="1")
        # A folder of the name comes first.
        here = pathlib.Path(at.cache) / "here"
        (here / "gpt-omni").mkdir(parents=True)
        os.symlink(MODEL, here / NANO)
        done = subprocess.run([serving.OMNI, "info", "--model", NANO, "--json"], cwd=here, env=at.environment,
                              capture_output=True, text=True, timeout=60)
        assert json.loads(done.stdout) != parts
        at.omni("pull", OTHER, HF_HUB_OFFLINE="1", status=69)
        assert "the network is switched off" in at.messages


def test_killed_twenty_times():
    with place() as at:
        at.hub.stall = step = 140_000
        for turn in range(1, 21):
            process = serving.start(serving.OMNI, "pull", OTHER, env=at.environment, stdout=subprocess.DEVNULL)
            serving.until(lambda: at.incomplete == turn * step, what="the download")
            process.send_signal(signal.SIGKILL)
            process.wait()
        at.omni("info", "--model", OTHER, status=66)
        assert "not finished" in at.messages and f"omni pull {OTHER}" in at.messages, at.messages
        assert "1 of 3 files missing" in at.omni("models")
        assert json.loads(at.omni("models", "--json"))[0]["receivedByteCount"] == 20 * step
        assert f"omni pull {OTHER}" in at.omni("doctor", "--model", OTHER, status=1)
        at.hub.stall = None
        at.check(at.omni("pull", OTHER).strip())
        starts = [int(headers.get("Range", "bytes=0-")[6:-1]) for _, path, headers in at.hub.requests if "/store/" in path]
        assert starts == [turn * step for turn in range(21)], starts


def test_interrupt_leaves_what_came():
    with place() as at:
        at.hub.stall = 400_000
        process = serving.start(serving.OMNI, "pull", OTHER, env=at.environment, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
        serving.until(lambda: at.incomplete == 400_000, what="the download")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) != 0
        assert at.incomplete == 400_000
        at.hub.stall = None
        at.check(at.omni("pull", OTHER).strip())


def test_two_processes_at_once():
    with place() as at:
        gate = threading.Event()
        at.hub.fault = lambda handler: "/store/" in handler.path and gate.wait() and False
        both = [serving.start(serving.OMNI, "pull", OTHER, env=at.environment, stdout=subprocess.PIPE, text=True)
                for _ in range(2)]
        serving.until(lambda: any("/store/" in path for _, path, _ in at.hub.requests), what="the download")
        at.omni("rm", OTHER, "--yes", status=75)
        gate.set()
        folders = {process.communicate()[0].strip() for process in both}
        assert [process.returncode for process in both] == [0, 0]
        at.check(folders.pop())
        assert not folders
        assert sum("/store/" in path for _, path, _ in at.hub.requests) == 1


def test_memory():
    """A large file goes to the disk as it comes."""
    with place() as at:
        at.hub.repositories[OTHER].files["weights.bin"] = File(bytes(500_000_000))
        # Linux keeps the peak of a process across execve: a small process starts `omni`, not this one with its 500 MB.
        code = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
                "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        start = time.monotonic()
        resident = int(subprocess.check_output(
            [sys.executable, "-c", code, serving.OMNI, "pull", OTHER], env=at.environment, timeout=120))
        print(f"500 MB in {time.monotonic() - start:.1f} s, {resident / 1000:.0f} MB resident")
        assert resident < 100_000, resident
        start = time.monotonic()
        at.omni("verify", OTHER)
        print(f"verified in {time.monotonic() - start:.2f} s")


def test_verify_and_remove():
    with place() as at:
        folder = pathlib.Path(at.omni("pull", OTHER, "--include", "*.bin", "--include", "config*").strip())
        assert sorted(os.listdir(folder)) == ["config.json", "weights.bin"]
        assert "1 of 3 files missing" in at.omni("models")
        at.omni("verify", OTHER)
        os.remove(folder / "config.json")
        assert "config.json  missing" in at.omni("verify", OTHER, status=1)
        at.omni("verify", OTHER, "--revision", "f" * 40, status=66)
        at.omni("pull", OTHER, "--include", "*.bin", "--include", "config*")
        with open(folder / "weights.bin", "r+b") as file:
            file.seek(1_234_567)
            byte = file.read(1)
            file.seek(1_234_567)
            file.write(bytes([byte[0] ^ 1]))
        report = json.loads(at.omni("verify", OTHER, "--json", status=1))
        assert [file["path"] for file in report if not file["isGood"]] == ["weights.bin"]
        assert f"omni pull {OTHER} --verify" in at.messages
        at.check(at.omni("pull", OTHER, "--verify").strip())
        at.omni("verify", OTHER)
        at.omni("rm", OTHER, status=64)
        at.omni("rm", OTHER, "--yes")
        assert at.omni("models") == "" and not os.path.exists(folder)
        at.omni("rm", OTHER, "--yes", status=66)


def test_refusals():
    with place() as at:
        for arguments, status, words in [
            (["pull", "no-such/model"], 66, "the hub has no model no-such/model"),
            (["pull", "not an id"], 64, "is not the id of a model"),
            (["pull", OTHER, "--revision", "v9"], 66, "has no revision v9"),
            (["pull", OTHER, "--include", "*.onnx"], 66, "has no file *.onnx"),
        ]:
            at.omni(*arguments, status=status)
            assert words in at.messages and at.messages.count("\n") == 1, at.messages

        def gated(handler):
            handler.send(403, {"X-Error-Code": "GatedRepo"})
            return True

        at.hub.fault = gated
        at.omni("pull", OTHER, status=77)
        assert "is gated" in at.messages
        at.omni("pull", OTHER, HF_ENDPOINT="http://127.0.0.1:9", status=69)
        assert "cannot be reached" in at.messages


def test_token_stays_home():
    with place() as at:
        at.omni("pull", OTHER, HF_TOKEN="hf_secret")
        for _, path, headers in at.hub.requests:
            assert headers.get("Authorization") == (None if "/store/" in path else "Bearer hf_secret"), path


def test_certificates():
    with tempfile.TemporaryDirectory() as folder:
        certificate = f"{folder}/both.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"],
            check=True, capture_output=True)
        pathlib.Path(certificate).write_bytes(
            pathlib.Path(f"{folder}/key.pem").read_bytes() + pathlib.Path(f"{folder}/cert.pem").read_bytes())
        with place(certificate=certificate) as at:
            at.omni("pull", OTHER, status=69)
            assert "is not secure" in at.messages, at.messages
            assert at.hub.requests == []
            at.check(at.omni("pull", OTHER, SSL_CERT_FILE=f"{folder}/cert.pem").strip())


def test_proxies():
    with place() as at, tempfile.TemporaryDirectory() as other:
        proxy = Hub({})
        proxy.fault = lambda handler: handler.send(407) or True
        at.omni("pull", OTHER, http_proxy=proxy.url, NO_PROXY="127.0.0.1,localhost")
        assert proxy.requests == []
        # A proxy gets the whole address; this one refuses it. For https it is asked for a tunnel, which it does not know.
        at.omni("pull", OTHER, http_proxy=proxy.url, HF_HUB_CACHE=other, status=69)
        assert "through the proxy" in at.messages, at.messages
        assert proxy.requests[0][1].startswith(at.hub.url), proxy.requests
        at.omni("pull", OTHER, HTTPS_PROXY=proxy.url, HF_ENDPOINT="https://hub.invalid", HF_HUB_CACHE=other, status=69)
        assert "through the proxy" in at.messages, at.messages
        proxy.stop()


def test_disk_full():
    if os.geteuid() != 0:
        return print("disk full: not root, so no small file system")
    with place() as at, tempfile.TemporaryDirectory() as small:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small]).returncode:
            return print("disk full: no small file system can be mounted")
        try:
            at.omni("pull", OTHER, HF_HUB_CACHE=f"{small}/hub", status=73)
            assert "has room for" in at.messages, at.messages
            assert not any("/store/" in path for _, path, _ in at.hub.requests)
            # There seems to be room, and then there is none.
            subprocess.run(["mount", "-o", "remount,size=4m", small], check=True)
            at.hub.fault = lambda handler: (
                "/store/" in handler.path and not pathlib.Path(f"{small}/filler").exists()
                and pathlib.Path(f"{small}/filler").write_bytes(bytes(2_000_000)) and False)
            at.omni("pull", OTHER, HF_HUB_CACHE=f"{small}/hub", status=73)
            assert "has room for" in at.messages, at.messages
            os.remove(f"{small}/filler")
            at.hub.fault = lambda handler: False
            at.hub.requests.clear()
            at.check(at.omni("pull", OTHER, HF_HUB_CACHE=f"{small}/hub").strip())
            start, = [headers["Range"] for _, path, headers in at.hub.requests if "/store/" in path]
            assert int(start[6:-1]) > 1_000_000, start
        finally:
            subprocess.run(["umount", small], check=True)


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            start = time.monotonic()
            test()
            print(f"{name}: {time.monotonic() - start:.1f} s", flush=True)
    serving.LIMIT.cancel()
