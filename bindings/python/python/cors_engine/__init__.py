"""CORS as browsers decide it.

The server half: a `Policy` answers requests, and the middleware of `cors_engine.asgi`, `cors_engine.wsgi`,
`cors_engine.starlette`, `cors_engine.flask` and `cors_engine.django` puts its answers on responses.

The browser half: `explain`, `would_browser_allow` and `replay` say what browsers make of a response, and
`cors_engine.testing` lets a test suite fetch as a browser would.
"""

from ._browser import ENGINES, Explanation, Judgement, explain, replay, would_browser_allow
from ._documents import load_policy
from ._errors import Finding, Mistake, PolicyError
from ._native import Answer, Policy

__all__ = [
    "ENGINES",
    "Answer",
    "Explanation",
    "Finding",
    "Judgement",
    "Mistake",
    "Policy",
    "PolicyError",
    "explain",
    "load_policy",
    "replay",
    "would_browser_allow",
]
