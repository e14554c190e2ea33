"""Middleware for ASGI applications: Starlette, FastAPI, Litestar, Quart, Django and any other.

    from cors_engine.asgi import CORSMiddleware

    app = CORSMiddleware(app, allow_origins=["https://app.example"], allow_credentials=True)

Put it outermost, so that script can read error responses, too.
"""

from __future__ import annotations

from typing import Any, Awaitable, Callable, List, MutableMapping

from ._options import PolicyMiddleware

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApplication = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class CORSMiddleware(PolicyMiddleware[ASGIApplication]):
    """Answers preflights, and puts a policy's headers on every response of `app`, whatever its status.

    The options are those of Starlette's class of this name where the meaning is the same, beside those of
    `Policy`; or `policy` says everything.
    """

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = self.policy.answer_asgi(scope)
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
