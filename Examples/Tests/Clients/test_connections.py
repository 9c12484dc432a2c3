"""HTTP/1.1 and the begin and end of WebSockets: upgrades, refusals, expectations, names of the server, slow and gone clients."""
import base64, json, os, socket, threading, time

import requests
from serving import gauges, recording, server, until
from wire import Reader, dial, frame, head, upgrade, websocket

H2C = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"]
FORM = b"--b\r\nContent-Disposition: form-data; %s\r\n\r\n" % b'filename="a; \\"b\\".wav"; name=file' + recording("what-is-your-name") + b"\r\n--b--\r\n"


def ask(running, data, body=True):
    """The response to one request."""
    with dial(running) as client:
        client.sendall(data)
        return Reader(client).response(body)


def code(response):
    return json.loads(response[2])["error"]["code"]


def upgrades(running):
    """An upgrade that is not known is ignored; a WebSocket may begin after other requests."""
    post = head("POST /v1/audio/transcriptions", *H2C, f"Content-Length: {len(FORM)}", "Content-Type: multipart/form-data; boundary=b") + FORM
    with dial(running) as client:
        reader = Reader(client)
        for data in (head("GET /healthz", *H2C), post, head("GET /healthz", "Connection: Upgrade", "Upgrade: websocket")):
            client.sendall(data)
            status, fields, body = reader.response()
            assert status == 200 and fields.get("connection") != "close", (status, fields, body)
        client.sendall(upgrade())
        status, fields, _ = reader.response()
        assert status == 101 and fields["upgrade"] == "websocket" and fields["sec-websocket-accept"], fields
        assert json.loads(reader.frame()[1])["type"] == "session.created"
        client.sendall(frame(9, b"hi"))
        assert reader.frame() == (10, b"hi")
        client.sendall(frame(8, b"\x03\xe8"))
        assert reader.frame()[0] == 8
        reader.ends()
    # The key of RFC 6455's example.
    assert ask(running, upgrade(key="dGhlIHNhbXBsZSBub25jZQ=="))[1]["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    for data, status in ((upgrade(version="8"), 426), (upgrade(key="AAAA"), 400), (upgrade(key="x" * 24), 400),
                         (upgrade().replace(b"HTTP/1.1", b"HTTP/1.0"), 426), (upgrade(method="POST"), 405),
                         (upgrade("/v1/nothing"), 404), (head("GET /v1/realtime"), 426)):
        response = ask(running, data)
        assert response[0] == status and json.loads(response[2])["error"]["message"], (data, response)
        assert status != 426 or response[1]["sec-websocket-version"] == "13", response
    # Other ways to write the same path.
    for path in ("/v1/realtime/", "//v1//realtime", f"http://127.0.0.1:{running.port}/v1/realtime?model=omni"):
        with dial(running) as client:
            client.sendall(upgrade(path))
            reader = Reader(client)
            assert reader.response()[0] == 101, path
            assert json.loads(reader.frame()[1])["type"] == "session.created", path


def leaving(running):
    """A WebSocket whose client is gone without a word ends at once, not when it is asked whether it still lives."""
    until(lambda: gauges(running)["omni_realtime_connections"] == 0, what="the end of earlier WebSockets")
    clients = []
    for index in range(12):
        client, reader = websocket(running)
        reader.frame()
        # Some have said something before.
        if index % 2: client.sendall(frame(1, b'{"type": "input_audio_buffer.clear"}'))
        clients.append((client, reader))
    assert gauges(running)["omni_realtime_connections"] == 12
    for client, _ in clients: client.shutdown(socket.SHUT_WR)
    # The first ping would come after a third of the time of --idle-seconds.
    until(lambda: gauges(running)["omni_realtime_connections"] == 0, 4, "the end of WebSockets without clients")
    for client, reader in clients:
        while reader.frame()[0] != 8: pass
        reader.ends()
        client.close()


def old(running):
    """A client of HTTP/1.0 that wants to keep its connection does, where it can see the end of a body."""
    def request(line, *fields):
        return head(line, "Connection: keep-alive", *fields).replace(b"HTTP/1.1", b"HTTP/1.0")

    with dial(running) as client:
        reader = Reader(client)
        for _ in range(2):
            client.sendall(request("GET /healthz"))
            status, fields, body = reader.response()
            assert (status, fields["connection"], body) == (200, "keep-alive", b"ok\n"), fields
        text = json.dumps({"input": "Who are you?", "response_format": "pcm"}).encode()
        client.sendall(request("POST /v1/audio/speech", f"Content-Length: {len(text)}") + text)
        status, fields, _ = reader.response()
        assert status == 200 and fields["connection"] == "close" and "transfer-encoding" not in fields, fields
        start = time.monotonic()
        reader.ends()
        assert time.monotonic() - start < 15, "the body has no end"


def refusals(running):
    """A client that is refused gets a status, and the connection closes: before the body, and instead of the upgrade."""
    long = f"Content-Length: {1 << 30}"
    for data, status in ((upgrade(), 401), (upgrade("/v1/realtime", "Authorization: Bearer wrong"), 401),
                         (upgrade("/v1/realtime", "Authorization: Bearer secret", "Origin: http://evil.example"), 403),
                         (head("POST /chat", "Content-Length: 1000"), 401),
                         (head("POST /chat", long, "Authorization: Bearer secret"), 413),
                         (head("POST /chat", long, "Authorization: Bearer secret", "Expect: 100-continue"), 413),
                         (head("POST /chat", "Content-Length: 9", "Expect: 100-continue"), 401),
                         (head("POST /chat", "Content-Length: 9", "Authorization: Bearer secret", "Expect: the-worst"), 417)):
        with dial(running) as client:
            client.sendall(data)
            reader, start = Reader(client), time.monotonic()
            response = reader.response()
            assert response[0] == status and response[1]["connection"] == "close" and code(response), (data, response)
            reader.ends()
            assert time.monotonic() - start < 5
    key = {"authorization": "Bearer secret"}
    for path in ("/", "/metrics", "/v1/models"):
        assert requests.get(running.url + path).status_code == 401, path
    assert "Basic" in requests.get(running.url + "/").headers["www-authenticate"]
    for path in ("/", "/metrics"):
        assert requests.get(running.url + path, auth=("anyone", "secret")).status_code == 200
        assert requests.get(running.url + path, headers=key).status_code == 200
    assert requests.get(running.url + "/healthz").status_code == requests.get(running.url + "/readyz").status_code == 200
    body = json.dumps({"input": "Who are you?", "response_format": "pcm"}).encode()
    with dial(running) as client:
        client.sendall(head("POST /v1/audio/speech", f"Content-Length: {len(body)}", "Expect: 100-continue", "Authorization: Bearer secret"))
        reader, start = Reader(client), time.monotonic()
        assert reader.response()[0] == 100 and time.monotonic() - start < 1
        client.sendall(body)
        assert reader.response()[0] == 200


def nonsense(running):
    """What is no request is answered, as the first and as a later one."""
    for data, status in ((b"\x16\x03\x01\x02\x00\x01\x00\r\n", 400), (b"GET\r\n\r\n", 400), (b"GET / HTTP/9.9\r\n\r\n", 400),
                         (b"G" * 100000, 400), (head("GET /" + "a" * 100000), 431), (head("GET /", "a: " + "b" * 100000), 431),
                         (head("GET /", *["a: b"] * 5000), 431), (head("POST /chat", "Content-Length: x"), 400),
                         (head("POST /chat", "Transfer-Encoding: chunked") + b"zz\r\n", 400)):
        for before in (b"", head("GET /healthz")):
            with dial(running) as client:
                reader = Reader(client)
                if before:
                    client.sendall(before)
                    assert reader.response()[0] == 200
                try:
                    client.sendall(data)
                except ConnectionError:
                    pass
                response = reader.response()
                assert response[0] == status and code(response) and response[1]["connection"] == "close", (data[:40], response)
                reader.ends()


def names(running):
    """The server is known by addresses, names that cannot be registered, its own and those that are allowed."""
    port = running.port
    for host, status in (("127.0.0.1", 200), (f"localhost:{port}", 200), (f"192.168.7.7:{port}", 200), ("[::1]", 200), ("omni", 200),
                         ("talk.example", 200), ("evil.example", 403), (f"evil.example:{port}", 403), ("127.0.0.1.evil.example", 403)):
        for path in ("/healthz", "/", "/metrics", "/v1/models", "/readyz"):
            response = ask(running, head(f"GET {path}", host=host))
            assert response[0] == status, (host, path, response)
            assert status == 200 or code(response) == "host_not_allowed"
        assert ask(running, head("GET /nothing", host=host))[0] == (404 if status == 200 else 403)
    assert requests.get(running.url + "/%1b%5b2J").status_code == 404


def methods(running):
    """HEAD wherever there is GET, and what browsers ask beforehand for OpenAI's clients."""
    for path in ("/healthz", "/readyz", "/metrics", "/", "/v1/models", "/v1/models/omni"):
        with dial(running) as client:
            reader = Reader(client)
            for method in ("GET", "HEAD", "GET"):
                client.sendall(head(f"{method} {path}"))
                status, fields, _ = reader.response(method == "GET")
                assert status == 200 and (int(fields["content-length"]) > 0 or path == "/"), (method, path, fields)
    asked = "authorization,content-type,x-stainless-os,x-stainless-retry-count,openai-organization,x-anything"
    response = requests.options(running.url + "/v1/audio/transcriptions", headers={
        "origin": "https://page.example", "access-control-request-method": "POST", "access-control-request-headers": asked})
    allowed = {name.strip() for name in response.headers["access-control-allow-headers"].lower().split(",")}
    assert response.status_code == 204 and set(asked.split(",")) <= allowed, response.headers
    for disposition in ('name="file"; filename="a;b.wav"', 'filename="name=\\"x\\"; "; name="file"', "filename=a.wav;name=file",
                        'name="file";\r\n filename="a.wav"'):
        form = b"--b\r\nContent-Disposition: form-data; " + disposition.encode() + b"\r\n\r\n" + recording("what-is-your-name") + b"\r\n--b--"
        response = requests.post(running.url + "/v1/audio/transcriptions", data=form, headers={"content-type": 'multipart/form-data; x="a;b"; boundary="b"'})
        assert response.json()["text"] == "What is your name?", (disposition, response.text)


def slow(running):
    """A client that sends a head or a body too slowly is disconnected; one that sends slowly but steadily is not."""
    late, steady = dial(running, timeout=60), dial(running, timeout=60)
    late.sendall(head("POST /chat", "Content-Length: 1000") + b"{")
    body = json.dumps({"input": "Who are you?", "response_format": "pcm"}).encode().ljust(120_000)
    steady.sendall(head("POST /v1/audio/speech", f"Content-Length: {len(body)}"))
    start = time.monotonic()
    for place in range(0, len(body), 8000):
        steady.sendall(body[place : place + 8000])
        if place % 24000 == 0 and time.monotonic() - start < 9: late.sendall(b" ")
        time.sleep(0.8)
    assert time.monotonic() - start > 11
    assert Reader(steady).response()[0] == 200
    reader = Reader(late)
    response = reader.response()
    assert response[0] == 408 and time.monotonic() - start < 30, response
    reader.ends()
    with dial(running) as client:
        client.sendall(b"GET /healthz HTT")
        reader, start = Reader(client), time.monotonic()
        reader.ends()
        assert 2 < time.monotonic() - start < 15


def cpu(running):
    with open(f"/proc/{running.process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def gone(running):
    """Work stops when the client has gone: a long transcription costs a part of what it costs to its end."""
    wav = recording("can-you-tell-me-a-joke")
    pcm = wav[44:]
    pcm = (pcm * (180 * 16000 * 2 // len(pcm) + 1))[: 180 * 16000 * 2]
    long = wav[:4] + (36 + len(pcm)).to_bytes(4, "little") + wav[8:40] + len(pcm).to_bytes(4, "little") + pcm
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n' + long + b"\r\n--b--\r\n"
    request = head("POST /v1/audio/transcriptions", f"Content-Length: {len(form)}", "Content-Type: multipart/form-data; boundary=b") + form
    # The machine does its best work when it did some before.
    ask(running, request)
    before = cpu(running)
    assert ask(running, request)[0] == 200
    whole, before = cpu(running) - before, cpu(running)
    with dial(running) as client:
        client.sendall(request)
        until(lambda: gauges(running)["omni_replies_writing"] + gauges(running)["omni_replies_prefilling"] > 0, what="a transcription")
    names = ["omni_replies_prefilling", "omni_replies_writing", "omni_requests_open"]
    until(lambda: not any(gauges(running)[name] for name in names), 10, "the end of the work")
    time.sleep(1)
    left = cpu(running) - before
    print(f"connections: a transcription of 180 s takes {whole:.2f} s of the processor, {left:.2f} s when its client goes")
    assert left < 0.6 * whole, (left, whole)


def crowded(running):
    """Over the limit of connections only the server's health can be asked for, and that at any time."""
    silent = [dial(running) for _ in range(120)]
    for _ in range(5):
        start = time.monotonic()
        assert requests.get(running.url + "/healthz", timeout=10).text == "ok\n" and time.monotonic() - start < 1
    try:
        assert requests.get(running.url + "/v1/models", timeout=10).status_code == 503
    finally:
        for client in silent: client.close()
    until(lambda: ask(running, head("GET /v1/models"))[0] == 200, what="room")


def proxied(running):
    """Behind a proxy that the server trusts, each client has its own limits."""
    codes = [requests.get(running.url + "/v1/models", headers={"x-forwarded-for": f"192.0.2.{client}"}).status_code for client in (1, 1, 1, 2)]
    assert codes == [200, 200, 429, 200], codes


def main():
    with server("--maximum-requests-per-minute", "100000", "--allow-host", "talk.example", "--allow-origin", "https://page.example",
                "--idle-seconds", "20") as running:
        for check in (upgrades, leaving, old, nonsense, names, methods, slow, gone):
            check(running)
            print(f"connections: {check.__name__}")
    with server("--api-key", "secret") as running:
        refusals(running)
    with server("--api-key", "secret", "--public-pages") as running:
        assert requests.get(running.url + "/").status_code == requests.get(running.url + "/metrics").status_code == 200
    with server("--maximum-sockets", "100") as running:
        crowded(running)
    with server("--maximum-requests-per-minute", "2", "--trusted-proxy", "127.0.0.1") as running:
        proxied(running)
    print("connections: refusals, pages behind the key, a crowd, a proxy")


main()
