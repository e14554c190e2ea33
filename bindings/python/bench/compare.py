"""Time per decision, side by side in one run on the same work: this package, Starlette, flask-cors and
django-cors-headers, at 1 and at 10,000 origins.

    python bench/compare.py            prints a table; needs the wheel and the four frameworks
    python bench/compare.py --check    also fails where this package is slower

A figure is the processor time for one request, answered by an application that does nothing else: without
middleware ("alone"), behind this package, and behind the peer. A preflight reaches no application behind this
package. Contestants take short turns; each figure is the least of all turns.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any, Callable, Dict, List, Tuple

ORIGIN = "https://host{}.example"
ALLOWED_METHODS = ["GET", "PUT", "DELETE"]
ALLOWED_HEADERS = ["content-type", "x-request-id"]
BROWSER_HEADERS = [
    ("host", "api.example"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"),
    ("accept", "*/*"),
    ("accept-language", "en-US,en;q=0.5"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("referer", "https://host0.example/"),
    ("sec-fetch-dest", "empty"),
    ("sec-fetch-mode", "cors"),
    ("sec-fetch-site", "cross-site"),
]
PREFLIGHT_HEADERS = [("access-control-request-method", "PUT"), ("access-control-request-headers", "content-type")]

Call = Callable[[], Any]


def origins(count: int) -> List[str]:
    return [ORIGIN.format(number) for number in range(count)]


def cases(count: int) -> Dict[str, Tuple[str, List[Tuple[str, str]]]]:
    """Requests by name. The allowed origin is the last of the list."""
    allowed, denied = ORIGIN.format(count - 1), "https://evil.example"
    return {
        "actual, allowed": ("GET", [*BROWSER_HEADERS, ("origin", allowed)]),
        "actual, denied": ("GET", [*BROWSER_HEADERS, ("origin", denied)]),
        "preflight, allowed": ("OPTIONS", [*BROWSER_HEADERS, ("origin", allowed), *PREFLIGHT_HEADERS]),
        "preflight, denied": ("OPTIONS", [*BROWSER_HEADERS, ("origin", denied), *PREFLIGHT_HEADERS]),
    }


# ASGI: the application is one function.


async def asgi_app(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


async def receive() -> Any:
    return {"type": "http.request", "body": b"", "more_body": False}


async def discard(message: Any) -> None:
    pass


def asgi_call(app: Any, method: str, headers: List[Tuple[str, str]]) -> Call:
    raw = [(name.encode(), value.encode()) for name, value in headers]

    def call() -> None:
        scope = {"type": "http", "method": method, "path": "/", "headers": list(raw)}
        try:
            app(scope, receive, discard).send(None)
        except StopIteration:
            return
        raise AssertionError("nothing here waits")

    return call


def asgi(count: int) -> Dict[str, Any]:
    from starlette.middleware.cors import CORSMiddleware as Starlette

    from cors_engine.asgi import CORSMiddleware

    options: Dict[str, Any] = {
        "allow_origins": origins(count),
        "allow_methods": ALLOWED_METHODS,
        "allow_headers": ALLOWED_HEADERS,
        "allow_credentials": True,
    }
    return {
        "alone": asgi_app,
        "cors-engine": CORSMiddleware(asgi_app, **options),
        "starlette": Starlette(asgi_app, **options),
    }


# WSGI frameworks: the application is one view.


def environ_of(method: str, headers: List[Tuple[str, str]]) -> Dict[str, Any]:
    from wsgiref.util import setup_testing_defaults

    environ: Dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": "/"}
    setup_testing_defaults(environ)
    environ.update({f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers})
    return environ


def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
    return None


def wsgi_call(app: Any, method: str, headers: List[Tuple[str, str]]) -> Call:
    environ = environ_of(method, headers)

    def call() -> None:
        body = app(dict(environ), start_response)
        b"".join(body)
        close = getattr(body, "close", None)
        if close is not None:
            close()

    return call


def flask(count: int) -> Dict[str, Any]:
    from flask import Flask
    from flask_cors import CORS as FlaskCors

    from cors_engine.flask import CORS

    options = {
        "origins": origins(count),
        "methods": ALLOWED_METHODS,
        "allow_headers": ALLOWED_HEADERS,
        "supports_credentials": True,
    }

    def make(extension: Any) -> Any:
        app = Flask("bench")
        app.add_url_rule("/", view_func=lambda: "ok", methods=ALLOWED_METHODS)
        if extension is not None:
            extension(app, **options)
        return app.wsgi_app

    return {"alone": make(None), "cors-engine": make(CORS), "flask-cors": make(FlaskCors)}


def django(count: int) -> Dict[str, Any]:
    from django.conf import settings
    from django.http import HttpResponse
    from django.urls import path

    if not settings.configured:
        settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], DEBUG=False, MIDDLEWARE=[])
        globals()["urlpatterns"] = [path("", lambda request: HttpResponse("ok"))]
    import django as framework
    from django.core.handlers.wsgi import WSGIHandler

    framework.setup()

    def make(middleware: List[str]) -> Any:
        settings.MIDDLEWARE = middleware
        settings.CORS_ALLOWED_ORIGINS = origins(count)
        settings.CORS_ALLOW_CREDENTIALS = True
        settings.CORS_ALLOW_METHODS = ALLOWED_METHODS
        settings.CORS_ALLOW_HEADERS = ALLOWED_HEADERS
        app = WSGIHandler()
        if middleware == ["corsheaders.middleware.CorsMiddleware"]:
            app(environ_of("GET", [("origin", ORIGIN.format(0))]), start_response)  # it reads its settings late
        return app

    # django-cors-headers reads its settings at every request: it comes last, so that they are the right ones.
    return {
        "alone": make([]),
        "cors-engine": make(["cors_engine.django.CorsMiddleware"]),
        "django-cors-headers": make(["corsheaders.middleware.CorsMiddleware"]),
    }


def fastest(calls: Dict[str, Call], rounds: int, budget: float) -> Dict[str, float]:
    """Microseconds of processor time per call: contestants take turns, and each one's least is kept."""
    best = {name: float("inf") for name in calls}
    repeats = {}
    for name, call in calls.items():
        call()
        start = time.perf_counter()
        call()
        repeats[name] = min(1000, max(1, int(budget / (time.perf_counter() - start))))
    for _ in range(rounds):
        for name, call in calls.items():
            turn = range(repeats[name])
            start = time.thread_time_ns()
            for _ in turn:
                call()
            best[name] = min(best[name], (time.thread_time_ns() - start) / 1e3 / len(turn))
    return best


SERVERS = [("ASGI", asgi, asgi_call), ("Flask", flask, wsgi_call), ("Django", django, wsgi_call)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail where this package is slower")
    parser.add_argument("--rounds", type=int, default=100, help="turns of each contestant (100)")
    parser.add_argument("--budget", type=float, default=0.001, help="seconds of one turn (0.001)")
    arguments = parser.parse_args()
    slower = []
    print("| server | origins | request | alone, us | cors-engine, us | peer, us | peer |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for server, make, call_of in SERVERS:
        for count in (1, 10_000):
            apps = make(count)
            peer = list(apps)[-1]
            for case, (method, headers) in cases(count).items():
                calls = {name: call_of(app, method, headers) for name, app in apps.items()}
                figures = fastest(calls, arguments.rounds, arguments.budget)
                alone, ours, theirs = (figures[name] for name in ("alone", "cors-engine", peer))
                row = f"| {server} | {count:,} | {case} | {alone:.1f} | {ours:.1f} | {theirs:.1f} | {peer} |"
                print(row, flush=True)
                if ours >= theirs:
                    slower.append(f"{server}, {count:,} origins, {case}")
    if arguments.check and slower:
        print("slower than the peer: " + "; ".join(slower), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
