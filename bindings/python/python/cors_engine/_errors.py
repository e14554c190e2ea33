"""What is wrong with a policy, and what is doubtful."""

from __future__ import annotations

from typing import Any, Iterable, NamedTuple, Optional, Tuple


class Mistake(NamedTuple):
    """One mistake in a policy."""

    code: str
    """A stable code, such as `any-origin-with-credentials`."""
    key: str
    """The key it was made at, such as `origins[3]`."""
    value: str
    """The offending value."""
    advice: str
    """What is wrong and what to write instead."""
    position: Optional[Tuple[int, int]] = None
    """Line and column, from 1, if the policy came from a document."""

    def __str__(self) -> str:
        place = "{}:{}: ".format(*self.position) if self.position else ""
        key = f"{self.key}: " if self.key else ""
        value = f"{self.value!r}: " if self.value else ""
        return f"{place}{key}{value}{self.advice} [{self.code}]"


class Finding(NamedTuple):
    """What is valid in a policy and still worth a second look."""

    kind: str
    """`risky`, `dead`, `capped`, `shadowed` or `redundant`."""
    code: str
    key: str
    value: str
    words: str
    related: Optional[str] = None
    """What else has to do with it: for a shadowed entry, the wider one."""


class PolicyError(ValueError):
    """A policy cannot be built. `mistakes` holds everything that is wrong with it."""

    mistakes: Tuple[Mistake, ...]

    def __init__(self, mistakes: Iterable[Mistake], source: str = "") -> None:
        self.mistakes = tuple(mistakes)
        prefix = f"{source}: " if source else ""
        super().__init__("\n".join(f"{prefix}{mistake}" for mistake in self.mistakes))

    @classmethod
    def of(cls, rows: Iterable[Tuple[Any, ...]]) -> PolicyError:
        return cls(Mistake(*row) for row in rows)
