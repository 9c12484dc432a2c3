"""A headless Chromium with a file for a microphone, driven over its debugging protocol."""
import base64, contextlib, json, pathlib, shutil, subprocess, tempfile, time, urllib.request

from serving import start
from websockets.sync.client import connect


class Page:
    def __init__(self, socket):
        self.socket, self.count = socket, 0

    def call(self, method, **parameters):
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv(timeout=90))
            if answer.get("id") == self.count:
                assert "error" not in answer, answer
                return answer["result"]

    def evaluate(self, script):
        result = self.call(
            "Runtime.evaluate", expression=script, userGesture=True, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def until(self, script, seconds=90):
        """Waits for a script to give something true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := self.evaluate(script):
                return value
            time.sleep(0.05)
        raise AssertionError(f"never: {script}; the page says “{self.evaluate('document.body.innerText')}”")

    def screenshot(self, path, width, height, dark=False, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        time.sleep(1)
        pathlib.Path(path).write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))


@contextlib.contextmanager
def page(url, microphone):
    """A page with a microphone that plays a WAV file once."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "there is no Chromium"
    folder = tempfile.mkdtemp()
    browser = start(
        program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
        f"--user-data-dir={folder}", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}%noloop", "--autoplay-policy=no-user-gesture-required",
        "--force-color-profile=srgb", "--no-first-run", "about:blank",
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        active = pathlib.Path(folder) / "DevToolsActivePort"
        end = time.monotonic() + 60
        while not (active.exists() and active.read_text().count("\n") >= 1):
            assert time.monotonic() < end and browser.poll() is None, "Chromium did not start"
            time.sleep(0.05)
        port = active.read_text().split()[0]
        tabs = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=60))
        address = next(tab for tab in tabs if tab["type"] == "page")["webSocketDebuggerUrl"]
        with connect(address, max_size=None, open_timeout=60) as socket:
            opened = Page(socket)
            opened.call("Page.enable")
            opened.call("Page.navigate", url=url)
            opened.until("document.readyState === 'complete' && typeof omniPage === 'object'")
            yield opened
    finally:
        browser.kill()
        browser.wait()
        shutil.rmtree(folder, ignore_errors=True)
