"""Clients that do what they should not: each gets its documented error, and everybody else keeps talking."""
import base64, json, socket, struct, threading, time

import requests
from serving import gauges, recording, samples, server, until
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from wire import frame, websocket

AUDIO = base64.b64encode(recording("what-is-your-name")).decode()
LIMIT = 20 << 20


class Neighbour(threading.Thread):
    """A client that keeps the protocol, and must be answered all the time."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.url, self.count, self.failure, self.going = url, 0, None, True

    def run(self):
        while self.going:
            try:
                response = requests.post(self.url + "/chat", json={"audio": AUDIO}, timeout=120)
                assert response.status_code == 200 and len(response.content) > 24000, response.status_code
                self.count += 1
            except Exception as error:
                self.failure = error
                return
            time.sleep(0.05)


def raw(running, text):
    """Sends bytes, returns what comes until the server closes or falls silent."""
    with socket.create_connection((running.host, running.port), timeout=10) as client:
        client.sendall(text if isinstance(text, bytes) else text.encode())
        data = b""
        try:
            while piece := client.recv(65536):
                data += piece
                if b"\r\n\r\n" in data and b'"error"' in data:
                    break
        except (TimeoutError, ConnectionResetError):
            pass
        return data


def error(response):
    assert response.headers["x-content-type-options"] == "nosniff"
    return response.status_code, response.json()["error"]["code"]


def http(running):
    url = running.url
    assert error(requests.post(url + "/chat", data=b"x" * (LIMIT + 1))) == (413, "request_too_large")
    # A gigabyte is announced: refused before it is sent, or as soon as the limit is passed.
    head = f"POST /chat HTTP/1.1\r\nHost: a\r\nContent-Length: {1 << 30}\r\n\r\n".encode()
    before = running.memory()
    with socket.create_connection((running.host, running.port), timeout=20) as client:
        client.sendall(head)
        sent, piece = 0, bytes(1 << 20)
        try:
            while sent < 1 << 30:
                client.sendall(piece)
                sent += len(piece)
        except OSError:
            pass
    assert running.memory() - before < 200 << 20, "a large body was kept"
    for body, code in ((b"", "invalid_json"), (b"\xff\xfe", "invalid_json"), (b"[" * 100000, "invalid_json"),
                       (b'{"audio": "' + b"A" * 1000 + b'"}', "unsupported_format")):
        assert error(requests.post(url + "/chat", data=body)) == (400, code), body[:20]
    assert error(requests.post(url + "/v1/audio/speech", json={"input": "a" * (2 << 20)})) == (413, "request_too_large")
    for rate in (1, 4_000_000_000):
        wav = recording("what-is-your-name")
        wav = wav[:24] + struct.pack("<I", rate) + wav[28:]
        response = requests.post(url + "/chat", json={"audio": base64.b64encode(wav).decode()})
        code = response.json()["error"]["code"]
        assert response.status_code == 400 and code in ("invalid_audio", "audio_too_short"), (rate, response.text)
    wav = recording("what-is-your-name")
    cut = requests.post(url + "/chat", json={"audio": base64.b64encode(wav[: len(wav) // 2]).decode()})
    assert cut.status_code == 200, "half a recording is still a question"
    assert "cut short" in cut.headers["omni-warning"], cut.headers
    cut = requests.post(url + "/v1/audio/transcriptions", files={"file": wav[: len(wav) // 2]}, data={"model": "omni"})
    assert cut.status_code == 200 and "cut short" in cut.headers["omni-warning"], cut.headers
    long = wav[:40] + struct.pack("<I", 2 * 16000 * 31) + wav[44:] + bytes(2 * 16000 * 31 - len(wav) + 44)
    cut = requests.post(url + "/chat", json={"audio": base64.b64encode(long).decode()})
    assert cut.status_code == 200 and "are heard" in cut.headers["omni-warning"], cut.headers
    assert error(requests.get(url + "/nothing")) == (404, "not_found")
    assert error(requests.get(url + "/../../etc/passwd")) == (404, "not_found")
    assert error(requests.post(url + "/v1/audio/transcriptions", data=b"x")) == (400, "invalid_form")
    assert error(requests.get(url + "/v1/models", headers={"origin": "https://evil.example"})) == (403, "origin_not_allowed")
    assert error(requests.get(url + "/v1/realtime")) == (426, "upgrade_required")
    for nonsense in ("\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00", "G" * 100000,
                     "GET / HTTP/1.1\r\n" + "a: b\r\n" * 5000 + "\r\n",
                     "POST /chat HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
        raw(running, nonsense)


def slow_reader(running):
    """Reads nothing of an answer: the server keeps a bounded part of it."""
    body = json.dumps({"audio": AUDIO}).encode()
    clients = []
    for _ in range(4):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        client.connect((running.host, running.port))
        client.sendall(b"POST /chat HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        clients.append(client)
    before = running.memory()
    time.sleep(3)
    assert running.memory() - before < 100 << 20
    for client in clients:
        client.close()


def half_open(running):
    """Connections that say nothing, or half of something, and stay."""
    clients = []
    for start in (b"", b"POST /chat HTTP/1.1\r\n", b"POST /chat HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc"):
        client = socket.create_connection((running.host, running.port), timeout=60)
        client.sendall(start)
        clients.append(client)
    for client in clients[:2]:
        try:
            assert client.recv(1000) == b"", "an idle connection was answered"
        except ConnectionResetError:
            pass
    for client in clients:
        client.close()


def speak(running):
    return connect(f"ws://{running.host}:{running.port}/v1/realtime", max_size=None, open_timeout=60)


def events(running):
    """Events that make no sense are answered with an error, and the conversation goes on."""
    with speak(running) as client:
        assert json.loads(client.recv())["type"] == "session.created"
        for message in ("", "{", "[]", b"\x00\x01", b"", '"text"', '{"type": 5}', '{"type": "response.cancel"}',
                        '{"type": "input_audio_buffer.append", "audio": "%"}', '{"type": "response.create"}',
                        '{"type": "conversation.item.truncate", "item_id": "x", "content_index": 0, "audio_end_ms": 1}',
                        '{"type": "session.update", "session": {"audio": {"input": {"format": {"type": "audio/mp3"}}}}}'):
            client.send(message)
            answer = json.loads(client.recv(timeout=60))
            assert answer["type"] == "error" and answer["error"]["message"], (message, answer)
        client.send('{"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"turn_detection": null}}}}')
        assert json.loads(client.recv())["type"] == "session.updated"


def closes(client, code, floods=False):
    """The connection ends, with a status; a client that floods may not get to read it, because not all that it sent was read."""
    try:
        while True:
            client.recv(timeout=60)
    except ConnectionClosed as closed:
        assert floods and closed.rcvd is None or closed.rcvd.code == code, closed


def violations(running):
    """Floods, bad text, wrong frames and huge messages end the connection, with the status that says why; others get an error."""
    with speak(running) as client:
        try:
            for _ in range(20_000):
                client.send('{"type": "input_audio_buffer.clear"}')
        except ConnectionClosed:
            pass
        closes(client, 1008, floods=True)
    # More audio than any question has, in few bytes.
    with speak(running) as client:
        client.send('{"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcmu"}}}}}')
        client.send(json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(bytes(1_000_000)).decode()}))
        for _ in range(2): client.recv(timeout=60)
        refused = json.loads(client.recv(timeout=60))
        assert refused["type"] == "error" and refused["error"]["code"] == "rate_limit_exceeded", refused
        closes(client, 1008)
    with speak(running) as client:
        client.recv(timeout=60)
        client.send(b"\x00\x01")
        answer = json.loads(client.recv(timeout=60))
        assert answer["type"] == "error" and answer["error"]["code"] == "invalid_event", answer
        # A text of one character to its reader, and a name that is not one.
        for message, code in ((b'{"type":"e' + b"\xcc\x81" * 30_000 + b'"}', "invalid_json"),
                              (b'{"type":"e' + b"\xcc\x81" * 500_000 + b'"}', "event_too_large"),
                              (b'{"type":"session.update","event_id":"' + b"a" * 600 + b'"}', "invalid_value"),
                              (b'{"type":"\\u001b[2J"}', "unknown_event")):
            client.send(message, text=True)
            text = client.recv(timeout=60)
            assert json.loads(text)["error"]["code"] == code and len(text) < 1000 and "\x1b" not in json.loads(text)["error"]["message"], text[:1000]
    with speak(running) as client:
        client.send(b"\xff\xff", text=True)
        closes(client, 1007)
    with speak(running) as client:
        try:
            client.send("x" * (LIMIT + 1))
        except ConnectionClosed:
            pass
        closes(client, 1009, floods=True)
    fragment = frame(0, b"x", final=False)
    for data, code in ((frame(1, b"{}", masked=False), 1002), (frame(1, b"{}", reserved=4), 1002), (frame(3, b""), 1002),
                       (frame(9, b"x" * 126), 1002), (frame(9, b"", final=False), 1002), (frame(0, b"{}"), 1002),
                       (frame(1, b"{", final=False) + frame(1, b"}"), 1002), (frame(8, b"\x03"), 1002),
                       (frame(1, b"{", final=False) + fragment * 5000, 1008), (frame(9, b"") * 20_000, 1008)):
        client, reader = websocket(running)
        with client:
            try:
                client.sendall(data)
            except ConnectionError:
                pass
            while (answer := reader.frame())[0] != 8: pass
            assert struct.unpack(">H", answer[1][:2])[0] == code, (data[:20], answer)


def disconnects(running):
    """A client that disconnects in any state leaves no answer behind."""
    pcm = samples("can-you-tell-me-a-joke").tobytes() + bytes(24000)
    append = [json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(pcm[i : i + 9600]).decode()})
              for i in range(0, len(pcm), 9600)]
    ask = ['{"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"turn_detection": null}}}}',
           *append, '{"type": "input_audio_buffer.commit"}', '{"type": "response.create"}']
    for count in range(len(ask) + 1):
        client = speak(running)
        for message in ask[:count]:
            client.send(message)
        client.socket.close()
    client = speak(running)
    for message in ask:
        client.send(message)
    while json.loads(client.recv(timeout=60))["type"] != "response.output_audio.delta":
        pass
    client.socket.close()
    names = ["omni_replies_prefilling", "omni_replies_speaking", "omni_replies_writing"]
    # One may be the neighbour's.
    until(lambda: sum(gauges(running)[name] for name in names) <= 1, what="the end of the answers without a client")


def crowd(running):
    """One connection too many is told so, and the others go on."""
    with speak(running) as first, speak(running) as second:
        for client in (first, second):
            assert json.loads(client.recv(timeout=60))["type"] == "session.created"
        try:
            speak(running)
            raise AssertionError("a third connection was let in")
        except InvalidStatus as refused:
            assert refused.response.status_code == 429 and b"rate_limit_exceeded" in refused.response.body, refused
        first.send('{"type": "input_audio_buffer.clear"}')
        assert json.loads(first.recv(timeout=60))["type"] == "input_audio_buffer.cleared"


def origins(running):
    """Pages of an allowed origin may read answers and errors, and are told so beforehand; others are refused."""
    friend, other = {"origin": "https://page.example"}, {"origin": "https://evil.example"}
    asked = requests.options(running.url + "/v1/audio/speech", headers={**friend, "access-control-request-method": "POST"})
    assert asked.status_code == 204 and "authorization" in asked.headers["access-control-allow-headers"]
    for path, status in (("/v1/models", 200), ("/v1/models/none", 404)):
        response = requests.get(running.url + path, headers=friend)
        assert response.status_code == status and response.headers["access-control-allow-origin"] == friend["origin"]
        refused = requests.get(running.url + path, headers=other)
        assert error(refused) == (403, "origin_not_allowed") and "access-control-allow-origin" not in refused.headers
    # Another owner's name that resolves to this machine.
    rebound = requests.get(running.url + "/v1/models", headers={"host": "evil.example", "origin": "http://evil.example"})
    assert error(rebound) == (403, "host_not_allowed")


def main():
    with server("--maximum-requests-per-minute", "100000", "--maximum-per-client", "64", "--idle-seconds", "4") as running:
        neighbour = Neighbour(running.url)
        neighbour.start()
        for check in (http, slow_reader, half_open, events, violations, disconnects):
            check(running)
            assert neighbour.failure is None, neighbour.failure
            print(f"bad clients: {check.__name__}")
        neighbour.going = False
        neighbour.join(120)
        assert neighbour.failure is None and neighbour.count > 3, (neighbour.failure, neighbour.count)
        print(f"bad clients: meanwhile {neighbour.count} questions of a neighbour were answered")
    with server("--maximum-per-client", "2", "--allow-origin", "https://page.example") as running:
        crowd(running)
        origins(running)
        print("bad clients: connections are limited, pages are those that are allowed")
    with server("--maximum-requests-per-minute", "3") as running:
        codes = [requests.get(running.url + "/v1/models").status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429], codes
        limited = requests.get(running.url + "/v1/models")
        assert int(limited.headers["retry-after"]) >= 1
        assert requests.get(running.url + "/healthz").text == "ok\n"
        print("bad clients: the rate is limited")


main()
