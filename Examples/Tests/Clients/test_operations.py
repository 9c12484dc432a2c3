"""Health, metrics, draining, TLS, and what happens when there is no room."""
import base64, json, pathlib, re, signal, socket, subprocess, tempfile, threading, time

import requests
from serving import Server, exposition, gauges, recording, server, until
from wire import dial, head, websocket

AUDIO = base64.b64encode(recording("can-you-tell-me-a-joke")).decode()


def pages(running):
    assert requests.get(running.url + "/healthz").text == "ok\n" and requests.get(running.url + "/readyz").text == "ready\n"
    page = requests.get(running.url + "/")
    assert page.headers["content-type"].startswith("text/html") and "default-src 'none'" in page.headers["content-security-policy"]
    requests.post(running.url + "/chat", json={"audio": AUDIO})
    metrics = requests.get(running.url + "/metrics").text
    for line in ('omni_replies_total{ending="completed",mode="a1a2-batch"} 1.0', "omni_time_to_first_audio_seconds_count 1",
                 "# TYPE omni_encoding_seconds histogram", "omni_replies_refused_total 0.0", "omni_load_ratio 0.0"):
        assert line in metrics, (line, metrics)
    assert exposition(metrics)["omni_steps_total"] > 0


def counts(running):
    """Requests are counted by what their clients got. One that leaves is told apart from what the server could not do."""
    def requests_of(method, status, route):
        return gauges(running).get(f'hb_requests{{http_request_method="{method}",http_response_status_code="{status}",http_route="{route}"}}')

    assert requests.get(running.url + "/nothing").status_code == 404
    other = requests.get(running.url + "/chat")
    assert (other.status_code, other.headers["allow"], other.json()["error"]["code"]) == (405, "POST", "method_not_allowed")
    until(lambda: requests_of("GET", 404, "NotFound") == 1 and requests_of("GET", 405, "/chat") == 1, 5, "counting")
    body = json.dumps({"input": "Can you tell me a joke?"}).encode()
    with dial(running) as client:
        client.sendall(head("POST /v1/audio/speech", f"Content-Length: {len(body)}") + body)
        client.shutdown(socket.SHUT_WR)
        until(lambda: requests_of("POST", 499, "/v1/audio/speech") == 1, 10, "counting a client that left")
    client, reader = websocket(running)
    with client:
        reader.frame()
    until(lambda: requests_of("GET", 101, "/v1/realtime") == 1, 5, "the end of a WebSocket")
    errors = {name: value for name, value in gauges(running).items() if name.startswith("hb_request_errors")}
    assert {re.search('error_type="([0-9]+)"', name)[1]: value for name, value in errors.items()} == {"404": 1, "405": 1, "499": 1}, errors


def full(running):
    """With room for one answer at once, others are told when to come again."""
    codes = []

    def ask():
        response = requests.post(running.url + "/chat", json={"audio": AUDIO})
        codes.append(response.status_code)
        if response.status_code == 503:
            assert int(response.headers["retry-after"]) >= 1 and response.json()["error"]["code"] == "server_full"

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert set(codes) == {200, 503}, codes


def draining():
    """SIGTERM: an answer under way comes to its end, new clients are refused, the process ends in order."""
    running = Server()
    with requests.post(running.url + "/chat", json={"audio": AUDIO}, stream=True) as response:
        pieces = response.iter_content(chunk_size=4096)
        count = len(next(pieces))
        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        try:
            assert requests.get(running.url + "/readyz").status_code == 503
        except requests.ConnectionError:
            pass
        count += sum(map(len, pieces))
    assert count > 48000, count
    assert running.process.wait(60) == 0


def second_start():
    """What the first start has measured, the second one knows; a damaged file is measured anew."""
    def start(folder):
        with tempfile.TemporaryFile("w+") as log:
            with server("--log-level", "info", environment={"XDG_CACHE_HOME": folder}, stderr=log) as running:
                assert gauges(running)["omni_load_with_one_more_ratio"] > 0
            log.seek(0)
            return log.read()

    with tempfile.TemporaryDirectory() as folder:
        assert "speed measured" in start(folder)
        assert "speed known from an earlier start" in start(folder)
        file = pathlib.Path(folder) / "omni" / "capacity.json"
        file.write_text(file.read_text()[:-9])
        assert "speed measured" in start(folder)
        file.unlink()
        file.parent.rmdir()
        file.parent.write_text("in the way")
        log = start(folder)
        assert "speed measured" in log and "speed not kept" in log, log


def traces():
    """A trace that the client began is gone on with, down to each stage of the answer; lines as OpenTelemetry's collector reads them."""
    trace, parent = "0a" * 16, "b1" * 8
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "traces.jsonl"
        with server(environment={"OMNI_TRACE_FILE": str(file)}) as running:
            requests.post(running.url + "/chat", json={"audio": AUDIO}, timeout=60, headers={"traceparent": f"00-{trace}-{parent}-01"})
            requests.post(running.url + "/chat", json={"audio": AUDIO}, timeout=60, headers={"traceparent": f"00-{trace}-{parent}-00"})
        spans = [json.loads(line)["resourceSpans"][0]["scopeSpans"][0]["spans"][0] for line in file.read_text().splitlines()]
        ours = {span["name"]: span for span in spans if span["traceId"] == trace}
        assert set(ours) == {"/chat", "reply", "wait", "resample", "encode", "prefill", "generate"}, ours.keys()
        assert len(ours) == len(spans), "what is not to be recorded was"
        assert ours["/chat"]["parentSpanId"] == parent and ours["/chat"]["kind"] == 2
        assert ours["reply"]["parentSpanId"] == ours["/chat"]["spanId"]
        stages = [ours[name] for name in ("wait", "resample", "encode", "prefill", "generate")]
        assert all(stage["parentSpanId"] == ours["reply"]["spanId"] for stage in stages)
        times = [int(stage[f"{end}TimeUnixNano"]) for stage in stages for end in ("start", "end")]
        assert times == sorted(times) and int(ours["reply"]["startTimeUnixNano"]) <= times[0]
        assert [event["name"] for event in ours["generate"]["events"]] == ["first text", "first audio"]


def tls():
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = (str(pathlib.Path(folder) / name) for name in ("key.pem", "cert.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate], check=True, capture_output=True)
        with server("--tls-cert", certificate, "--tls-key", key) as running:
            assert running.url.startswith("https://")
            response = requests.post(running.url + "/chat", json={"audio": AUDIO}, verify=certificate)
            assert response.status_code == 200 and len(response.content) > 48000
            import ssl
            from websockets.sync.client import connect
            with connect(running.url.replace("https", "wss") + "/v1/realtime", ssl=ssl.create_default_context(cafile=certificate)) as client:
                assert "session.created" in client.recv()


def main():
    with server("--maximum-requests-per-minute", "10000") as running:
        pages(running)
        print("operations: pages")
        counts(running)
    print("operations: counts")
    with server("--maximum-requests-per-minute", "10000", environment={"OMNI_MAXIMUM_CONVERSATIONS": "1"}) as running:
        full(running)
    print("operations: full")
    draining()
    print("operations: draining")
    second_start()
    print("operations: second start")
    traces()
    print("operations: traces")
    tls()
    print("operations: TLS")


main()
