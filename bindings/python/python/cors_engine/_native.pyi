from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

from ._errors import Finding

_Text = Union[str, bytes]

class Answer:
    """What a policy has to say to one request. It is the same for every status of the response."""

    @property
    def kind(self) -> str:
        """`"not-cors"`, `"actual"` or `"preflight"`."""
    @property
    def status(self) -> Optional[int]:
        """The status to answer with now, without a body; `None` to pass the request on."""
    @property
    def allowed(self) -> bool:
        """Whether script may read the response, or go on after the preflight."""
    @property
    def reason(self) -> str:
        """Why, as a stable code such as `"origin-not-allowed"`."""
    @property
    def words(self) -> str:
        """Why, in one sentence."""
    @property
    def headers(self) -> List[Tuple[str, str]]:
        """The response headers to send beside `Vary`."""
    @property
    def vary(self) -> List[str]:
        """The names that `Vary` has to list."""
    def apply(self, headers: Iterable[Any], /) -> List[Tuple[bytes, bytes]]:
        """The application's header lines, pairs of bytes, with this answer put on them."""
    def apply_text(self, headers: Iterable[Any], /) -> List[Tuple[str, str]]:
        """As `apply`, for pairs of text."""

class Policy:
    """Who may read a server's answers across origins, and with what requests. Immutable; any thread may ask it."""

    def __new__(
        cls,
        *,
        origins: Sequence[str] = ...,
        null_origin: bool = ...,
        credentials: bool = ...,
        methods: Sequence[str] = ...,
        request_headers: Sequence[str] = ...,
        expose_headers: Sequence[str] = ...,
        max_age: int = ...,
        timing_allow_origins: Sequence[str] = ...,
        preflight_status: int = ...,
        refused_preflight: str = ...,
        dangerous_reflect_any_origin_with_credentials: bool = ...,
        dangerous_null_origin_with_credentials: bool = ...,
        dangerous_insecure_origins_with_credentials: bool = ...,
        dangerous_public_suffix_subdomains: bool = ...,
        env: Mapping[str, Mapping[str, Any]] = ...,
    ) -> "Policy": ...
    @staticmethod
    def from_toml(text: str, environment: Optional[str] = None) -> "Policy": ...
    @staticmethod
    def from_json(text: str, environment: Optional[str] = None) -> "Policy": ...
    @property
    def allows_credentials(self) -> bool: ...
    def audit(self) -> List[Finding]: ...
    def answer(self, method: _Text, headers: Iterable[Any], /) -> Answer:
        """The answer to a request with this method and these header lines: pairs of bytes or of text."""
    def answer_asgi(self, scope: Mapping[str, Any], /) -> Answer:
        """The answer to the request of an ASGI scope of type `http`."""
    def answer_wsgi(self, environ: Dict[str, Any], /) -> Answer:
        """The answer to the request of a WSGI environ."""

def explain_json(question: str) -> str: ...
def replay_json(engine: str, scenario: str) -> str: ...
