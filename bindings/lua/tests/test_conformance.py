"""The shared rows and scenarios, through the Lua package inside nginx: verdicts are the Rust library's."""

from __future__ import annotations

import http.client
import json
import subprocess
from urllib.parse import urlsplit

import pytest
from conftest import REPOSITORY
from nginx import TESTS, running

CORPUS = REPOSITORY / "tests" / "corpus"
DOORS = "".join(
    f"location = /{door} {{ content_by_lua_block {{ require('conformance').serve '{door}' }} }}\n"
    for door in ("answer", "replay")
)
BATCH = 500


@pytest.fixture(scope="module")
def lua():
    """Asks the Lua package questions and gives its answers."""
    with running(f'init_by_lua_block {{ package.path = "{TESTS}/?.lua;" .. package.path }}', DOORS) as url:

        def ask(door, questions):
            answers = []
            for start in range(0, len(questions), BATCH):
                body = "".join(json.dumps(question) + "\n" for question in questions[start : start + BATCH])
                connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=300)
                connection.request("POST", f"/{door}", body.encode())
                response = connection.getresponse()
                text = response.read()
                connection.close()
                assert response.status == 200, text
                answers += [json.loads(line) for line in text.splitlines()]
            assert len(answers) == len(questions)
            return answers

        yield ask


def lines_of(name):
    with open(CORPUS / f"{name}.jsonl", encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def answers_of_rust(program, arguments, questions):
    body = "".join(json.dumps(question) + "\n" for question in questions).encode()
    ran = subprocess.run([program, *arguments, "-"], input=body, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def wire_url(url):
    """A key of a scenario's server map as it goes over the wire: scheme, host and port as a browser writes them."""
    scheme, _, rest = url.partition("://")
    end = min((place for place in map(rest.find, "/?#") if place >= 0), default=len(rest))
    host, path = rest[:end].rpartition("@")[2].lower(), rest[end:].partition("#")[0]
    default = {"http": ":80", "https": ":443"}.get(scheme.lower(), "")
    host = host[: -len(default)] if default and host.endswith(default) else host
    return f"{scheme.lower()}://{host}{path if path.startswith('/') else '/' + path}"


def without_empty(value):
    """A table of Lua that is empty is neither a list nor an object: an empty one is told as nothing on both sides."""
    if isinstance(value, list):
        return [without_empty(element) for element in value] or None
    if isinstance(value, dict):
        return {key: without_empty(element) for key, element in value.items()} or None
    return value


@pytest.mark.parametrize("engine", ["spec", "chromium", "gecko", "webkit"])
@pytest.mark.parametrize("name", ["chromium-unit", "others", "wpt"])
def test_scenarios_are_replayed_as_in_rust(cors_program, lua, name, engine):
    scenarios = lines_of(name)
    expected = answers_of_rust(cors_program, ["replay", "--engine", engine], scenarios)
    for scenario in scenarios:
        for step in scenario["steps"]:
            step["server"] = {wire_url(url): answers for url, answers in step.get("server", {}).items()}
    answered = lua("replay", [{"engine": engine, "scenario": scenario} for scenario in scenarios])
    for rust, seen in zip(expected, answered):
        assert without_empty(seen) == without_empty(rust)
    assert len(expected) > 50


def policy_of(peer):
    """A row's policy in the words of this engine, as the Rust suite reads it."""

    def listed(names, mirrored):
        return mirrored if names == "mirror" else names

    origins = listed(peer["origins"], ["*"])
    policy = {
        "origins": [origin for origin in origins if origin != "null"],
        "null_origin": "null" in origins,
        "credentials": peer["credentials"],
        "methods": listed(peer["methods"], ["*"]),
        "request_headers": listed(peer["request_headers"], ["*", "authorization"]),
        "expose_headers": peer["expose_headers"],
        "dangerous_insecure_origins_with_credentials": peer.get("allow_insecure_origins", False),
        "dangerous_public_suffix_subdomains": peer.get("allow_public_suffix_subdomains", False),
    }
    if peer["max_age"] is not None:
        policy["max_age"] = peer["max_age"]
    return policy


def question_of(row):
    """Policy, method and headers of a row; a request stands in where a row is about a policy or a pattern."""
    kind = row["kind"]
    if kind in ("decision", "policy"):
        if row["policy"] is None:
            return None
        request = row.get("request", {"method": "GET", "headers": {"origin": ["https://a.example"]}})
        return policy_of(row["policy"]), request["method"], request["headers"]
    if kind in ("origin-pattern", "origin-risk"):
        return {"origins": [row["pattern"]]}, "GET", {"origin": [row["pattern"]]}
    if kind == "origin-match":
        policy = {"origins": row["patterns"], "null_origin": True, "dangerous_public_suffix_subdomains": True}
        return policy, "GET", {"origin": [row["origin"]]}
    assert kind == "acrh", kind
    headers = {
        "origin": ["https://a.example"],
        "access-control-request-method": ["GET"],
        "access-control-request-headers": row["lines"],
    }
    return {"origins": ["https://a.example"], "request_headers": row["allowed"]}, "OPTIONS", headers


def test_server_rows_are_answered_as_in_rust(cors_program, lua):
    asked = [question for question in map(question_of, lines_of("server-peers")) if question is not None]
    expected = answers_of_rust(
        cors_program,
        ["answer"],
        [{"policy": policy, "request": {"method": method, "headers": headers}} for policy, method, headers in asked],
    )
    answered = lua(
        "answer",
        [{"policy": json.dumps(policy), "method": method, "headers": headers} for policy, method, headers in asked],
    )
    assert len(expected) == len(asked) > 500
    for question, rust, seen in zip(asked, expected, answered):
        if "errors" in rust:
            # The library keeps the first bytes of long texts.
            rust = {"errors": [[error["field"][:63], error["code"], error["advice"][:383]] for error in rust["errors"]]}
            seen = {"errors": [[key[:63], code, advice[:383]] for key, code, advice in seen["errors"]]}
        else:
            # The C interface echoes without the spaces and tabs around a value, which no recipient sees.
            rust["headers"] = {name: [line.strip(" \t") for line in lines] for name, lines in rust["headers"].items()}
        assert without_empty(seen) == without_empty(rust), question
