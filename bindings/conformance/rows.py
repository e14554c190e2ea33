"""The shared rows of the server half as questions to a binding, and what the Rust library answers to questions."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

CORPUS = Path(__file__).parents[2] / "tests" / "corpus"
SCENARIOS = ["chromium-unit", "others", "wpt"]


def lines_of(name):
    """The rows or scenarios of a file of the corpus."""
    with open(CORPUS / f"{name}.jsonl", encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def server_questions():
    """The rows of the server half that have a policy, each with its policy, method and headers."""
    questions = [(row, question_of(row)) for row in lines_of("server-peers")]
    asked = [(row, question) for row, question in questions if question is not None]
    assert len(asked) > 500
    return asked


def answers_of_rust(program, arguments, questions):
    """What the command line program says to each question."""
    body = "".join(json.dumps(question) + "\n" for question in questions).encode()
    ran = subprocess.run([program, *arguments, "-"], input=body, stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(answers) == len(questions)
    return answers


def server_answers_of_rust(program, asked):
    """What `cors answer` says to the questions of rows."""
    questions = [
        {"policy": policy, "request": {"method": method, "headers": headers}}
        for _, (policy, method, headers) in asked
    ]
    return answers_of_rust(program, ["answer"], questions)


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
