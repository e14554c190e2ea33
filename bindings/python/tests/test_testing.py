"""What this package says about other servers' responses, and the helpers of its pytest plugin."""

from __future__ import annotations

import httpx
import pytest
import requests
from cors_engine import explain, replay, would_browser_allow
from cors_engine.starlette import add_cors
from cors_engine.testing import BlockedByBrowser, assert_browser_allows, assert_browser_blocks, browser_fetch
from flask import Flask
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route
from starlette.testclient import TestClient

APP, URL = "https://app.example", "https://api.example/items"
STAR = (200, {"Access-Control-Allow-Origin": "*"})


def test_would_browser_allow():
    assert would_browser_allow(APP, URL, response=STAR)
    assert not would_browser_allow(APP, URL, response=STAR, credentials="include")
    assert not would_browser_allow(APP, URL, response=(200, {}), engine="gecko")
    assert would_browser_allow(APP, URL, method="PUT", preflight=(204, {**STAR[1], "Access-Control-Allow-Methods": "PUT"}), response=STAR)
    assert not would_browser_allow(APP, URL, method="PUT", preflight=(404, {}), response=STAR)


def test_an_answer_that_is_missing_is_asked_for():
    with pytest.raises(ValueError, match="preflight= .it goes first: the method PUT"):
        would_browser_allow(APP, URL, method="PUT", response=STAR)
    with pytest.raises(ValueError, match="pass response="):
        would_browser_allow(APP, URL)
    with pytest.raises(ValueError, match="there is no engine 'opera'"):
        would_browser_allow(APP, URL, response=STAR, engine="opera")
    with pytest.raises(ValueError, match="there is no engine"):
        replay({"name": "x", "steps": []}, "opera")


def test_an_opaque_response_is_not_readable():
    assert not would_browser_allow(APP, URL, mode="no-cors", response=(200, {}))


def test_explanations():
    explanation = explain(APP, URL, method="PUT", body="x", preflight=(401, {}))
    assert explanation.classification == "preflighted"
    assert explanation.judgements["spec"].reason == "missing-allow-origin"
    assert explanation.fixes[0].headers[0] == f"Access-Control-Allow-Origin: {APP}"
    text = str(explanation)
    for part in ("Chromium: blocked", "Firefox: blocked", "Safari: blocked", "console: ", "cause: ", "fix: "):
        assert part in text


@pytest.mark.parametrize(
    "wrong",
    [{"headers": {"bad name": "x"}}, {"method": "a b"}, {"url": "/items"}, {"credentials": "sometimes"}, {"origin": "x"}],
)
def test_questions_that_mean_nothing(wrong):
    question = {"origin": APP, "url": URL, "response": STAR, **wrong}
    try:
        judgements = explain(**question).browsers
    except ValueError:
        return
    assert {judgement.verdict for judgement in judgements} == {"thrown"}


def responses():
    flask = Flask("x").response_class("", 200, [("Access-Control-Allow-Origin", "*"), ("Vary", "a"), ("Vary", "b")])
    requests_response = requests.Response()
    requests_response.status_code = 200
    requests_response.headers["Access-Control-Allow-Origin"] = "*"
    return {
        "httpx": httpx.Response(200, headers=STAR[1]),
        "flask": flask,
        "requests": requests_response,
        "starlette": PlainTextResponse("", headers=STAR[1]),
    }


@pytest.mark.parametrize("library", ["httpx", "flask", "requests", "starlette"])
def test_responses_of_the_usual_libraries(library):
    assert_browser_allows(responses()[library], origin=APP, url=URL)
    assert_browser_blocks(
        responses()[library],
        origin=APP,
        url=URL,
        credentials="include",
        reason="wildcard-allow-origin-with-credentials",
    )


def test_repeated_lines_are_kept():
    twice = httpx.Response(200, headers=[("Access-Control-Allow-Origin", "*")] * 2)
    assert_browser_blocks(twice, origin=APP, url=URL)


def test_assertions_fail():
    with pytest.raises(BlockedByBrowser, match="missing-allow-origin") as raised:
        assert_browser_allows((200, {}), origin=APP, url=URL)
    assert not raised.value.explanation.readable
    with pytest.raises(AssertionError, match="lets script read"):
        assert_browser_blocks(STAR, origin=APP, url=URL)
    with pytest.raises(AssertionError, match="no browser blocks this response for method-not-allowed"):
        assert_browser_blocks((200, {}), origin=APP, url=URL, reason="method-not-allowed")
    with pytest.raises(ValueError, match="pass preflight="):
        assert_browser_allows(STAR, origin=APP, url=URL, method="PUT")


@pytest.fixture
def client():
    async def items(request):
        return PlainTextResponse(request.headers.get("x-a", "") + (await request.body()).decode())

    async def moved(request):
        return RedirectResponse("/items")

    app = Starlette(routes=[Route("/items", items, methods=["GET", "PUT"]), Route("/moved", moved)])
    add_cors(app, allow_origins=[APP], allow_methods=["PUT"], allow_headers=["x-a"])
    return TestClient(app)


def test_browser_fetch_asks_first_and_follows(client):
    assert browser_fetch(client, APP, "/items", method="PUT", headers={"x-a": "1"}, body="2").text == "12"
    assert browser_fetch(client, APP, "/moved").url.path == "/items"


def test_browser_fetch_fails_where_a_browser_would(client):
    for request in [{"method": "DELETE"}, {"headers": {"x-b": "1"}}, {"credentials": "include"}]:
        with pytest.raises(BlockedByBrowser):
            browser_fetch(client, APP, "/items", **request)
    with pytest.raises(BlockedByBrowser):
        browser_fetch(client, "https://evil.example", "/items")


def test_browser_fetch_takes_a_function():
    sent = []

    def send(method, url, headers):
        sent.append((method, url))
        return 204, {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "PUT"}

    browser_fetch(send, APP, URL, method="PUT")
    assert sent == [("OPTIONS", URL), ("PUT", URL)]


def test_browser_fetch_takes_flasks_client():
    from cors_engine.flask import CORS
    from flask import request

    app = Flask("test")
    app.add_url_rule("/items", view_func=lambda: request.headers["X-A"], endpoint="items", methods=["PUT"])
    CORS(app, origins=[APP], methods=["PUT"], allow_headers=["x-a"])
    assert browser_fetch(app.test_client(), APP, "/items", method="PUT", headers={"x-a": "1"}).text == "1"


def test_browser_fetch_takes_djangos_client():
    import test_django
    from django.test import Client, override_settings

    with override_settings(CORS_ALLOWED_ORIGINS=[test_django.APP], ROOT_URLCONF="test_django"):
        assert browser_fetch(Client(), APP, "/hello", method="PUT", body="x").content == b"hello"
        with pytest.raises(BlockedByBrowser):
            browser_fetch(Client(), "https://evil.example", "/hello")


def test_the_pytest_plugin(pytester):
    pytester.makepyfile(
        """
        def test_passes(assert_browser_allows, assert_browser_blocks, browser_fetch):
            star = (200, {"Access-Control-Allow-Origin": "*"})
            assert_browser_allows(star, origin="https://a.example", url="https://b.example/")
            assert_browser_blocks((200, {}), origin="https://a.example", url="https://b.example/")
            browser_fetch(lambda *sent: star, "https://a.example", "https://b.example/")

        def test_fails(assert_browser_allows):
            assert_browser_allows((200, {}), origin="https://a.example", url="https://b.example/")
        """
    )
    ran = pytester.runpytest_subprocess()
    ran.assert_outcomes(passed=1, failed=1)
    ran.stdout.fnmatch_lines(["*Chromium: blocked: *missing-allow-origin*", "*fix: answer GET https://b.example/ and*"])
