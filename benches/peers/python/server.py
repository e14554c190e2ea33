"""Starlette's and Flask's CORS middleware, called directly, around an application that answers 200."""

import json
import statistics
import sys
import time

import flask
import flask_cors
import starlette.middleware.cors

METHODS = ["GET", "POST", "PUT", "DELETE"]
REQUEST_HEADERS = ["authorization", "content-type", "x-requested-with"]
EXPOSED_HEADERS = ["x-request-id", "x-total-count"]
REFUSED = "https://tenant99999.example.net"
ORDINARY = {
    "host": "api.example.com",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "accept": "*/*",
    "accept-language": "en-US,en;q=0.5",
    "accept-encoding": "gzip, deflate, br, zstd",
    "referer": "https://tenant00000.example.com/",
    "sec-fetch-dest": "empty",
    "sec-fetch-mode": "cors",
    "sec-fetch-site": "same-site",
}


def origin(tenant):
    return f"https://tenant{tenant:05}.example.com"


def actual(named):
    return "GET", {**ORDINARY, "origin": named}


def preflight(named, names="authorization,content-type"):
    asking = {"access-control-request-method": "PUT", "access-control-request-headers": names}
    return "OPTIONS", {**ORDINARY, "origin": named, **asking}


def works(count):
    """Each: a name, and the request when so many origins are listed."""
    listed = origin(count - 1)
    yield "actual, allowed", actual(listed)
    yield "actual, refused", actual(REFUSED)
    yield "preflight, allowed", preflight(listed)
    yield "preflight, refused", preflight(REFUSED)
    if count == 1:
        for size, length in (("64 KiB", 64 << 10), ("1 MiB", 1 << 20)):
            names = "".join(f"x{place:06}," for place in range(length // 8))
            yield f"{size} of names", preflight(listed, names)
            yield f"{size} of one name", preflight(listed, "content-type," * (length // len("content-type,")))
            yield f"{size} of commas", preflight(listed, "," * length)


def median(turn):
    """The median of some rounds, each of five milliseconds or of one turn, in nanoseconds a turn."""

    def round_of(turns):
        started = time.perf_counter_ns()
        for _ in range(turns):
            turn()
        return time.perf_counter_ns() - started

    quick = "--quick" in sys.argv
    turns, taken = 1, round_of(1)
    while taken < 5_000_000:
        turns *= 2
        taken = round_of(turns)
    times, most, end = [taken / turns], 5 if quick else 41, time.monotonic() + (0.2 if quick else 2)
    while len(times) < most and time.monotonic() < end:
        times.append(round_of(turns) / turns)
    return statistics.median(times)


async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def nothing(*_):
    return {"type": "http.request"}


def asgi_turn(subject, method, headers):
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": "/v1/things", "query_string": b"page=2", "headers": lines}

    def turn():
        coroutine = subject(scope, nothing, nothing)
        try:
            coroutine.send(None)
        except StopIteration:
            return
        raise RuntimeError("there was something to wait for")

    return turn


def wsgi_turn(subject, method, headers):
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/v1/things",
        "QUERY_STRING": "page=2",
        "SERVER_NAME": "api",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": None,
        "wsgi.errors": None,
    }
    environ |= {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}
    return lambda: list(subject(dict(environ), lambda status, lines: None))


def flask_application(count):
    made = flask.Flask("peer")
    made.add_url_rule("/v1/things", view_func=lambda: "", methods=METHODS)
    if count:
        flask_cors.CORS(
            made,
            origins=[origin(tenant) for tenant in range(count)],
            supports_credentials=True,
            methods=METHODS,
            allow_headers=REQUEST_HEADERS,
            expose_headers=EXPOSED_HEADERS,
            max_age=600,
        )
    return made.wsgi_app


def starlette_application(count):
    if not count:
        return application
    return starlette.middleware.cors.CORSMiddleware(
        application,
        allow_origins=[origin(tenant) for tenant in range(count)],
        allow_credentials=True,
        allow_methods=METHODS,
        allow_headers=REQUEST_HEADERS,
        expose_headers=EXPOSED_HEADERS,
        max_age=600,
    )


def main():
    libraries = [
        ("Starlette", starlette_application, asgi_turn),
        ("flask-cors", flask_application, wsgi_turn),
    ]
    for library, guarded_by, turn in libraries:
        row(library, "without CORS", 1, turn(guarded_by(0), *actual(origin(0))))
        for count in (1, 10_000):
            subject = guarded_by(count)
            for work, (method, headers) in works(count):
                row(library, work, count, turn(subject, method, headers))


def row(library, work, count, turn):
    made = {"library": library, "work": work, "origins": count, "nanoseconds": median(turn)}
    print(json.dumps(made), flush=True)


main()
