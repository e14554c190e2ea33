"""Middleware for WSGI applications: Flask, Django, Pyramid, Bottle and any other.

    from cors_engine.wsgi import CORSMiddleware

    application = CORSMiddleware(application, allow_origins=["https://app.example"])
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Callable, Dict, Iterable, Optional, Sequence

from ._native import Policy
from ._options import starlette_policy

StartResponse = Callable[..., Any]
WSGIApplication = Callable[[Dict[str, Any], StartResponse], Iterable[bytes]]


class CORSMiddleware:
    """Answers preflights, and puts a policy's headers on every response of `app`, whatever its status.

    The options are those of `cors_engine.asgi.CORSMiddleware`.
    """

    def __init__(
        self,
        app: WSGIApplication,
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

    def __call__(self, environ: Dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        answer = self.policy.answer_wsgi(environ)
        status = answer.status
        if status is not None:
            headers = answer.apply_text(())
            if status != 204:
                headers.append(("Content-Length", "0"))
            start_response(status_line(status), headers)
            return []
        apply_text = answer.apply_text

        def start_answered(status: str, headers: Sequence[Any], *exc_info: Any) -> Any:
            return start_response(status, apply_text(headers), *exc_info)

        return self.app(environ, start_answered)


def status_line(status: int) -> str:
    """A status with its phrase, as WSGI wants it."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Success"
