"""A FastAPI application under test."""

import os

from cors_engine import Policy
from cors_engine.starlette import add_cors
from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse

app = FastAPI()
add_cors(app, policy=Policy.from_json(os.environ["CORS_POLICY"]))


@app.get("/items", response_class=PlainTextResponse)
def items():
    return "items"


@app.put("/items", response_class=PlainTextResponse)
def store():
    return "stored"


@app.get("/login")
def login(response: Response):
    response.set_cookie("session", "alice")


@app.get("/me", response_class=PlainTextResponse)
def me(request: Request):
    return request.headers.get("cookie", "")


@app.get("/broken")
def broken():
    raise RuntimeError("broken on purpose")
