"""The package in real nginx: answers, error pages, upstreams, and the seven cases in real browsers."""

from __future__ import annotations

import http.client
from typing import Dict, List, Tuple
from urllib.parse import urlsplit

import cases
import pytest
from nginx import error_of, guarded, running

APP = "https://app.example"
POLICY = {"origins": [APP], "credentials": True, "methods": ["PUT"], "request_headers": ["x-a"], "max_age": 60}

GUARD = "rewrite_by_lua_block { policy:rewrite() } header_filter_by_lua_block { policy:header_filter() }"

SERVER = (
    GUARD
    + """
default_type text/plain;
location = /items {
    content_by_lua_block { ngx.print(ngx.req.get_method() == "PUT" and "stored" or "items") }
}
location = /login {
    content_by_lua_block { ngx.header.set_cookie = "session=alice; Path=/" ngx.print("") }
}
location = /me { content_by_lua_block { ngx.print(ngx.var.http_cookie or "") } }
location = /broken { content_by_lua_block { error("broken on purpose") } }
location = /careless {
    content_by_lua_block {
        ngx.header["Access-Control-Allow-Origin"] = { "*", "https://other.example" }
        ngx.header["Access-Control-Allow-Headers"] = "x"
        ngx.header["Timing-Allow-Origin"] = "*"
        ngx.header.Vary = { "Accept", "Cookie" }
        ngx.print("careless")
    }
}
location = /gone { return 410; }
error_page 410 /gone.html;
location = /gone.html { internal; content_by_lua_block { ngx.status = 410 ngx.print("an error page") } }
location = /upstream { proxy_pass http://127.0.0.1:$server_port/careless; proxy_set_header Origin ""; }
location = /down { proxy_pass http://127.0.0.1:1; }
"""
)

Lines = List[Tuple[str, str]]


def ask(url: str, method: str, path: str, lines: Lines) -> Tuple[int, Dict[str, List[str]], bytes]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in lines:
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    headers: Dict[str, List[str]] = {}
    for name, value in response.getheaders():
        headers.setdefault(name.lower(), []).append(value)
    body = response.read()
    connection.close()
    return response.status, headers, body


@pytest.fixture(scope="module")
def url():
    with running(guarded(POLICY), SERVER) as url:
        yield url


def test_a_listed_origin_reads(url):
    status, headers, body = ask(url, "GET", "/items", [("Origin", APP)])
    assert (status, body) == (200, b"items")
    assert headers["access-control-allow-origin"] == [APP]
    assert headers["access-control-allow-credentials"] == ["true"]
    assert headers["vary"] == ["origin"]


def test_a_stranger_does_not(url):
    for lines in [[("Origin", "https://evil.example")], [("Origin", APP), ("Origin", "https://evil.example")], []]:
        status, headers, body = ask(url, "GET", "/items", lines)
        assert (status, body) == (200, b"items")
        assert "access-control-allow-origin" not in headers
        assert headers["vary"] == ["origin"]


def test_two_origin_lines_far_apart_are_two(url):
    filler = [(f"X-{number}", "x") for number in range(150)]
    _, headers, _ = ask(url, "GET", "/items", [("Origin", APP), *filler, ("Origin", "https://evil.example")])
    assert "access-control-allow-origin" not in headers


def test_preflights_are_answered(url):
    asked = [("Origin", APP), ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "x-a")]
    status, headers, body = ask(url, "OPTIONS", "/nowhere", asked)
    assert (status, body) == (204, b"")
    assert headers["access-control-allow-methods"] == ["PUT"]
    assert headers["access-control-allow-headers"] == ["x-a"]
    assert headers["access-control-max-age"] == ["60"]
    assert "content-length" not in headers
    status, headers, body = ask(url, "OPTIONS", "/items", [asked[0], ("Access-Control-Request-Method", "PATCH")])
    assert (status, body, headers["content-length"]) == (403, b"", ["0"])
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path, status", [("/broken", 500), ("/missing", 404), ("/gone", 410), ("/down", 502)])
def test_errors_are_readable(url, path, status):
    answered, headers, _ = ask(url, "GET", path, [("Origin", APP)])
    assert (answered, headers["access-control-allow-origin"]) == (status, [APP])


@pytest.mark.parametrize("path", ["/careless", "/upstream"])
def test_what_the_application_says_of_cors_is_replaced(url, path):
    _, headers, body = ask(url, "GET", path, [("Origin", APP)])
    assert body == b"careless"
    assert headers["access-control-allow-origin"] == [APP]
    assert "access-control-allow-headers" not in headers
    assert headers["timing-allow-origin"] == ["*"]
    varied = {name.strip().lower() for line in headers["vary"] for name in line.split(",")}
    assert varied == {"accept", "cookie", "origin"}


def test_mistakes_stop_nginx_and_are_all_said():
    load = "init_by_lua_block { require('resty.cors_engine').load '%s' }"
    assert "a policy file is called .toml or .json" in error_of(load % "cors.yaml")
    said = error_of(guarded({"origins": ["*", "https://a.example/"], "credentials": True}))
    assert "any-origin-with-credentials" in said
    assert "write https://a.example" in said


def test_policy_files(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "cors.toml").write_text('origins = ["*"]\n[env.staging]\norigins = ["https://s.example"]\n')
    load = "init_by_lua_block { policy = require('resty.cors_engine').load('%s', 'staging') }" % (tmp_path / "cors.toml")
    with running(load, SERVER) as url:
        _, headers, _ = ask(url, "GET", "/items", [("Origin", "https://s.example")])
        assert headers["access-control-allow-origin"] == ["https://s.example"]
    (tmp_path / "cors.toml").write_text('origins = ["*"]\ncredential = true\n')
    assert "cors.toml: 2:1: credential: " in error_of(load)


def test_browsers_do_what_the_policy_means():
    with cases.Pages() as pages:
        with running(guarded(cases.private_policy(pages)), SERVER) as private:
            with running(guarded(cases.PUBLIC_POLICY), SERVER) as public:
                assert cases.run(pages, private, public) == []
