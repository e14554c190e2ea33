"""CORS for Flask, around everything that it does.

    from cors_engine.flask import CORS

    CORS(app, origins=["https://app.example"], supports_credentials=True)
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from ._native import Policy
from ._options import FLASK, looks_like_regex, policy_of, refuse_regex
from .wsgi import CORSMiddleware

_UNSAFE = {
    "send_wildcard": 'say origins=["*"] for everybody',
    "vary_header": "Vary is always right here, or a cache would hand one site's answer to another",
    "allow_private_network": "no browser asks for it any more",
    "automatic_options": "preflights never reach the application",
    "intercept_exceptions": "error responses have the headers, too",
    "always_send": "a response without Origin in its request needs Vary only",
}


class CORS:
    """Answers preflights, and puts a policy's headers on every response of `app`, whatever its status.

    The options are those of flask-cors where the meaning is the same, beside those of `Policy`; or `policy`
    says everything. Nobody is let in unless `origins` says so. With `resources`, a policy holds for the paths
    under its key only: `{"/api/*": {"origins": [...]}}`; the first key that fits is taken, and the options
    beside `resources` hold for all of them.
    """

    def __init__(
        self,
        app: Any = None,
        *,
        policy: Optional[Policy] = None,
        resources: Optional[Mapping[str, Any]] = None,
        **options: Any,
    ) -> None:
        self._routes = _routes(policy, resources, options)
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Any) -> None:
        """Puts the policies around `app`."""
        app.wsgi_app = _Routed(app.wsgi_app, self._routes)


Route = Tuple[str, Policy]


def _routes(policy: Optional[Policy], resources: Optional[Mapping[str, Any]], options: Dict[str, Any]) -> List[Route]:
    if resources is None:
        return [("/*", policy if policy is not None else _policy(options))]
    if policy is not None:
        raise TypeError("say policy or resources: a key of resources takes a Policy, too")
    return [
        (_path(key), value if isinstance(value, Policy) else _policy({**options, **value}))
        for key, value in resources.items()
    ]


def _path(key: str) -> str:
    if not isinstance(key, str) or any(mark in key.rstrip("*") for mark in "*\\^$(+?["):
        raise ValueError(f"resources[{key!r}]: write a path, or a path with a star at its end, such as /api/*")
    # flask-cors takes regular expressions, in which /api/.* is what others write as /api/*.
    return key[:-2] + "*" if key.endswith(".*") else key


def _policy(options: Dict[str, Any]) -> Policy:
    for name, instead in _UNSAFE.items():
        if name in options:
            raise TypeError(f"{name} has no place here: {instead}")
    options = {name: [value] if isinstance(value, (str, re.Pattern)) else value for name, value in options.items()}
    for place, origin in enumerate(options.get("origins") or ()):
        if looks_like_regex(origin):
            refuse_regex(f"origins[{place}]", origin, "origins")
    return policy_of(None, options, FLASK)


class _Routed:
    """The application, behind the policy of each path."""

    def __init__(self, app: Callable[..., Iterable[bytes]], routes: Sequence[Route]) -> None:
        self._app = app
        self._routes = [
            (path[:-1], True, CORSMiddleware(app, policy=policy))
            if path.endswith("*")
            else (path, False, CORSMiddleware(app, policy=policy))
            for path, policy in routes
        ]

    def __call__(self, environ: Dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        requested = environ.get("PATH_INFO", "")
        for path, is_prefix, guarded in self._routes:
            if requested.startswith(path) if is_prefix else requested == path:
                return guarded(environ, start_response)
        return self._app(environ, start_response)
