"""Middleware in process: options of other packages, what is unsafe in them, and what comes of responses."""

from __future__ import annotations

import asyncio
import re

import pytest
from cors_engine import Policy, PolicyError
from cors_engine._options import patterns_for
from cors_engine.asgi import CORSMiddleware as ASGIMiddleware
from cors_engine.flask import CORS
from cors_engine.starlette import add_cors
from cors_engine.wsgi import CORSMiddleware as WSGIMiddleware
from flask import Flask
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

APP = "https://app.example"
GUARDS = [lambda **options: ASGIMiddleware(None, **options), lambda **options: WSGIMiddleware(None, **options)]


@pytest.mark.parametrize("guard", GUARDS, ids=["asgi", "wsgi"])
class TestStarletteOptions:
    def test_names_are_starlettes(self, guard):
        options = {
            "allow_origins": [APP],
            "allow_methods": ["PUT"],
            "allow_headers": ["x-a"],
            "allow_credentials": True,
            "expose_headers": ["x-b"],
        }
        answer = guard(**options).policy.answer(
            "OPTIONS", [("origin", APP), ("access-control-request-method", "PUT"), ("access-control-request-headers", "x-a")]
        )
        assert answer.allowed
        assert dict(answer.headers)["access-control-max-age"] == "600"

    def test_everybody_with_credentials_is_refused(self, guard):
        with pytest.raises(PolicyError, match=r"^allow_origins\[0\]: '\*': browsers refuse the star with credentials"):
            guard(allow_origins=["*"], allow_credentials=True)

    def test_a_regular_expression_is_refused_and_the_pattern_said(self, guard):
        with pytest.raises(PolicyError, match=re.escape('write "https://*.app.example" in allow_origins')):
            guard(allow_origin_regex=r"https://.*\.app\.example")

    def test_nobody_is_let_in_unless_listed(self, guard):
        with pytest.raises(PolicyError, match="allow_origins: list who may read"):
            guard()

    def test_a_policy_says_everything(self, guard):
        policy = Policy(origins=["*"])
        assert guard(policy=policy).policy is policy
        with pytest.raises(TypeError, match="leave out allow_origins"):
            guard(policy=policy, allow_origins=[APP])

    def test_a_mistyped_option_is_refused(self, guard):
        with pytest.raises(PolicyError, match="alow_credentials"):
            guard(allow_origins=["*"], alow_credentials=True)


@pytest.mark.parametrize(
    "expression, patterns",
    [
        (r"https://.*\.example\.org", ["https://*.example.org"]),
        (r"^https://\w+\.example\.com$", ["https://*.example.com"]),
        (r"https://[a-z0-9-]+\.example\.com", ["https://*.example.com"]),
        (r"^https?://localhost(:\d+)?$", ["https://localhost:*", "http://localhost:*"]),
        (r"https://(.*\.)?example\.com", ["https://example.com", "https://*.example.com"]),
        (r"https://(?:.+\.)?example\.com\Z", ["https://example.com", "https://*.example.com"]),
        (r"http://127\.0\.0\.1:.*", ["http://127.0.0.1:*"]),
        (r"https://([a-z]+)x", []),
        (".*", []),
    ],
)
def test_what_a_regular_expression_meant(expression, patterns):
    assert patterns_for(expression) == patterns


def starlette_app():
    async def hello(request):
        return PlainTextResponse("hello", headers={"Vary": "Accept", "Access-Control-Allow-Origin": "*"})

    async def broken(request):
        raise RuntimeError("broken on purpose")

    async def socket(websocket):
        await websocket.accept()
        await websocket.send_text("hello")
        await websocket.close()

    return Starlette(routes=[Route("/", hello), Route("/broken", broken), WebSocketRoute("/socket", socket)])


@pytest.fixture
def starlette_client():
    app = starlette_app()
    add_cors(app, allow_origins=[APP], allow_credentials=True)
    return TestClient(app, raise_server_exceptions=False)


def test_starlette_answers(starlette_client):
    response = starlette_client.get("/", headers={"Origin": APP})
    assert response.headers["access-control-allow-origin"] == APP
    assert response.headers["vary"] == "Accept, origin"
    refused = starlette_client.get("/", headers={"Origin": "https://evil.example"})
    assert refused.text == "hello"
    assert "access-control-allow-origin" not in refused.headers


def test_starlette_errors_are_readable(starlette_client):
    for path, status in [("/broken", 500), ("/missing", 404)]:
        response = starlette_client.get(path, headers={"Origin": APP})
        assert (response.status_code, response.headers["access-control-allow-origin"]) == (status, APP)


def test_starlette_preflights_do_not_reach_the_application(starlette_client):
    headers = {"Origin": APP, "Access-Control-Request-Method": "GET"}
    assert starlette_client.options("/missing", headers=headers).status_code == 204
    refused = starlette_client.options("/", headers={**headers, "Access-Control-Request-Method": "PATCH"})
    assert (refused.status_code, refused.headers["content-length"], refused.content) == (403, "0", b"")


def test_websockets_are_left_alone(starlette_client):
    with starlette_client.websocket_connect("/socket", headers={"Origin": APP}) as websocket:
        assert websocket.receive_text() == "hello"


def test_starlettes_own_way_of_adding_middleware_works():
    app = Starlette(routes=starlette_app().routes, middleware=[Middleware(ASGIMiddleware, allow_origins=["*"])])
    assert TestClient(app).get("/", headers={"Origin": APP}).headers["access-control-allow-origin"] == "*"


def test_add_cors_comes_before_the_first_request(starlette_client):
    starlette_client.get("/")
    with pytest.raises(RuntimeError, match="before its first request"):
        add_cors(starlette_client.app, allow_origins=["*"])


def test_add_cors_says_mistakes_at_once():
    with pytest.raises(PolicyError):
        add_cors(starlette_app(), allow_origins=["*"], allow_credentials=True)


def test_an_asgi_application_may_leave_its_headers_out():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "headers": [(b"origin", APP.encode())]}
    asyncio.run(ASGIMiddleware(app, allow_origins=["*"])(scope, None, send))
    assert sent[0]["headers"] == [(b"access-control-allow-origin", b"*")]


def flask_app(**options):
    app = Flask("test")
    app.add_url_rule("/api/items", view_func=lambda: "items", endpoint="items")
    app.add_url_rule("/page", view_func=lambda: "page", endpoint="page")
    CORS(app, **options)
    return app.test_client()


def allow_origin(client, path, origin=APP):
    return client.get(path, headers={"Origin": origin}).headers.get("access-control-allow-origin")


def test_flask_options():
    client = flask_app(origins=APP, supports_credentials=True, methods=["PUT"], allow_headers="x-a", max_age=5)
    assert allow_origin(client, "/page") == APP
    assert allow_origin(client, "/missing") == APP
    headers = {"Origin": APP, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "x-a"}
    assert client.options("/page", headers=headers).headers["access-control-max-age"] == "5"


def test_flask_resources():
    client = flask_app(resources={"/api/*": {"origins": [APP]}, "/page": Policy(origins=["*"])})
    assert (allow_origin(client, "/api/items"), allow_origin(client, "/page")) == (APP, "*")
    assert allow_origin(client, "/elsewhere") is None
    assert allow_origin(flask_app(resources={r"/api/.*": {"origins": "*"}}), "/api/items") == "*"


def test_flask_options_that_are_unsafe_are_refused():
    for options, message in [
        ({}, "list who may read"),
        ({"origins": "*", "supports_credentials": True}, "browsers refuse the star with credentials"),
        ({"origins": [r"https://.*\.app\.example"]}, r'write "https://\*\.app\.example" in origins'),
        ({"origins": re.compile("https://app.example")}, r"origins\[0\]: "),
    ]:
        with pytest.raises(PolicyError, match=message):
            flask_app(**options)
    for options in [{"origins": "*", "send_wildcard": True}, {"policy": Policy(origins=["*"]), "resources": {}}]:
        with pytest.raises(TypeError):
            flask_app(**options)
    with pytest.raises(ValueError, match="write a path"):
        flask_app(resources={r"^/api/\d+": {"origins": "*"}})


def test_wsgi_errors_keep_their_exc_info():
    def app(environ, start_response):
        start_response("500 Internal Server Error", [], ("type", "value", "traceback"))
        return [b""]

    started = []
    guarded = WSGIMiddleware(app, allow_origins=["*"])
    guarded({"REQUEST_METHOD": "GET", "HTTP_ORIGIN": APP}, lambda *arguments: started.append(arguments))
    assert started == [
        ("500 Internal Server Error", [("access-control-allow-origin", "*")], ("type", "value", "traceback"))
    ]
