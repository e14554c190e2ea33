"""A Flask application under test."""

import os

from cors_engine import Policy
from cors_engine.flask import CORS
from flask import Flask, make_response, request

app = Flask(__name__)
CORS(app, policy=Policy.from_json(os.environ["CORS_POLICY"]))


@app.route("/items", methods=["GET", "PUT"])
def items():
    return "stored" if request.method == "PUT" else "items"


@app.route("/login")
def login():
    response = make_response("")
    response.set_cookie("session", "alice")
    return response


@app.route("/me")
def me():
    return request.headers.get("Cookie", "")


@app.route("/broken")
def broken():
    raise RuntimeError("broken on purpose")
