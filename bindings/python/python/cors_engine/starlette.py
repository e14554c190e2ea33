"""CORS for Starlette and FastAPI, around everything that they do.

    from cors_engine.starlette import add_cors

    add_cors(app, allow_origins=["https://app.example"])

`app.add_middleware(cors_engine.asgi.CORSMiddleware, ...)` works as well, but what is added so stands inside of
what answers unhandled exceptions: script cannot read those responses of status 500.
"""

from __future__ import annotations

from typing import Any

from .asgi import CORSMiddleware

__all__ = ["CORSMiddleware", "add_cors"]


def add_cors(app: Any, **options: Any) -> None:
    """Puts `CORSMiddleware` with these options around the whole stack of `app`."""
    if app.middleware_stack is not None:
        raise RuntimeError("the application has started: call add_cors before its first request")
    build = app.build_middleware_stack
    outermost = CORSMiddleware(app, **options)  # says mistakes here and now, not at the first request

    def build_middleware_stack() -> CORSMiddleware:
        return CORSMiddleware(build(), policy=outermost.policy)

    app.build_middleware_stack = build_middleware_stack
