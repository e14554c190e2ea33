"""Where things are."""

import os
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
sys.path[:0] = [str(REPOSITORY / "bindings" / shared) for shared in ("browsers", "conformance")]


@pytest.fixture(scope="session")
def cors_program() -> str:
    """The repository's command line program, whose answers are those of the Rust library."""
    return os.environ.get("CORS_PROGRAM", str(REPOSITORY / "target" / "debug" / "cors"))
