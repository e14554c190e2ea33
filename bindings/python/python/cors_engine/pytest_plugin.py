"""Fixtures for pytest: the functions of `cors_engine.testing`, without an import.

    def test_the_shop_may_read(client, browser_fetch):
        assert browser_fetch(client, "https://shop.example", "/items").status_code == 200
"""

from __future__ import annotations

from typing import Any, Callable

import pytest

from . import testing


@pytest.fixture
def browser_fetch() -> Callable[..., Any]:
    """`cors_engine.testing.browser_fetch`."""
    return testing.browser_fetch


@pytest.fixture
def assert_browser_allows() -> Callable[..., Any]:
    """`cors_engine.testing.assert_browser_allows`."""
    return testing.assert_browser_allows


@pytest.fixture
def assert_browser_blocks() -> Callable[..., Any]:
    """`cors_engine.testing.assert_browser_blocks`."""
    return testing.assert_browser_blocks
