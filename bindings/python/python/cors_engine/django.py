"""CORS for Django. Its place is first in `MIDDLEWARE`, so that script can read error responses, too:

    MIDDLEWARE = ["cors_engine.django.CorsMiddleware", ...]
    CORS_ALLOWED_ORIGINS = ["https://app.example"]

The settings are those of django-cors-headers where the meaning is the same; or `CORS_POLICY` says everything:
a `Policy`, or the path of a policy file, of which `CORS_POLICY_ENVIRONMENT` chooses an environment.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List, Union

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from ._documents import load_policy
from ._errors import PolicyError
from ._native import Answer, Policy
from ._options import DJANGO, policy_of, refuse_regex

DEFAULTS: Dict[str, Any] = {
    "CORS_ALLOW_METHODS": ("DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"),
    "CORS_ALLOW_HEADERS": ("accept", "authorization", "content-type", "user-agent", "x-csrftoken", "x-requested-with"),
    "CORS_PREFLIGHT_MAX_AGE": 86400,
}


class CorsMiddleware:
    """Answers preflights, and puts a policy's headers on every response, whatever its status."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)
        try:
            self.policy = policy_of_settings()
        except (PolicyError, TypeError) as error:
            raise ImproperlyConfigured(str(error)) from error
        self.urls = re.compile(getattr(settings, "CORS_URLS_REGEX", r"^.*$"))

    def __call__(self, request: HttpRequest) -> Any:
        if self.is_async:
            return self._call_async(request)
        if not self.urls.match(request.path_info):
            return self.get_response(request)
        answer = self.policy.answer_wsgi(request.META)
        response = self.get_response(request) if answer.status is None else bodiless(answer.status)
        return put_on(answer, response)

    async def _call_async(self, request: HttpRequest) -> HttpResponseBase:
        if not self.urls.match(request.path_info):
            return await self.get_response(request)
        answer = self.policy.answer_wsgi(request.META)
        response = await self.get_response(request) if answer.status is None else bodiless(answer.status)
        return put_on(answer, response)


def policy_of_settings() -> Policy:
    """The policy that Django's settings say."""
    if getattr(settings, "CORS_POLICY", None) is not None:
        others = [name for name in dir(settings) if name.startswith("CORS_A") or name in DJANGO]
        if others:
            raise ImproperlyConfigured(f"CORS_POLICY says everything: remove {', '.join(others)}")
        policy: Union[Policy, str] = settings.CORS_POLICY
        environment = getattr(settings, "CORS_POLICY_ENVIRONMENT", None)
        return policy if isinstance(policy, Policy) else load_policy(policy, environment)
    for expression in getattr(settings, "CORS_ALLOWED_ORIGIN_REGEXES", None) or ():
        refuse_regex("CORS_ALLOWED_ORIGIN_REGEXES", expression, "CORS_ALLOWED_ORIGINS")
    if getattr(settings, "CORS_ALLOW_PRIVATE_NETWORK", False):
        raise ImproperlyConfigured("CORS_ALLOW_PRIVATE_NETWORK: no browser asks for it any more: remove it")
    options = {name: getattr(settings, name, DEFAULTS.get(name)) for name in DJANGO}
    if getattr(settings, "CORS_ALLOW_ALL_ORIGINS", False):
        options["CORS_ALLOWED_ORIGINS"] = ["*"]
    return policy_of(None, options, DJANGO)


def bodiless(status: int) -> HttpResponse:
    """A response to a preflight."""
    response = HttpResponse(status=status)
    del response.headers["Content-Type"]
    if status != 204:
        response["Content-Length"] = "0"
    return response


def put_on(answer: Answer, response: HttpResponseBase) -> HttpResponseBase:
    """Puts `answer` on a response, whose headers come once each: further lines are joined."""
    had = list(response.items())
    lines: Dict[str, List[str]] = {}
    for name, value in answer.apply_text(had):
        lines.setdefault(name.lower(), []).append(value)
    for name, _ in had:
        if name.lower() not in lines:
            del response[name]
    for name, values in lines.items():
        joined = ", ".join(values)
        if response.get(name) != joined:
            response[name] = joined
    return response
