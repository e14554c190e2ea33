"""Middleware for WSGI applications: Flask, Django, Pyramid, Bottle and any other.

    from cors_engine.wsgi import CORSMiddleware

    application = CORSMiddleware(application, allow_origins=["https://app.example"])
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Callable, Dict, Iterable, Sequence

from ._options import PolicyMiddleware

StartResponse = Callable[..., Any]
WSGIApplication = Callable[[Dict[str, Any], StartResponse], Iterable[bytes]]


class CORSMiddleware(PolicyMiddleware[WSGIApplication]):
    """Answers preflights, and puts a policy's headers on every response of `app`, whatever its status.

    The options are those of `cors_engine.asgi.CORSMiddleware`.
    """

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
