"""The shared rows and scenarios, through this package's own door: verdicts are the Rust library's, to the letter."""

from __future__ import annotations

import cors_engine
import pytest
from rows import SCENARIOS, answers_of_rust, lines_of, policy_of, server_answers_of_rust, server_questions


@pytest.mark.parametrize("engine", cors_engine.ENGINES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_scenarios_are_replayed_as_in_rust(cors_program, name, engine):
    scenarios = lines_of(name)
    expected = answers_of_rust(cors_program, ["replay", "--engine", engine], scenarios)
    assert len(expected) > 50
    for scenario, rust in zip(scenarios, expected):
        assert cors_engine.replay(scenario, engine) == rust


@pytest.mark.parametrize("name", SCENARIOS)
def test_explanations_end_as_scenarios_do(name):
    """The first step of a scenario, asked as a test suite asks, where its server's answers are all there is to know."""
    compared = 0
    for scenario in lines_of(name):
        step = scenario["steps"][0]
        plain = {"redirect": "follow", "cache": "default", "upload_listener": False}
        request = {key: value for key, value in step["request"].items() if plain.get(key, plain) != value}
        if request.keys() & plain.keys():
            continue
        answers = step.get("server", {}).get(request["url"])
        if answers is None or set(step["server"]) != {request["url"]} or not answers.get("actual"):
            continue
        heads = {
            door: (answers[kind]["status"], answers[kind].get("headers", []))
            for door, kind in (("preflight", "preflight"), ("response", "actual"))
            if answers.get(kind)
        }
        for engine in cors_engine.ENGINES:
            replayed = cors_engine.replay({"name": "x", "steps": [step]}, engine)["steps"][0]
            if replayed["outcome"] == "invalid-request" or len(replayed["wire"]) > len(heads):
                continue
            judgement = cors_engine.explain(**request, **heads).judgements[engine]
            readable = replayed["outcome"] == "response" and replayed["type"] in ("basic", "cors")
            if judgement.verdict != "undecided":
                assert (judgement.readable, judgement.reason) == (readable, replayed.get("reason")), scenario
                compared += 1
    assert compared > 50


def answered(policy, method, headers):
    """What this package answers, in the shape of `cors answer`."""
    try:
        answer = cors_engine.Policy(**policy).answer(
            method, [(name, value) for name, values in headers.items() for value in values]
        )
    except cors_engine.PolicyError as error:
        return sorted((mistake.key, mistake.code, mistake.advice) for mistake in error.mistakes)
    lines = {}
    for name, value in answer.headers:
        lines.setdefault(name, []).append(value)
    return {
        "kind": answer.kind,
        "allowed": answer.allowed,
        "reason": answer.reason,
        "status": answer.status,
        "headers": lines,
        "vary": answer.vary,
    }


def test_server_rows_are_answered_as_in_rust(cors_program):
    asked = server_questions()
    expected = server_answers_of_rust(cors_program, asked)
    for (row, question), rust in zip(asked, expected):
        if "errors" in rust:
            rust = sorted((error["field"], error["code"], error["advice"]) for error in rust["errors"])
        assert answered(*question) == rust, row["name"]


def test_rows_put_on_a_response_hold_what_the_answer_says():
    """The middleware's step: on whatever the application said, script sees the policy's headers and no others."""
    applied = 0
    for row in lines_of("server-peers"):
        if row["kind"] != "decision" or row["policy"] is None:
            continue
        try:
            policy = cors_engine.Policy(**policy_of(row["policy"]))
        except cors_engine.PolicyError:
            continue
        request = row["request"]
        answer = policy.answer(request["method"], flat(request["headers"]))
        had = flat(row.get("app", {}).get("headers", {}))
        now = answer.apply_text(had)
        assert answer.apply([(n.encode("latin-1"), v.encode("latin-1")) for n, v in had]) == [
            (n.encode("latin-1"), v.encode("latin-1")) for n, v in now
        ]
        cors = [(n, v) for n, v in now if n.startswith("access-control-") or n == "timing-allow-origin"]
        kept = [line for line in had if line[0] == "timing-allow-origin"]
        assert sorted(cors) == sorted(answer.headers + kept), row["name"]
        varied = {name.strip().lower() for n, v in now if n == "vary" for name in v.split(",")}
        assert "*" in varied or set(answer.vary) <= varied, row["name"]
        others = [line for line in had if line not in cors and not line[0].startswith("access-control-")]
        assert [line for line in now if line in others] == others
        applied += 1
    assert applied > 150


def flat(headers):
    return [(name, value) for name, values in headers.items() for value in values]
