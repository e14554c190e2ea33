"""The seven cases of the error guide, fetched by real browsers from a server under test.

A server under test answers on two ports: one with the policy `private_policy(pages)`, one with `PUBLIC_POLICY`.
Both have these routes:

    GET /items    200, the text "items"          PUT /items    200, the text "stored"
    GET /login    200, Set-Cookie: session=alice; Path=/
    GET /me       200, the Cookie header as the text
    GET /broken   500, by whatever an unhandled error becomes there
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, List, NamedTuple, Optional

from drivers import BROWSERS

PUBLIC_POLICY: Dict[str, Any] = {"origins": ["*"]}


class Pages:
    """Two pages on loopback, of two origins: the one that the policy lists, and a stranger."""

    def __init__(self) -> None:
        self._servers = [ThreadingHTTPServer(("127.0.0.1", 0), _Page) for _ in range(2)]
        for server in self._servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        self.listed, self.stranger = (f"http://127.0.0.1:{server.server_port}" for server in self._servers)

    def __enter__(self) -> Pages:
        return self

    def __exit__(self, *exception: Any) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!doctype html><title>page</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        pass


def private_policy(pages: Pages) -> Dict[str, Any]:
    return {
        "origins": [pages.listed],
        "credentials": True,
        "methods": ["PUT"],
        "request_headers": ["x-allowed"],
    }


class Case(NamedTuple):
    name: str
    fetches: List[Any]
    """Path and init of each fetch; the last one counts."""
    expect: Optional[Dict[str, Any]]
    """Status and text that script reads; `None` if it may read nothing."""
    public: bool = False
    stranger: bool = False


CASES = [
    Case("allowed simple GET", [("/items", {})], {"status": 200, "text": "items"}),
    Case("missing Allow-Origin", [("/items", {})], None, stranger=True),
    Case("method not allowed", [("/items", {"method": "DELETE"})], None),
    Case("header not allowed", [("/items", {"headers": {"x-other": "1"}})], None),
    Case("wildcard with credentials", [("/items", {"credentials": "include"})], None, public=True),
    Case(
        "credentialed request allowed",
        [("/login", {"credentials": "include"}), ("/me", {"credentials": "include"})],
        {"status": 200, "text": "session=alice"},
    ),
    Case("error status that script can still read", [("/broken", {})], {"status": 500}),
    # Beside the seven: what shows that the refusals above are for the reason that they name.
    Case("method allowed", [("/items", {"method": "PUT"})], {"status": 200, "text": "stored"}),
    Case("header allowed", [("/items", {"headers": {"x-allowed": "1"}})], {"status": 200, "text": "items"}),
    Case("wildcard without credentials", [("/items", {})], {"status": 200, "text": "items"}, public=True),
]

SCRIPT = """
let seen = null;
for (const [url, init] of %s) {
    try {
        const response = await fetch(url, init);
        seen = { status: response.status, text: await response.text() };
    } catch (error) {
        seen = null;
    }
}
return seen;
"""


def run(pages: Pages, private: str, public: str, browsers: Any = None) -> List[str]:
    """Runs every case against the servers at these URLs, in every browser. Says what went wrong; nothing is good."""
    opened = [browser() for browser in BROWSERS] if browsers is None else browsers
    wrong = []
    try:
        for browser in opened:
            for case in CASES:
                server = public if case.public else private
                fetches = [[server + path, init] for path, init in case.fetches]
                page = pages.stranger if case.stranger else pages.listed
                seen = browser.run(page, SCRIPT % json.dumps(fetches))
                is_right = seen is None if case.expect is None else seen is not None and case.expect.items() <= seen.items()
                if not is_right:
                    wrong.append(f"{browser.name}: {case.name}: expected {case.expect}, script got {seen}")
    finally:
        if browsers is None:
            for browser in opened:
                browser.close()
    return wrong
