"""An application behind nginx that answers what the path says, and nothing else of its own.

    /status/500                   that status
    /header?NAME=VALUE&NAME=...   200 with these header lines, percent-encoded
    /close                        no response at all
    /slow                         none for 10 seconds
    /held                         200 once `release` is set
    /seen                         200 with the request's head as the body
"""

import socket
import threading
import time
import urllib.parse


class Upstream:
    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        # How many came.
        self.requests = 0
        self.release = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    data = connection.recv(65536)
                    if not data:
                        return
                    head += data
                answer = self.answer(head)
                if answer:
                    connection.sendall(answer)
            except OSError:
                pass

    def answer(self, head):
        line = head.split(b"\r\n", 1)[0].decode("latin-1")
        self.requests += 1
        method, path, _ = line.split(" ")
        path, _, query = path.partition("?")
        _, kind, *rest = path.split("/", 2)
        if kind == "close":
            return None
        if kind == "slow":
            time.sleep(10)
            return None
        if kind == "held":
            self.release.wait(60)
        status = int(rest[0]) if kind == "status" else 200
        lines = urllib.parse.parse_qsl(query, keep_blank_values=True) if kind == "header" else []
        body = head if kind == "seen" else b"upstream\n"
        out = [f"HTTP/1.1 {status} Whatever", "Connection: close", "X-Request-Id: 7"]
        out += [f"{name}: {value}" for name, value in lines]
        if status == 101 or status in (204, 304) or method == "HEAD":
            body = b""
        else:
            out.append(f"Content-Length: {len(body)}")
        return "\r\n".join(out).encode("latin-1") + b"\r\n\r\n" + body

    def stop(self):
        self.listener.close()
