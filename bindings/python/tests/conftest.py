"""Where things are, and real servers on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest

TESTS = Path(__file__).parent
REPOSITORY = TESTS.parents[2]
pytest_plugins = ["pytester"]
sys.path[:0] = [str(REPOSITORY / "bindings" / shared) for shared in ("browsers", "conformance")]

SERVERS = {
    "starlette on uvicorn": ["uvicorn", "starlette_app:app", "--port", "{port}", "--log-level", "error"],
    "fastapi on uvicorn": ["uvicorn", "fastapi_app:app", "--port", "{port}", "--log-level", "error"],
    "flask on gunicorn": ["gunicorn", "flask_app:app", "--bind", "127.0.0.1:{port}", "--workers", "2", "--preload"],
    "flask on werkzeug": ["flask", "--app", "flask_app:app", "run", "--port", "{port}"],
    "django on gunicorn": ["gunicorn", "django_app:app", "--bind", "127.0.0.1:{port}", "--threads", "4"],
    "django on uvicorn": ["uvicorn", "django_app:asgi_app", "--port", "{port}", "--log-level", "error"],
    "wsgi on gunicorn": ["gunicorn", "wsgi_app:app", "--bind", "127.0.0.1:{port}"],
}


@contextlib.contextmanager
def running(server: str, policy: Dict[str, Any]) -> Iterator[str]:
    """A server under test with this policy; gives its URL."""
    port = free_port()
    module, *arguments = [part.format(port=port) for part in SERVERS[server]]
    child = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=TESTS / "servers",
        env={**os.environ, "CORS_POLICY": json.dumps(policy), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        wait_for(port, child)
        yield f"http://127.0.0.1:{port}"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
        child.stdout.close()


def wait_for(port: int, child: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and child.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    child.kill()
    raise RuntimeError(f"the server did not start: {child.stdout.read().decode(errors='replace')}")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def cors_program() -> str:
    """The repository's command line program, whose answers are those of the Rust library."""
    return os.environ.get("CORS_PROGRAM", str(REPOSITORY / "target" / "debug" / "cors"))
