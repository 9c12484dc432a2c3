"""HTTP and WebSocket by the byte, for clients that do what libraries do not let them do."""
import base64, os, socket, struct


def dial(running, source=None, timeout=20):
    """A connection, from an address of this machine's choice."""
    return socket.create_connection((running.host, running.port), timeout, (source, 0) if source else None)


def head(request, *fields, host="127.0.0.1"):
    return "\r\n".join([f"{request} HTTP/1.1", f"Host: {host}", *fields, "", ""]).encode()


class Reader:
    """What comes over a connection."""

    def __init__(self, client):
        self.client, self.data = client, b""

    def take(self, count):
        while len(self.data) < count:
            piece = self.client.recv(65536)
            if not piece:
                raise EOFError(self.data)
            self.data += piece
        result, self.data = self.data[:count], self.data[count:]
        return result

    def response(self, body=True):
        """Status, header fields in lower case, and a body of known length."""
        while b"\r\n\r\n" not in self.data:
            piece = self.client.recv(65536)
            if not piece:
                raise EOFError(self.data)
            self.data += piece
        text, self.data = self.data.split(b"\r\n\r\n", 1)
        first, *lines = text.decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        length = int(fields.get("content-length", 0)) if body else 0
        return int(first.split()[1]), fields, self.take(length)

    def frame(self):
        """Kind and content of a WebSocket's frame."""
        first, length = self.take(2)
        if length == 126: (length,) = struct.unpack(">H", self.take(2))
        elif length == 127: (length,) = struct.unpack(">Q", self.take(8))
        return first & 15, self.take(length)

    def ends(self):
        """Reads on until the other side closes."""
        try:
            while self.client.recv(65536): pass
        except ConnectionResetError:
            pass


def upgrade(path="/v1/realtime", *fields, version="13", key=None, method="GET"):
    return head(f"{method} {path}", "Connection: Upgrade", "Upgrade: websocket", f"Sec-WebSocket-Version: {version}",
                f"Sec-WebSocket-Key: {key or base64.b64encode(os.urandom(16)).decode()}", *fields)


def frame(opcode, payload=b"", final=True, reserved=0, masked=True):
    first, mask = (0x80 if final else 0) | reserved << 4 | opcode, 0x80 if masked else 0
    if len(payload) < 126: start = bytes([first, mask | len(payload)])
    elif len(payload) < 65536: start = bytes([first, mask | 126]) + struct.pack(">H", len(payload))
    else: start = bytes([first, mask | 127]) + struct.pack(">Q", len(payload))
    # A mask of zeros leaves the payload as it is.
    return start + (bytes(4) if masked else b"") + payload


def websocket(running, *fields, source=None, timeout=20):
    """A WebSocket: the connection, and what comes over it."""
    client = dial(running, source, timeout)
    client.sendall(upgrade("/v1/realtime", *fields))
    reader = Reader(client)
    status, _, body = reader.response()
    if status != 101:
        client.close()
        raise ConnectionRefusedError(status, body)
    return client, reader
