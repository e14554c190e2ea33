"""What browsers make of a response: whether script may read it, why not, and what to change."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from ._native import explain_json, replay_json

ENGINES = ("spec", "chromium", "gecko", "webkit")
"""The Fetch Standard, and the three browsers."""

_BROWSERS = {"chromium": "Chromium", "gecko": "Firefox", "webkit": "Safari"}

Headers = Union[Mapping[str, str], Iterable[Tuple[Union[str, bytes], Union[str, bytes]]]]


class Sent(NamedTuple):
    """A request that a browser makes."""

    preflight: bool
    method: str
    url: str
    headers: Tuple[Tuple[str, str], ...]


class Exchange(NamedTuple):
    """A request that was made, and what came back; without a status, the connection failed."""

    preflight: bool
    url: str
    status: Optional[int]
    headers: Tuple[Tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Judgement:
    """What one browser decides."""

    engine: str
    verdict: str
    """`allowed`, `blocked`, `thrown` (by `fetch()` itself) or `undecided` (an answer is missing)."""
    readable: bool
    """Whether script can read the response."""
    reason: Optional[str]
    """A stable code, such as `missing-allow-origin`."""
    words: str
    value: str
    """The offending value, if it is one."""
    console: Tuple[str, ...]
    """What the browser's console says."""
    sent: Tuple[Sent, ...]
    """The requests that it makes, in order."""
    ask: Optional[Sent]
    """The request whose answer is missing."""

    def __str__(self) -> str:
        name = _BROWSERS.get(self.engine, "the standard")
        value = f" {self.value!r}" if self.value else ""
        why = f": {self.words}{value} [{self.reason}]" if self.reason else ""
        lines = "".join(f"\n    console: {line}" for line in self.console)
        return f"{name}: {self.verdict}{why}{lines}"


@dataclass(frozen=True)
class Fix:
    """An answer of the server, as it would have to be."""

    preflight: bool
    method: str
    url: str
    status: Optional[int]
    headers: Tuple[str, ...]

    def __str__(self) -> str:
        what = "the preflight OPTIONS" if self.preflight else self.method
        status = f" with status {self.status}" if self.status else ""
        return f"answer {what} {self.url}{status} and\n    " + "\n    ".join(self.headers)


@dataclass(frozen=True)
class Explanation:
    """What becomes of a request, browser by browser, and what to do about it. `str()` says it all to people."""

    classification: str
    """`same-origin`, `not-cors`, `simple` or `preflighted`."""
    because: Tuple[str, ...]
    """Why there is a preflight."""
    judgements: Dict[str, Judgement]
    """By engine."""
    causes: Tuple[Dict[str, str], ...] = ()
    """The usual mistakes that were recognized: `code`, `words` and `remedy`."""
    fixes: Tuple[Fix, ...] = ()
    notes: Tuple[str, ...] = ()
    request: str = field(default="", repr=False)

    @property
    def browsers(self) -> List[Judgement]:
        """What the browsers decide, without the standard."""
        return [judgement for engine, judgement in self.judgements.items() if engine in _BROWSERS]

    @property
    def readable(self) -> bool:
        """Whether script can read the response in every browser."""
        return all(judgement.readable for judgement in self.browsers)

    @property
    def ask(self) -> Optional[Sent]:
        """A request whose answer is not known yet."""
        return next((judgement.ask for judgement in self.judgements.values() if judgement.ask), None)

    @property
    def reasons(self) -> List[str]:
        """Why browsers refuse: codes, each once."""
        return list(dict.fromkeys(judgement.reason for judgement in self.browsers if judgement.reason))

    def __str__(self) -> str:
        because = f" ({'; '.join(self.because)})" if self.because else ""
        lines = [f"{self.request}: {self.classification}{because}"]
        lines += [str(judgement) for judgement in self.browsers]
        lines += [f"cause: {cause['words']} {cause['remedy']}" for cause in self.causes]
        lines += [f"fix: {fix}" for fix in self.fixes]
        return "\n".join(lines)


def explain(
    origin: str,
    url: str,
    *,
    method: str = "GET",
    headers: Headers = (),
    credentials: str = "same-origin",
    mode: str = "cors",
    body: Any = None,
    response: Any = None,
    preflight: Any = None,
    exchanges: Sequence[Exchange] = (),
) -> Explanation:
    """What browsers make of `fetch(url, {method, headers, credentials, mode, body})` on a page of `origin`.

    `response` and `preflight` are what the server answered: a response of httpx, requests, Starlette, Flask or
    Django, or a pair of status and headers. `exchanges` is for redirects: every exchange in order.
    """
    seen = list(exchanges)
    if preflight is not None:
        seen.append(Exchange(True, url, *head_of(preflight)))
    if response is not None:
        seen.append(Exchange(False, url, *head_of(response)))
    question = {
        "request": {
            "origin": origin,
            "url": url,
            "method": method,
            "mode": mode,
            "credentials": credentials,
            "headers": header_lines(headers),
            "body": _body(body),
        },
        "exchanges": [exchange._asdict() for exchange in seen],
    }
    explained = json.loads(explain_json(json.dumps(question)))
    return Explanation(
        classification=explained["classification"],
        because=tuple(explained["because"]),
        judgements={engine: _judgement(engine, judged) for engine, judged in explained["engines"].items()},
        causes=tuple(explained["causes"]),
        fixes=tuple(_fix(answer) for answer in explained["advice"]["answers"]),
        notes=tuple(explained["advice"]["notes"]),
        request=f"{method} {url} from {origin}, credentials {credentials}",
    )


def would_browser_allow(origin: str, url: str, *, engine: Optional[str] = None, **request: Any) -> bool:
    """Whether script on a page of `origin` can read the response: in every browser, or in `engine` alone.

    Takes what `explain` takes. `ValueError` if an answer is missing on which it depends.
    """
    explanation = explain(origin, url, **request)
    if engine is not None and engine not in explanation.judgements:
        raise ValueError(f"there is no engine {engine!r}: write one of {', '.join(ENGINES)}")
    judgements = explanation.browsers if engine is None else [explanation.judgements[engine]]
    asked = next((judgement.ask for judgement in judgements if judgement.ask), None)
    if asked is not None and all(judgement.reason is None for judgement in judgements):
        what = f"preflight= (it goes first: {'; '.join(explanation.because)})" if asked.preflight else "response="
        raise ValueError(f"it depends on an answer that is missing: {asked.method} {asked.url}: pass {what}")
    return all(judgement.readable for judgement in judgements)


def replay(scenario: Union[str, Mapping[str, Any]], engine: str = "spec") -> Dict[str, Any]:
    """Runs a scenario, in the format of the project's `docs/scenario-format.md`, through an engine."""
    text = scenario if isinstance(scenario, str) else json.dumps(scenario)
    replayed: Dict[str, Any] = json.loads(replay_json(engine, text))
    return replayed


def head_of(response: Any) -> Tuple[int, Tuple[Tuple[str, str], ...]]:
    """Status and header lines of a response of any of the usual libraries."""
    if isinstance(response, tuple):
        status, headers = response
    else:
        status, headers = response.status_code, getattr(response, "headers", None)
        headers = response.items() if headers is None else headers
    return int(status), tuple(header_lines(headers))


def header_lines(headers: Any) -> List[Tuple[str, str]]:
    """Header lines as pairs of text, repeated names included where the library kept them."""
    for method in ("multi_items", "items"):  # httpx and Starlette; everybody else
        if hasattr(headers, method):
            headers = getattr(headers, method)()
            break
    return [(_text(name), _text(value)) for name, value in headers]


def _text(value: Union[str, bytes]) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _body(body: Any) -> Any:
    if isinstance(body, str):
        return {"text": body}
    if isinstance(body, (bytes, bytearray)):
        return {"bytes_len": len(body)}
    return body


def _judgement(engine: str, judged: Dict[str, Any]) -> Judgement:
    return Judgement(
        engine=engine,
        verdict=judged["verdict"],
        readable=judged["verdict"] == "allowed" and judged["type"] in ("basic", "cors"),
        reason=judged.get("reason"),
        words=judged.get("words", ""),
        value=judged.get("value", ""),
        console=tuple(judged.get("console", ())),
        sent=tuple(_sent(sent) for sent in judged["sent"]),
        ask=_sent(judged["ask"]) if "ask" in judged else None,
    )


def _sent(sent: Dict[str, Any]) -> Sent:
    headers = tuple((name, value) for name, value in sent["headers"])
    return Sent(sent["exchange"] == "preflight", sent["method"], sent["url"], headers)


def _fix(answer: Dict[str, Any]) -> Fix:
    return Fix(
        preflight=answer["exchange"] == "preflight",
        method=answer["method"],
        url=answer["url"],
        status=answer["status"],
        headers=tuple(answer["headers"]),
    )
