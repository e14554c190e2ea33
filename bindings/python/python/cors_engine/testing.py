"""Assertions for test suites: what a browser would do with this response.

    def test_the_shop_may_read(client):  # any client of httpx, Starlette, FastAPI, Flask or Django
        response = browser_fetch(client, "https://shop.example", "/items", method="PUT")
        assert response.status_code == 200

`browser_fetch` asks the preflight that a browser would ask, and fails where a browser would.
"""

from __future__ import annotations

from typing import Any, Callable, List, Optional
from urllib.parse import urljoin, urlsplit

from ._browser import Exchange, Explanation, Sent, explain, head_of

__all__ = ["BlockedByBrowser", "assert_browser_allows", "assert_browser_blocks", "browser_fetch"]


class BlockedByBrowser(AssertionError):
    """Some browser lets script read nothing. `explanation` says which, why and what to change."""

    def __init__(self, explanation: Explanation) -> None:
        super().__init__(f"browsers do not let script read this response\n{explanation}")
        self.explanation = explanation


def assert_browser_allows(response: Any, *, origin: str, url: str, **request: Any) -> Explanation:
    """Fails, saying what each browser does and why, unless script can read `response` in every browser.

    Takes what `cors_engine.explain` takes; a request that needs a preflight wants its answer as `preflight`.
    """
    explanation = _explained(response, origin, url, request)
    if not explanation.readable:
        raise BlockedByBrowser(explanation)
    return explanation


def assert_browser_blocks(
    response: Any, *, origin: str, url: str, reason: Optional[str] = None, **request: Any
) -> Explanation:
    """Fails if script can read `response` in some browser, or if no browser gives this `reason`."""
    explanation = _explained(response, origin, url, request)
    let_in = [judgement for judgement in explanation.browsers if judgement.readable]
    if let_in:
        raise AssertionError(f"a browser lets script read this response\n{explanation}")
    if reason is not None and reason not in explanation.reasons:
        raise AssertionError(f"no browser blocks this response for {reason}\n{explanation}")
    return explanation


def _explained(response: Any, origin: str, url: str, request: Any) -> Explanation:
    explanation = explain(origin, url, response=response, **request)
    if explanation.ask is not None and not explanation.reasons:
        what = "preflight=" if explanation.ask.preflight else "exchanges="
        raise ValueError(f"it depends on an answer that is missing: pass {what}\n{explanation}")
    return explanation


def browser_fetch(client: Any, origin: str, url: str, *, base_url: str = "https://testserver", **request: Any) -> Any:
    """Fetches as a page of `origin` would, preflights and redirects included, and returns the last response.

    `client` is a test client of Starlette, FastAPI, Flask or Django, an `httpx.Client`, a `requests.Session`,
    or a function of method, URL and headers that returns a response. `url` may be a path of `base_url`. The
    request takes what `cors_engine.explain` takes: `method`, `headers`, `credentials`, `mode`, `body`.

    Raises `BlockedByBrowser` where a browser would not let script read the response.
    """
    url = urljoin(base_url, url)
    send = _sender(client)
    body = request.get("body")
    exchanges: List[Exchange] = []
    response = None
    while True:
        explanation = explain(origin, url, exchanges=exchanges, **request)
        ask = explanation.ask
        if ask is None:
            break
        response = send(ask, None if ask.preflight else body)
        exchanges.append(Exchange(ask.preflight, ask.url, *head_of(response)))
    if not explanation.readable:
        raise BlockedByBrowser(explanation)
    return response


Sender = Callable[[Sent, Any], Any]


def _sender(client: Any) -> Sender:
    """How this kind of client is told to send one request, and not to follow redirects by itself."""
    module = type(client).__module__.partition(".")[0]
    if module in ("flask", "werkzeug"):
        return lambda sent, body: client.open(
            sent.url, method=sent.method, headers=list(sent.headers), data=body, follow_redirects=False
        )
    if module == "django":
        return lambda sent, body: client.generic(
            sent.method, _path(sent.url), body or b"", "", headers=dict(sent.headers), follow=False
        )
    if module == "requests":
        return lambda sent, body: client.request(
            sent.method, sent.url, headers=dict(sent.headers), data=body, allow_redirects=False
        )
    if hasattr(client, "request"):
        return lambda sent, body: client.request(
            sent.method, sent.url, headers=list(sent.headers), content=body, follow_redirects=False
        )
    return lambda sent, body: client(sent.method, sent.url, list(sent.headers))


def _path(url: str) -> str:
    split = urlsplit(url)
    return split.path + (f"?{split.query}" if split.query else "")
