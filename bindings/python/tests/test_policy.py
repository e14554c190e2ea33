"""Policies: what they take, what they refuse, and what they say to requests of every shape."""

from __future__ import annotations

import os
import threading

import pytest
from cors_engine import Policy, PolicyError, load_policy

APP = "https://app.example"
POLICY = Policy(origins=[APP], credentials=True, methods=["PUT"], request_headers=["x-a"], max_age=60)
ALLOWED = [("access-control-allow-origin", APP), ("access-control-allow-credentials", "true")]


def test_every_mistake_is_said_at_once():
    with pytest.raises(PolicyError) as raised:
        Policy(origins=["*", "https://a.example/"], credentials=True, max_age=-1, credential=True)
    codes = [mistake.code for mistake in raised.value.mistakes]
    assert sorted(codes) == [
        "any-origin-with-credentials",
        "max-age-out-of-range",
        "origin-not-serialized",
        "unknown-key",
    ]
    assert "write https://a.example" in str(raised.value)
    assert all(mistake.position is None for mistake in raised.value.mistakes)


@pytest.mark.parametrize("origins", [APP, {"a": 1}, 7, [7], None])
def test_a_key_of_another_type_is_a_mistake(origins):
    with pytest.raises(PolicyError):
        Policy(origins=origins)


def test_any_collection_of_names_is_a_list():
    assert Policy(origins={APP}, methods=("PUT",)).answer("GET", [("origin", APP)]).allowed


def test_mistakes_in_documents_have_places():
    with pytest.raises(PolicyError) as raised:
        Policy.from_toml('origins = ["*"]\nmax_age = "600"')
    assert raised.value.mistakes[0].position == (2, 11)


def test_policy_files(tmp_path):
    (tmp_path / "cors.toml").write_text('origins = ["*"]\n[env.staging]\norigins = ["https://s.example"]')
    (tmp_path / "cors.json").write_text('{"origins": ["https://a.example/"]}')
    staging = load_policy(tmp_path / "cors.toml", "staging")
    assert staging.answer("GET", [("origin", "https://s.example")]).reason == "origin-listed"
    with pytest.raises(PolicyError, match="cors.json: 1:14: "):
        load_policy(tmp_path / "cors.json")
    with pytest.raises(PolicyError, match="it has staging"):
        load_policy(tmp_path / "cors.toml", "production")
    with pytest.raises(ValueError, match="is called .toml or .json"):
        load_policy(tmp_path / "cors.yaml")


def test_audit():
    (finding,) = Policy(origins=["http://localhost:*"], credentials=True).audit()
    assert (finding.kind, finding.code) == ("risky", "loopback-with-credentials")


@pytest.mark.parametrize("encode", [str, str.encode], ids=["text", "bytes"])
def test_headers_are_text_or_bytes(encode):
    answer = POLICY.answer(encode("GET"), [(encode("Origin"), encode(APP))])
    assert (answer.kind, answer.status, answer.allowed, answer.reason) == ("actual", None, True, "origin-listed")
    assert answer.headers == ALLOWED
    assert answer.vary == ["origin"]


def test_a_preflight():
    answer = POLICY.answer(
        "OPTIONS",
        [("origin", APP), ("access-control-request-method", "PUT"), ("access-control-request-headers", "x-a")],
    )
    assert (answer.kind, answer.status) == ("preflight", 204)
    assert dict(answer.headers)["access-control-max-age"] == "60"
    refused = POLICY.answer("OPTIONS", [("origin", APP), ("access-control-request-method", "PATCH")])
    assert (refused.status, refused.reason, refused.headers) == (403, "method-not-allowed", [])


def test_two_origin_lines_are_refused():
    answer = POLICY.answer("GET", [(b"origin", APP.encode()), (b"origin", b"https://evil.example")])
    assert (answer.allowed, answer.reason) == (False, "several-origins")


def test_origins_that_a_wsgi_server_joined_are_refused():
    answer = POLICY.answer_wsgi({"REQUEST_METHOD": "GET", "HTTP_ORIGIN": f"{APP},https://evil.example"})
    assert (answer.allowed, answer.reason) == (False, "origin-not-serialized")


def test_bytes_beyond_ascii_come_through_as_they_are():
    answer = POLICY.answer("GET", [(b"origin", "https://ä.example".encode("latin-1"))])
    assert answer.reason == "origin-not-serialized"
    assert POLICY.answer_wsgi({"REQUEST_METHOD": "GET", "HTTP_ORIGIN": "https://\xe4.example"}).allowed is False
    assert answer.apply([(b"x-name", b"\xff\xfe")]) == [(b"x-name", b"\xff\xfe"), (b"vary", b"origin")]
    assert answer.apply_text([("x-name", "\xff")])[0] == ("x-name", "\xff")
    with pytest.raises(TypeError, match="no byte stands for"):
        POLICY.answer_wsgi({"REQUEST_METHOD": "GET", "HTTP_ORIGIN": "https://\u2603.example"})


@pytest.mark.parametrize("headers", [[("origin",)], [("origin", APP, 1)], ["origin"], [7], 7, [("origin", 7)]])
def test_what_is_no_header_list_is_a_type_error(headers):
    with pytest.raises(TypeError):
        POLICY.answer("GET", headers)


def test_lines_may_be_lists():
    assert POLICY.answer("GET", iter([["origin", APP]])).allowed


def test_the_applications_own_headers_are_replaced():
    answer = POLICY.answer("GET", [("origin", APP)])
    had = [
        ("Access-Control-Allow-Origin", "*"),
        ("ACCESS-CONTROL-MAX-AGE", "9"),
        ("Vary", "Accept"),
        ("Timing-Allow-Origin", "*"),
    ]
    assert answer.apply_text(had) == [("Vary", "Accept"), ("Timing-Allow-Origin", "*"), *ALLOWED, ("vary", "origin")]
    assert answer.apply_text([("vary", "accept, Origin")]) == [("vary", "accept, Origin"), *ALLOWED]
    assert answer.apply_text([("Vary", "*")]) == [("Vary", "*"), *ALLOWED]


def test_threads_share_a_policy():
    policy = Policy(origins=[f"https://host{number}.example" for number in range(1000)], credentials=True)
    wrong = []

    def ask(offset):
        for number in range(offset, 1000, 8):
            origin = f"https://host{number}.example"
            answer = policy.answer("GET", [("origin", origin)])
            if answer.headers[0] != ("access-control-allow-origin", origin):
                wrong.append(origin)

    threads = [threading.Thread(target=ask, args=(offset,)) for offset in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_policy_survives_fork():
    child = os.fork()
    if child == 0:
        os._exit(0 if POLICY.answer("GET", [("origin", APP)]).headers == ALLOWED else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert POLICY.answer("GET", [("origin", APP)]).headers == ALLOWED
