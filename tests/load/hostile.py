"""Hostile requests, and what a server with a policy must not do when it gets them.

The policy lets in https://app.example, and its subdomains or none. The requests: 64 KiB headers, thousands of names in
Access-Control-Request-Headers, odd methods, many and broken origins, pipelines, broken bodies, and connections that
are given up at any byte.
"""

import argparse
import collections
import pathlib
import random
import re
import socket
import statistics
import struct
import threading
import time

from wire import Connection, preflight, request_bytes

APP = "https://app.example"
ALLOWED = re.compile(r"https://(([a-z0-9-]+\.)+)?app\.example")
NAME = b"abcdefghijklmnopqrstuvwxyz-"

THREADS = 4
# Enough for any machine; a soak ends by time.
MOST_CONNECTIONS = 2_000_000


def parsed_arguments(description, add=lambda parser: None, arguments=None):
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("seconds", type=float, nargs="?", default=600)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    add(parser)
    return parser.parse_args(arguments)


class Soak:
    """The server at a port, asked for these paths. `quick_paths` answer at once, and preflights by the policy;
    `failures` are statuses that no answer may have."""

    def __init__(self, port, paths, quick_paths, seed, more_kinds=(), failures=()):
        self.port, self.paths, self.quick_paths, self.seed = port, paths, quick_paths, seed
        self.failures = failures
        self.kinds = [headers, names, methods, origins, pipeline, bodies, give_up, good, *more_kinds]
        self.over = threading.Event()
        self.counts = collections.Counter()
        self.statuses = collections.Counter()
        self.wrong = []
        self.memory = []

    def fail(self, text):
        self.wrong.append(text)
        self.over.set()

    def run(self, seconds, processes):
        """Asks for so long. `processes` gives the server's, and says by an error that one has ended."""
        threads = [threading.Thread(target=self.work, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        begin = time.monotonic()
        try:
            while time.monotonic() - begin < seconds and not self.over.wait(min(0.5, seconds / 40)):
                self.memory.append(resident(processes()))
        except (OSError, RuntimeError) as error:
            self.fail(f"a process of the server ended: {error}")
        finally:
            self.over.set()
            for thread in threads:
                thread.join()

    def work(self, number):
        rng = random.Random(self.seed * 1000 + number)
        for _ in range(MOST_CONNECTIONS // THREADS):
            if self.over.is_set():
                return
            kind = rng.choice(self.kinds)
            try:
                kind(self, rng)
            except OSError:
                # A server may hang up on what it cannot read.
                self.counts["hung up"] += 1
            except Exception as error:  # noqa: BLE001
                self.fail(f"{kind.__name__}: {error!r}")
            self.counts[kind.__name__] += 1

    def one(self, rng):
        return rng.choice(self.paths)

    def exchange(self, data, sent):
        """Sends bytes and judges what comes back. `sent` are the values of Origin in them."""
        with Connection(self.port, timeout=5) as connection:
            connection.send(data)
            self.judge(connection.receive(), sent)

    def judge(self, response, sent):
        """One line at most, for an origin that is allowed and that the connection spoke of."""
        self.statuses[response.status] += 1
        if response.status in self.failures:
            self.fail(f"failed: {response}")
        values = response.all("access-control-allow-origin")
        if values and (len(values) > 1 or values[0] not in sent or not ALLOWED.fullmatch(values[0])):
            self.fail(f"let in: {values} of {sent[:5]}: {response}")

    def report(self, title, judges_memory=True):
        """Says what happened, and ends the program if something was wrong."""
        quarter = max(1, len(self.memory) // 4)
        quarters = [statistics.median(self.memory[start:start + quarter]) for start in range(0, quarter * 4, quarter)
                    if self.memory[start:start + quarter]]
        print(f"soak of {title}, seed {self.seed}: {sum(self.counts.values())} connections")
        print("  " + ", ".join(f"{count} {kind}" for kind, count in sorted(self.counts.items())))
        print("  answers: " + ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items())))
        print("  memory by quarter: " + ", ".join(f"{value / 1024:.1f}" for value in quarters) + " MiB")
        # The first quarter fills caches and free lists. A leak of 10 bytes for each request would show.
        if judges_memory and len(quarters) == 4 and quarters[3] > quarters[1] * 1.05 + 1024:
            self.fail("memory grew")
        for line in self.wrong:
            print(f"  wrong: {line}")
        if self.wrong:
            raise SystemExit(1)


def noise(rng, length):
    """Bytes that may stand in a header's value."""
    return bytes(rng.choice(b"\t !#%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~\x80\xff") for _ in range(length)).decode("latin-1")


def headers(soak, rng):
    name = rng.choice(["Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method", "X-A", "Cookie"])
    lines = [("Origin", APP), (name, "a" * rng.choice([15_000, 16_384, 65_536]))]
    if rng.random() < 0.5:
        lines += [(f"X-{number}", "b" * 1000) for number in range(rng.choice([3, 60]))]
    rng.shuffle(lines)
    soak.exchange(request_bytes(rng.choice(["GET", "OPTIONS"]), soak.one(rng), lines), [APP])


def names(soak, rng):
    count = rng.choice([10, 1000, 5000])
    separator = rng.choice([",", ", ", ",,", ",\t ", " ,"])
    elements = ["".join(chr(rng.choice(NAME)) for _ in range(rng.randrange(1, 4))) for _ in range(count)]
    lines = [("Origin", APP), ("Access-Control-Request-Method", "PUT")]
    while elements:
        lines.append(("Access-Control-Request-Headers", separator.join(elements[:2000])))
        elements = elements[2000:]
    soak.exchange(request_bytes("OPTIONS", soak.one(rng), lines), [APP])


def methods(soak, rng):
    method = rng.choice(["options", "OPTIONSX", "OPTION", "TRACE", "CONNECT", "PRI", "*", "A" * 3000, "P~T", "QUERY", "get"])
    lines = [("Origin", APP), ("Access-Control-Request-Method", rng.choice([method, "PUT", noise(rng, 20), ""]))]
    soak.exchange(request_bytes(method, soak.one(rng), lines), [APP])


def origins(soak, rng):
    some = [APP, "https://a.app.example", "https://evilapp.example", "https://app.example.evil.example", "null", "",
            "https://app.example:444", "HTTPS://APP.EXAMPLE", "https://a..app.example", "https://.app.example",
            noise(rng, 30), noise(rng, 300), "https://" + "a." * 1000 + "app.example", "https://app.example\t,"]
    sent = [rng.choice(some) for _ in range(rng.choice([1, 1, 1, 2, 100]))]
    lines = [("Origin", origin) for origin in sent]
    if rng.random() < 0.5:
        lines.append(("Access-Control-Request-Method", "PUT"))
    # Spaces and tabs around a value are none of it.
    heard = [origin.strip(" \t") for origin in sent] if len(sent) == 1 else []
    soak.exchange(request_bytes(rng.choice(["GET", "OPTIONS"]), soak.one(rng), lines), heard)


def pipeline(soak, rng):
    count = rng.randrange(2, 50)
    sent, data = [], b""
    for _ in range(count):
        origin = rng.choice([APP, "https://evil.example", "https://b.app.example"])
        sent.append(origin)
        lines = [("Origin", origin), ("Access-Control-Request-Method", "PUT")]
        data += request_bytes(rng.choice(["GET", "OPTIONS"]), rng.choice(soak.quick_paths), lines)
    with Connection(soak.port, timeout=5) as connection:
        connection.send(data)
        for origin in sent:
            soak.judge(connection.receive(), [origin])


def bodies(soak, rng):
    lines = [("Origin", APP), rng.choice([("Transfer-Encoding", "chunked"), ("Content-Length", "5"),
                                          ("Content-Length", "99999999999999"), ("Expect", "100-continue")])]
    body = rng.choice([b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n", b"hello", b"ffffffffffffffffff\r\n", b""])
    method = rng.choice(["POST", "OPTIONS"])
    if method == "OPTIONS":
        lines.append(("Access-Control-Request-Method", "PUT"))
    with Connection(soak.port, timeout=5) as connection:
        connection.send(request_bytes(method, soak.one(rng), lines) + body)
        connection.socket.shutdown(socket.SHUT_WR)
        soak.judge(connection.receive(), [APP])


def give_up(soak, rng):
    """Part of a request, or a whole one whose answer nobody waits for."""
    lines = [("Origin", APP), ("Access-Control-Request-Method", "PUT"), ("X-A", "a" * rng.randrange(0, 3000))]
    data = request_bytes(rng.choice(["GET", "OPTIONS", "POST"]), soak.one(rng), lines)
    with Connection(soak.port, timeout=5) as connection:
        connection.send(data[: rng.randrange(1, len(data) + 1)])
        if rng.random() < 0.5:
            # Closes with a reset.
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def good(soak, rng):
    """What has to succeed in between: here nobody may hang up."""
    try:
        response = preflight(soak.port, soak.quick_paths[0])
    except OSError as error:
        return soak.fail(f"a good preflight got no answer: {error!r}")
    if response.status // 100 != 2 or response.one("access-control-allow-origin") != APP:
        soak.fail(f"not let in: {response}")


def resident(pids):
    """KiB of memory that the processes hold."""
    texts = [pathlib.Path(f"/proc/{pid}/status").read_text() for pid in pids]
    return sum(int(re.search(r"VmRSS:\s+(\d+)", text)[1]) for text in texts)
