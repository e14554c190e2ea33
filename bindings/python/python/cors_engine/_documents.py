"""Policies from files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Optional, Union

from ._errors import PolicyError
from ._native import Policy


def load_policy(path: Union[str, "os.PathLike[str]"], environment: Optional[str] = None) -> Policy:
    """The policy in a TOML or JSON file. `environment` chooses one of its `env` tables."""
    path = Path(path)
    read = {".toml": Policy.from_toml, ".json": Policy.from_json}.get(path.suffix.lower())
    if read is None:
        raise ValueError(f"{path}: a policy file is called .toml or .json")
    try:
        return read(path.read_text(encoding="utf-8"), environment)
    except PolicyError as error:
        raise PolicyError(error.mistakes, source=str(path)) from None
