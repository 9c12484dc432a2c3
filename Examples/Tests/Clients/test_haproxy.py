"""Two servers behind HAProxy; one is killed under load: no new turn fails, and conversations with the other go on."""
import base64, json, pathlib, shutil, signal, socket, tempfile, threading, time

import requests
from serving import EXAMPLES, Server, recording, start, until
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

AUDIO = base64.b64encode(recording("what-is-your-name")).decode()
with socket.create_server(("127.0.0.1", 0)) as free:
    PORT = free.getsockname()[1]
QUESTION = {"type": "conversation.item.create", "item": {
    "type": "message", "role": "user", "content": [{"type": "input_text", "text": "What is your name?"}]}}


class Asker(threading.Thread):
    """Asks again and again; an answer that was under way when its server died may break, a new turn may not."""

    def __init__(self):
        super().__init__(daemon=True)
        self.going, self.answers, self.broken, self.failures = True, 0, 0, []

    def run(self):
        while self.going:
            try:
                response = requests.post(f"http://127.0.0.1:{PORT}/chat", json={"audio": AUDIO}, stream=True, timeout=120)
            except requests.ConnectionError as error:
                self.failures.append(error)
                continue
            if response.status_code != 200:
                self.failures.append(response.status_code)
                continue
            try:
                whole = len(b"".join(response.iter_content(4096))) > 24000
                self.answers, self.broken = self.answers + whole, self.broken + (not whole)
            except requests.exceptions.ChunkedEncodingError:
                self.broken += 1
            time.sleep(0.02)


class Talker(threading.Thread):
    """One long realtime conversation."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = connect(f"ws://127.0.0.1:{PORT}/v1/realtime", max_size=None, open_timeout=60)
        self.going, self.turns, self.lost = True, 0, False

    def run(self):
        try:
            while self.going:
                self.socket.send(json.dumps(QUESTION))
                self.socket.send('{"type": "response.create"}')
                while json.loads(self.socket.recv(timeout=120))["type"] != "response.done":
                    pass
                self.turns += 1
                time.sleep(0.05)
        except ConnectionClosed:
            self.lost = True


def balances():
    """Whether HAProxy is there, and has found both servers well."""
    try:
        codes = [requests.get(f"http://127.0.0.1:{PORT}/healthz", timeout=60).status_code for _ in range(4)]
        return codes == [200] * 4
    except requests.ConnectionError:
        return False


def main():
    assert shutil.which("haproxy", path="/usr/sbin:/usr/bin:/usr/local/sbin"), "there is no haproxy"
    servers = [Server("--maximum-requests-per-minute", "100000", "--maximum-per-client", "100", "--trusted-proxy", "127.0.0.1") for _ in range(2)]
    with tempfile.TemporaryDirectory() as folder:
        text = (EXAMPLES / "Cluster/haproxy.cfg").read_text()
        for old, new in (("60808", PORT), ("60811", servers[0].port), ("60812", servers[1].port)):
            assert f"127.0.0.1:{old}" in text
            text = text.replace(f"127.0.0.1:{old}", f"127.0.0.1:{new}")
        file = pathlib.Path(folder) / "haproxy.cfg"
        file.write_text(text)
        haproxy = start("/usr/sbin/haproxy", "-q", "-db", "-f", file)
        try:
            until(balances, what="an answer of HAProxy's")
            askers, talkers = [Asker() for _ in range(3)], [Talker() for _ in range(4)]
            for thread in askers + talkers: thread.start()
            until(lambda: all(t.turns > 1 for t in talkers) and all(a.answers > 1 for a in askers), 120, "a turn of everybody's")
            before, answers = [talker.turns for talker in talkers], [asker.answers for asker in askers]
            assert not any(asker.failures for asker in askers), [asker.failures for asker in askers]
            servers[0].process.send_signal(signal.SIGKILL)
            time.sleep(6)
            until(lambda: all(a.failures or a.answers > b + 1 for a, b in zip(askers, answers)), 120, "a new turn of everybody's")
            until(lambda: all(t.lost or t.turns > b + 1 for t, b in zip(talkers, before)), 120, "a turn of each conversation that went on")
            for thread in askers + talkers: thread.going = False
            for thread in askers + talkers: thread.join(120)
            failures = [failure for asker in askers for failure in asker.failures]
            lost = [talker.lost for talker in talkers]
            going = [t.turns - b for t, b in zip(talkers, before) if not t.lost]
            print(f"haproxy: {sum(a.answers for a in askers)} answers, {sum(a.broken for a in askers)} broken off, "
                  f"{len(failures)} new turns failed; of 4 conversations {lost.count(False)} went on with {going} turns")
            assert not failures, failures
            assert lost.count(False) >= 1 and all(turns > 0 for turns in going)
        finally:
            haproxy.kill()
            for running in servers:
                running.process.kill()


main()
