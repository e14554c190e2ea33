"""A Starlette application under test."""

import os

from cors_engine import Policy
from cors_engine.starlette import add_cors
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def items(request):
    return PlainTextResponse("stored" if request.method == "PUT" else "items")


async def login(request):
    response = PlainTextResponse("")
    response.set_cookie("session", "alice")
    return response


async def me(request):
    return PlainTextResponse(request.headers.get("cookie", ""))


async def broken(request):
    raise RuntimeError("broken on purpose")


app = Starlette(
    routes=[
        Route("/items", items, methods=["GET", "PUT"]),
        Route("/login", login),
        Route("/me", me),
        Route("/broken", broken),
    ]
)
add_cors(app, policy=Policy.from_json(os.environ["CORS_POLICY"]))
