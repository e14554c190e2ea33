"""Middleware for ASGI applications: Starlette, FastAPI, Litestar, Quart, Django and any other.

    from cors_engine.asgi import CORSMiddleware

    app = CORSMiddleware(app, allow_origins=["https://app.example"], allow_credentials=True)

Put it outermost, so that script can read error responses, too.
"""

from __future__ import annotations

from typing import Any, Awaitable, Callable, List, MutableMapping, Optional, Sequence

from ._native import Policy
from ._options import starlette_policy

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApplication = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class CORSMiddleware:
    """Answers preflights, and puts a policy's headers on every response of `app`, whatever its status.

    The options are those of Starlette's class of this name where the meaning is the same, beside those of
    `Policy`; or `policy` says everything.
    """

    def __init__(
        self,
        app: ASGIApplication,
        *,
        policy: Optional[Policy] = None,
        allow_origins: Optional[Sequence[str]] = None,
        allow_methods: Optional[Sequence[str]] = None,
        allow_headers: Optional[Sequence[str]] = None,
        allow_credentials: Optional[bool] = None,
        allow_origin_regex: Optional[str] = None,
        expose_headers: Optional[Sequence[str]] = None,
        max_age: Optional[int] = None,
        **keys: Any,
    ) -> None:
        options = {
            "allow_origins": allow_origins,
            "allow_methods": allow_methods,
            "allow_headers": allow_headers,
            "allow_credentials": allow_credentials,
            "expose_headers": expose_headers,
            "max_age": max_age,
            **keys,
        }
        self.app = app
        self.policy = starlette_policy(policy, allow_origin_regex, options)
        self._answer = self.policy.answer_asgi

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = self._answer(scope)
        status = answer.status
        if status is not None:
            await send({"type": "http.response.start", "status": status, "headers": _bodiless(answer.apply(()), status)})
            await send({"type": "http.response.body", "body": b""})
            return
        apply = answer.apply

        def send_answered(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = apply(message.get("headers") or ())
            return send(message)

        await self.app(scope, receive, send_answered)


def _bodiless(headers: List[Any], status: int) -> List[Any]:
    """A response without a body says so; 204 says so by itself."""
    if status != 204:
        headers.append((b"content-length", b"0"))
    return headers
