"""Random bytes and random events: the server neither crashes nor grows, and forgets who was there. `python fuzz.py [seconds] [seed]`"""
import base64, json, random, socket, sys, threading, time

import requests
from serving import LIMIT, gauges, limit, recording, samples, server, until
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

AUDIO = base64.b64encode(recording("what-is-your-name")).decode()
PCM = samples("what-is-your-name").tobytes()
METHODS = ["GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "\x00", "get", "G" * 300]
PATHS = ["/", "/chat", "/chat?format=multipart", "/v1/models", "/v1/models/x", "/v1/audio/transcriptions",
         "/v1/audio/speech", "/v1/realtime", "/metrics", "/healthz", "/readyz", "/%00", "/../..", "*", "//", "/?" + "a" * 5000]


def value(rng, depth=0):
    kind = rng.randrange(9 if depth < 3 else 6)
    if kind == 0: return None
    if kind == 1: return rng.choice([True, False])
    if kind == 2: return rng.choice([0, -1, 1, 24000, 2**31, 2**63, -2**63, 10**30])
    if kind == 3: return rng.choice([0.5, -1e308, 1e308, 1e-320])
    if kind == 4: return rng.choice(["", "audio/pcm", "server_vad", "user", "message", "input_text", "inf", "item_1", "\0", "é" * 50])
    if kind == 5: return base64.b64encode(rng.randbytes(rng.randrange(200))).decode()
    if kind == 6: return [value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {rng.choice(NAMES): value(rng, depth + 1) for _ in range(rng.randrange(5))}


NAMES = ["type", "session", "audio", "input", "output", "format", "rate", "turn_detection", "transcription", "item", "item_id",
         "content", "content_index", "audio_end_ms", "role", "text", "id", "previous_item_id", "response", "response_id",
         "output_modalities", "max_output_tokens", "threshold", "silence_duration_ms", "event_id", "tools", "conversation"]
TYPES = ["session.update", "input_audio_buffer.append", "input_audio_buffer.commit", "input_audio_buffer.clear",
         "conversation.item.create", "conversation.item.truncate", "conversation.item.delete", "conversation.item.retrieve",
         "response.create", "response.cancel", "nothing"]
SENSE = [
    {"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"turn_detection": None}}}},
    {"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}},
    {"type": "input_audio_buffer.append", "audio": base64.b64encode(PCM[:48000]).decode()},
    {"type": "input_audio_buffer.commit"}, {"type": "response.create"}, {"type": "response.cancel"},
    {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Who are you?"}]}},
]


def mutate(rng, data):
    data = bytearray(data)
    for _ in range(rng.randrange(1, 6)):
        place = rng.randrange(len(data) + 1)
        match rng.randrange(3):
            case 0: data[place:place] = rng.randbytes(rng.randrange(1, 20))
            case 1: del data[place : place + rng.randrange(1, 50)]
            case 2: data[place : place + 1] = bytes([rng.randrange(256)])
    return bytes(data)


def http(rng, running):
    body = rng.choice([
        b"", rng.randbytes(rng.randrange(500)), json.dumps(value(rng)).encode(),
        json.dumps({"audio": base64.b64encode(mutate(rng, recording("what-is-your-name")[:20000])).decode()}).encode(),
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n" + mutate(rng, recording("what-is-your-name")[:8000]) + b"\r\n--b--\r\n",
        json.dumps({"input": "Who are you?", "voice": "a", "model": "b", "response_format": rng.choice(["pcm", "mp3", 5])}).encode()])
    head = [f"{rng.choice(METHODS)} {rng.choice(PATHS)} HTTP/1.1", "Host: a",
            f"Content-Type: {rng.choice(['application/json', 'multipart/form-data; boundary=b', 'multipart/form-data', ''])}"]
    head.append(rng.choice([f"Content-Length: {len(body)}", "Transfer-Encoding: chunked", "Content-Length: -1", "Content-Length: 99999999999999999999", ""]))
    if rng.random() < 0.2:
        head += ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + rng.choice(["dGhlIHNhbXBsZSBub25jZQ==", "", "x"])]
    data = "\r\n".join(head).encode("latin-1", "replace") + b"\r\n\r\n" + body
    if rng.random() < 0.3: data = mutate(rng, data)
    with socket.create_connection((running.host, running.port), timeout=3) as client:
        client.settimeout(0.5)
        try:
            client.sendall(data)
            client.recv(65536)
        except OSError:
            pass


def websocket(rng, running):
    try:
        with connect(f"ws://{running.host}:{running.port}/v1/realtime", open_timeout=20, close_timeout=2, max_size=None) as client:
            for _ in range(rng.randrange(1, 40)):
                match rng.randrange(6):
                    case 0: client.send(mutate(rng, json.dumps(rng.choice(SENSE)).encode()).decode("latin-1"))
                    case 1: client.send(json.dumps({"type": rng.choice(TYPES), **{n: value(rng) for n in rng.sample(NAMES[1:], 3)}}))
                    case 2: client.send(json.dumps(value(rng)))
                    case 3 if rng.random() < 0.05: client.send(rng.randbytes(20))
                    case 4 if rng.random() < 0.05: client.socket.sendall(rng.randbytes(30))
                    case _: client.send(json.dumps(rng.choice(SENSE)))
                if rng.random() < 0.3:
                    try: client.recv(timeout=0.05)
                    except TimeoutError: pass
    except (ConnectionClosed, OSError, TimeoutError):
        pass


# What exists only while a client is connected: all zero when the last has disconnected.
PRESENT = ["omni_requests_open", "omni_realtime_connections", "omni_replies_prefilling", "omni_replies_speaking", "omni_replies_writing",
           "descriptors"]


def present(running, descriptors):
    """How many requests, conversations, answers and open files there are, the last beyond those of an idle server."""
    now = gauges(running)
    now["descriptors"] = max(running.descriptors() - descriptors, 0)
    return {name: int(now[name]) for name in PRESENT if now[name]}


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    LIMIT.cancel()
    limit(seconds + 300)
    print(f"fuzz: {seconds:.0f} s from seed {seed}")
    counts = [0, 0]
    with server("--maximum-requests-per-minute", "1000000", "--maximum-per-client", "1000", "--idle-seconds", "10") as running:
        until(lambda: gauges(running)["omni_requests_open"] == 0)
        # Some come with the first conversation and stay; some belong to connections that ask, or are just being closed.
        descriptors = running.descriptors() + 16
        end, sizes, most = time.monotonic() + seconds, [], {}

        def work(kind, number):
            rng = random.Random(seed * 100 + 10 * kind + number)
            while time.monotonic() < end:
                (http if kind == 0 else websocket)(rng, running)
                counts[kind] += 1

        threads = [threading.Thread(target=work, args=(kind, number), daemon=True) for kind in (0, 1) for number in (0, 1)]
        for thread in threads: thread.start()
        while any(thread.is_alive() for thread in threads):
            time.sleep(min(2, seconds / 20))
            assert running.process.poll() is None, f"the server has ended with status {running.process.returncode}"
            sizes.append(running.memory() / 2**20)
            for name, value in present(running, descriptors).items(): most[name] = max(most.get(name, 0), value)
        until(lambda: not present(running, descriptors), 90, "the last client's state to be released")
        # From half of the time on nothing should grow; before, caches and the allocator find their size.
        third = max(len(sizes) // 3, 1)
        middle, last = sorted(sizes[third : 2 * third])[third // 2], sorted(sizes[-third:])[third // 2]
        print(f"fuzz: {counts[0]} requests, {counts[1]} conversations; at most {most}, none left at the end; "
              f"{middle:.1f} MiB in the second third, {last:.1f} MiB in the last")
        assert last < middle + 32, sizes
        answer = requests.post(running.url + "/chat", json={"audio": AUDIO}, timeout=60)
        assert answer.status_code == 200 and len(answer.content) > 24000


main()
