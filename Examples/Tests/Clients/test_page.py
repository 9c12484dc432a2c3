"""The page in a real browser: a recorded question into the microphone, the answer out of the loudspeaker, and over it another."""
import os, pathlib, sys, tempfile, wave

import numpy
from chromium import page
from serving import samples, server

# The loudest the answers have been.
LISTEN = """
window.loudest = 0;
window.listening = window.listening || setInterval(() => {
  const analyser = omniPage.audio.speakerAnalyser;
  if (!analyser) return;
  const values = new Float32Array(1024); analyser.getFloatTimeDomainData(values);
  for (const value of values) window.loudest = Math.max(window.loudest, Math.abs(value));
}, 20)"""
YOU = "[...document.querySelectorAll('#log li.you span')].map((line) => line.textContent)"
OMNI = "[...document.querySelectorAll('#log li.omni span')].map((line) => line.textContent)"


def microphone(folder, *parts):
    """A WAV file of questions and of seconds of silence."""
    pcm = numpy.concatenate([samples(p) if isinstance(p, str) else numpy.zeros(int(24000 * p), "<i2") for p in parts])
    path = str(pathlib.Path(folder) / "microphone.wav")
    with wave.open(path, "wb") as file:
        file.setnchannels(1), file.setsampwidth(2), file.setframerate(24000)
        file.writeframes(pcm.tobytes())
    return path


def turns(url, folder):
    with page(url, microphone(folder, 2.0, "what-is-your-name", 8.0)) as tab:
        tab.evaluate(LISTEN)
        tab.evaluate("document.getElementById('talk').click()")
        tab.until(f"{OMNI}.includes('My name is Omni.')")
        tab.until(f"{YOU}.includes('What is your name?')")
        tab.until("window.loudest > 0.05")
        assert tab.evaluate("document.querySelectorAll('#figures tr').length") == 1
        assert tab.until("document.querySelector('#figures tr td:nth-child(4)').textContent !== '–'")
        tab.until("document.getElementById('state').dataset.state === 'listening'")
        assert tab.evaluate("document.getElementById('problem').hidden"), tab.evaluate("document.getElementById('problem').textContent")
        figures = tab.evaluate("document.querySelector('#figures tr').innerText").split()
        print(f"  loudest {tab.evaluate('window.loudest'):.2f}; turn, first text, first sound, heard, answer: {figures}")
        if len(sys.argv) > 1:
            shots = pathlib.Path(sys.argv[1])
            tab.screenshot(shots / "page-light.png", 900, 900)
            tab.screenshot(shots / "page-dark.png", 900, 900, dark=True)
            tab.screenshot(shots / "page-phone.png", 390, 844, dark=False, mobile=True)


def interruption(url, folder):
    """The user speaks while the answer is played: it stops, and the new question is answered."""
    # A machine that does much else begins to answer later: then it has to be interrupted later, too.
    assert any(interrupts(url, folder, gap) for gap in (1.6, 2.4, 3.2)), "no answer was interrupted"


def interrupts(url, folder, gap):
    """Whether a question this long after another finds the answer to the other one being heard."""
    with page(url, microphone(folder, 2.0, "can-you-tell-me-a-joke", gap, "what-is-your-name", 8.0)) as tab:
        tab.evaluate(LISTEN)
        tab.evaluate("document.getElementById('talk').click()")
        tab.until("window.loudest > 0.05")
        tab.until("document.querySelectorAll('#log li.you').length === 2")
        if tab.evaluate("document.querySelectorAll('#log .cut').length") != 1:
            return False
        tab.until(f"{OMNI}.some((text) => text.endsWith('My name is Omni.'))")
        # The newest turn's: what the player itself says, which no busy page can miss.
        return tab.until("document.querySelector('#figures tr td:nth-child(4)').textContent !== '–'")


def keyboard(url, folder):
    """Everything by keys, a file for a microphone, and a plain word when something is wrong."""
    with page(url, microphone(folder, 1.0)) as tab:
        for kind in ("rawKeyDown", "char", "keyUp"):
            tab.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
        tab.until("omniPage.isTalking")
        tab.evaluate("omniPage.askWithFile(new File(['no audio'], 'x.wav'))")
        tab.until("document.getElementById('problem').textContent.includes('no audio')")
        order = tab.evaluate("[...document.querySelectorAll('button, select, input, summary')].every((e) => e.tabIndex >= 0)")
        assert order


def main():
    with server("--maximum-requests-per-minute", "10000") as running, tempfile.TemporaryDirectory() as folder:
        for check in (turns, interruption, keyboard):
            check(running.url + "/", folder)
            print(f"page: {check.__name__}")
    with server("--api-key", "secret", "--public-pages") as running, tempfile.TemporaryDirectory() as folder:
        with page(running.url + "/", microphone(folder, 1.0)) as tab:
            tab.evaluate("document.getElementById('talk').click()")
            tab.until("document.getElementById('problem').textContent.includes('API key')")
            tab.evaluate("document.getElementById('key').value = 'secret'; document.getElementById('talk').click()")
            tab.until("omniPage.isTalking")
        print("page: says what is wrong, and takes a key")


main()
