"""A hub on this machine for `omni pull` and `huggingface_hub`: model info, trees, files of Git, files of Git LFS behind a
redirect to another host name, ranges. `Hub(repositories)` starts it; `hub.fault` decides what goes wrong."""
import hashlib, http.server, json, ssl, sys, threading, urllib.parse


class File:
    def __init__(self, content, lfs=True):
        self.content, self.lfs = content, lfs
        self.blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.etag = self.sha256 if lfs else self.blob


class Repository:
    def __init__(self, files, commit="a" * 40):
        self.files, self.commit = files, commit


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        # Clients are killed and interrupted on purpose.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, address)


class Hub:
    def __init__(self, repositories, certificate=None):
        self.repositories, self.requests = repositories, []
        # Called with a handler before each reply; what it returns true for it has answered itself.
        self.fault = lambda handler: False
        # So many bytes of a large file, then nothing more; None for all.
        self.stall = None
        self.server = Server(("127.0.0.1", 0), self.handler())
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            scheme = "https"
        self.port = self.server.server_address[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self.store = f"{scheme}://localhost:{self.port}/store/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def handler(hub):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_HEAD(self):
                self.respond(False)

            def do_GET(self):
                self.respond(True)

            def respond(self, with_body):
                self.with_body = with_body
                self.address = urllib.parse.urlsplit(self.path)
                # What huggingface_hub asks about itself is no question about a model.
                if self.address.path != "/api/agent-harnesses":
                    hub.requests.append((self.command, self.path, dict(self.headers)))
                if not hub.fault(self):
                    self.route([urllib.parse.unquote(part) for part in self.address.path.strip("/").split("/")])

            def route(self, parts):
                if parts[:2] == ["api", "models"] and len(parts) >= 4:
                    repository = hub.repositories.get("/".join(parts[2:4]))
                    if repository is None:
                        return self.send(401, {"X-Error-Code": "RepoNotFound"})
                    revision = parts[5] if len(parts) > 5 else "main"
                    if revision not in ("main", repository.commit):
                        return self.send(404, {"X-Error-Code": "RevisionNotFound"})
                    return self.send_json(self.tree(repository) if "tree" in parts else self.info(parts, repository))
                if len(parts) >= 5 and parts[2] == "resolve":
                    return self.resolve(hub.repositories.get("/".join(parts[:2])), "/".join(parts[4:]))
                if parts[0] == "store":
                    files = (file for repository in hub.repositories.values() for file in repository.files.values())
                    file = next((file for file in files if file.sha256 == parts[1]), None)
                    return self.send_file(file, '"of-the-store"') if file else self.send(404)
                self.send(404)

            def info(self, parts, repository):
                siblings = []
                for path, file in sorted(repository.files.items()):
                    sibling = {"rfilename": path}
                    if "blobs" in self.address.query:
                        sibling |= {"size": len(file.content), "blobId": file.blob}
                        if file.lfs:
                            sibling["lfs"] = {"sha256": file.sha256, "size": len(file.content), "pointerSize": 134}
                    siblings.append(sibling)
                return {"id": "/".join(parts[2:4]), "sha": repository.commit, "siblings": siblings, "private": False,
                        "tags": [], "downloads": 0, "likes": 0}

            def tree(self, repository):
                entries = []
                for path, file in sorted(repository.files.items()):
                    entry = {"type": "file", "path": path, "size": len(file.content), "oid": file.blob}
                    if file.lfs:
                        entry["lfs"] = {"oid": file.sha256, "size": len(file.content), "pointerSize": 134}
                    entries.append(entry)
                return entries

            def resolve(self, repository, path):
                if repository is None:
                    return self.send(401, {"X-Error-Code": "RepoNotFound"})
                file = repository.files.get(path)
                if file is None:
                    return self.send(404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": repository.commit})
                headers = {"X-Repo-Commit": repository.commit}
                if not file.lfs:
                    return self.send_file(file, f'"{file.etag}"', headers)
                headers |= {"X-Linked-Etag": f'"{file.etag}"', "X-Linked-Size": str(len(file.content)),
                            "ETag": '"pointer"', "Location": hub.store + file.sha256 + "?Signature=secret"}
                self.send(302, headers, b"Found")

            def send_file(self, file, etag, headers={}):
                start, end = 0, len(file.content)
                if "Range" in self.headers:
                    text = self.headers["Range"].removeprefix("bytes=").split("-")
                    start = int(text[0])
                    if start >= end:
                        return self.send(416, {"Content-Range": f"bytes */{end}"})
                    headers = {**headers, "Content-Range": f"bytes {start}-{end - 1}/{end}"}
                self.send(206 if start else 200, {**headers, "ETag": etag}, file.content[start:])

            def send_json(self, value):
                self.send(200, {"Content-Type": "application/json"}, json.dumps(value).encode())

            def send(self, status, headers={}, body=b""):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if not self.with_body:
                    return
                try:
                    if hub.stall and "/store/" in self.path:
                        self.wfile.write(body[:hub.stall])
                        self.rfile.read(1)  # until the other side is gone
                        self.close_connection = True
                    else:
                        self.wfile.write(body)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

        return Handler
