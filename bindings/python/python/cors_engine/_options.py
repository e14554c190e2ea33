"""The options of middleware: a policy, or what other middleware calls the same things."""

from __future__ import annotations

import re
from typing import Any, Generic, List, Mapping, NoReturn, Optional, Sequence, TypeVar

from ._errors import Mistake, PolicyError
from ._native import Policy

Application = TypeVar("Application")

STARLETTE: Mapping[str, str] = {
    "allow_origins": "origins",
    "allow_methods": "methods",
    "allow_headers": "request_headers",
    "allow_credentials": "credentials",
}
FLASK: Mapping[str, str] = {
    "allow_headers": "request_headers",
    "supports_credentials": "credentials",
}
DJANGO: Mapping[str, str] = {
    "CORS_ALLOWED_ORIGINS": "origins",
    "CORS_ALLOW_METHODS": "methods",
    "CORS_ALLOW_HEADERS": "request_headers",
    "CORS_ALLOW_CREDENTIALS": "credentials",
    "CORS_EXPOSE_HEADERS": "expose_headers",
    "CORS_PREFLIGHT_MAX_AGE": "max_age",
}


def policy_of(policy: Optional[Policy], options: Mapping[str, Any], names: Mapping[str, str]) -> Policy:
    """`policy` itself, or one from `options`, whose mistakes are said in the words of `names`."""
    options = {name: value for name, value in options.items() if value is not None}
    if policy is not None:
        if options:
            raise TypeError(f"a policy says everything: leave out {', '.join(sorted(options))}")
        return policy
    try:
        return Policy(**{names.get(name, name): value for name, value in options.items()})
    except PolicyError as error:
        written = {key: name for name, key in names.items()}
        raise PolicyError(_renamed(mistake, written) for mistake in error.mistakes) from None


class PolicyMiddleware(Generic[Application]):
    """An application, and the policy it is under. `max_age` is 600 seconds unless it is said, as in Starlette."""

    def __init__(
        self,
        app: Application,
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
        if allow_origin_regex is not None:
            refuse_regex("allow_origin_regex", allow_origin_regex, "allow_origins")
        options = {
            "allow_origins": allow_origins,
            "allow_methods": allow_methods,
            "allow_headers": allow_headers,
            "allow_credentials": allow_credentials,
            "expose_headers": expose_headers,
            "max_age": 600 if policy is None and max_age is None else max_age,
            **keys,
        }
        self.app = app
        self.policy = policy_of(policy, options, STARLETTE)


def _renamed(mistake: Mistake, written: Mapping[str, str]) -> Mistake:
    key, bracket, rest = mistake.key.partition("[")
    return mistake._replace(key=written.get(key, key) + bracket + rest)


def refuse_regex(option: str, expression: Any, write: str) -> NoReturn:
    """Regular expressions for origins are where other middleware let strangers in."""
    source = getattr(expression, "pattern", expression)
    patterns = patterns_for(source)
    instead = " and ".join(f'"{pattern}"' for pattern in patterns) or 'a pattern such as "https://*.example.org"'
    raise PolicyError(
        [
            Mistake(
                "origin-invalid",
                option,
                str(source),
                "regular expressions match more origins than they look like: "
                f"write {instead} in {write}, where *. stands for one or more whole labels and :* for every port",
            )
        ]
    )


def looks_like_regex(origin: Any) -> bool:
    """Whether an entry of a list of origins was meant as a regular expression."""
    if isinstance(origin, re.Pattern):
        return True
    return isinstance(origin, str) and any(mark in origin for mark in ("\\", "^", "$", "(", "+", ".*", "?"))


def patterns_for(expression: str) -> List[str]:
    """The patterns that a usual regular expression for origins meant; none when it is not a usual one."""
    text = re.sub(r"^(\^|\\A)|(\$|\\Z|\\z)$", "", expression)
    text = text.replace(r"\/", "/").replace(r"\-", "-").replace("(?:", "(")
    text = re.sub(r"\(:(\[0-9\]|\\d)[+*]\)\??|:(\[0-9\]|\\d)[+*]|:\.[*+]", ":*", text)
    label = r"(\.[*+]|\\w[*+]|\[[^\]]*\][*+])"
    text = re.sub(rf"\({label}\)\\?\.|{label}\\?\.", "*.", text)
    text = text.replace(r"\.", ".")
    scheme, _, rest = text.partition("://")
    schemes = ["https", "http"] if scheme == "https?" else [scheme]
    # A subdomain that may be missing is two patterns: a star stands for at least one label.
    rests = ["", "*."] if re.match(r"\(\*\.\)[?*]", rest) else [""]
    rest = re.sub(r"^\(\*\.\)[?*+]?", "", rest)
    patterns = [f"{scheme}://{subdomain}{rest}" for scheme in schemes for subdomain in rests]
    try:
        Policy(origins=patterns)
    except PolicyError:
        return []
    return patterns
