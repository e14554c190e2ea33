"""HTTP/1.1 written and read byte for byte, on loopback."""

import socket


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Response:
    """A response as it came: its status, its header lines in order, and its body."""

    def __init__(self, status, lines, body):
        self.status, self.lines, self.body = status, lines, body

    def all(self, name):
        return [value for line, value in self.lines if line.lower() == name.lower()]

    def one(self, name):
        """The value of the only line of this name, None if there is none; two are an error."""
        values = self.all(name)
        assert len(values) <= 1, f"{len(values)} lines of {name}: {values}"
        return values[0] if values else None

    @property
    def vary(self):
        """The names in all lines of Vary, in lower case."""
        names = ",".join(self.all("vary")).split(",")
        return [name.strip().lower() for name in names if name.strip()]

    @property
    def cors(self):
        """The CORS headers, by name in lower case."""
        return {
            name.lower(): self.one(name) for name, _ in self.lines if name.lower().startswith("access-control-")
        }

    def __repr__(self):
        return f"{self.status} {self.lines} {self.body[:200]!r}"


def answers(port):
    """Whether somebody takes connections there."""
    try:
        Connection(port, timeout=1).socket.close()
        return True
    except OSError:
        return False


def request_bytes(method, path, headers=(), body=b"", host="api.example"):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class Connection:
    """A connection that sends bytes and reads responses, one after the other."""

    def __init__(self, port, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def receive(self, method="GET"):
        while b"\r\n\r\n" not in self.rest:
            self.more()
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split(" ")[1])
        pairs = [line.partition(":")[::2] for line in lines]
        response = Response(status, [(name, value.strip(" \t")) for name, value in pairs], b"")
        if method == "HEAD" or status in (204, 304) or 100 <= status < 200:
            return response
        length = response.one("content-length")
        if length is not None:
            response.body = self.take(int(length))
        elif response.one("transfer-encoding") == "chunked":
            while size := int(self.take_line().split(b";")[0], 16):
                response.body += self.take(size)
                self.take_line()
            while self.take_line():
                pass
        else:
            while data := self.socket.recv(65536):
                self.rest += data
            response.body, self.rest = self.rest, b""
        return response

    def take(self, length):
        while len(self.rest) < length:
            self.more()
        taken, self.rest = self.rest[:length], self.rest[length:]
        return taken

    def take_line(self):
        while b"\r\n" not in self.rest:
            self.more()
        line, self.rest = self.rest.split(b"\r\n", 1)
        return line

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the connection ended early")
        self.rest += data


def ask(port, method, path, *headers, body=b"", host="api.example"):
    """One request on a connection of its own; headers are pairs."""
    with Connection(port) as connection:
        lines = [*headers, ("Connection", "close")]
        connection.send(request_bytes(method, path, lines, body, host))
        return connection.receive(method)


def preflight(port, path, origin="https://app.example", method="PUT", names=None):
    """The preflight that a browser sends."""
    headers = [("Origin", origin), ("Access-Control-Request-Method", method)]
    if names is not None:
        headers.append(("Access-Control-Request-Headers", names))
    return ask(port, "OPTIONS", path, *headers)
