"""The shared rows and scenarios, through the Lua package inside nginx: verdicts are the Rust library's."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest
from nginx import TESTS, running
from rows import SCENARIOS, answers_of_rust, lines_of, server_answers_of_rust, server_questions

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
@pytest.mark.parametrize("name", SCENARIOS)
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


def test_server_rows_are_answered_as_in_rust(cors_program, lua):
    asked = server_questions()
    expected = server_answers_of_rust(cors_program, asked)
    answered = lua(
        "answer",
        [
            {"policy": json.dumps(policy), "method": method, "headers": headers}
            for _, (policy, method, headers) in asked
        ],
    )
    for (row, _), rust, seen in zip(asked, expected, answered):
        if "errors" in rust:
            # The library keeps the first bytes of long texts.
            rust = {"errors": [[error["field"][:63], error["code"], error["advice"][:383]] for error in rust["errors"]]}
            seen = {"errors": [[key[:63], code, advice[:383]] for key, code, advice in seen["errors"]]}
        else:
            # The C interface echoes without the spaces and tabs around a value, which no recipient sees.
            rust["headers"] = {name: [line.strip(" \t") for line in lines] for name, lines in rust["headers"].items()}
        assert without_empty(seen) == without_empty(rust), row["name"]
