"""Debian's nginx with Lua on loopback, with the package under test from the prefix PREFIX."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, Iterator

PREFIX = Path(os.environ["PREFIX"])
TESTS = Path(__file__).parent

CONFIGURATION = """
daemon off;
master_process on;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
include /etc/nginx/modules-enabled/*.conf;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 64m;
    client_body_buffer_size 64m;
    lua_package_path "{prefix}/share/lua/5.1/?.lua;/usr/share/lua/5.1/?.lua;;";
    lua_package_cpath "{prefix}/lib/lua/5.1/?.so;/usr/lib/x86_64-linux-gnu/lua/5.1/?.so;;";
    {http}
    server {{
        listen 127.0.0.1:{port};
        {server}
    }}
}}
"""


@contextlib.contextmanager
def running(http: str, server: str) -> Iterator[str]:
    """nginx with this configuration; gives its URL. Fails if a Lua error was logged meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="nginx-"))
    port = free_port()
    text = CONFIGURATION.format(folder=folder, prefix=PREFIX, http=http, server=server, port=port)
    (folder / "nginx.conf").write_text(text)
    os.chmod(folder, 0o755)
    command = ["nginx", "-p", "/usr/share/nginx", "-c", str(folder / "nginx.conf")]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        wait_for(port, child, folder)
        yield f"http://127.0.0.1:{port}"
        log = (folder / "error.log").read_text(errors="replace")
        assert [line for line in log.splitlines() if "[error]" in line and "cors_engine" in line] == []
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGTERM)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
        child.stdout.close()
        shutil.rmtree(folder, ignore_errors=True)


def error_of(http: str) -> str:
    """What nginx says to a configuration with which it does not start. (`nginx -t` runs no Lua.)"""
    folder = Path(tempfile.mkdtemp(prefix="nginx-"))
    try:
        text = CONFIGURATION.format(folder=folder, prefix=PREFIX, http=http, server="", port=free_port())
        (folder / "nginx.conf").write_text(text)
        command = ["nginx", "-p", "/usr/share/nginx", "-c", str(folder / "nginx.conf")]
        ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        assert ran.returncode != 0, ran.stdout
        return ran.stdout.decode()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(port: int, child: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and child.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    child.kill()
    raise RuntimeError(f"nginx did not start: {child.stdout.read().decode()}")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def lua_string(text: str) -> str:
    """Text as a Lua string that nginx's configuration takes, too."""
    return "[==[" + text + "]==]"


def guarded(policy: Dict[str, Any]) -> str:
    """The http part that makes `policy` from these keys."""
    document = lua_string(json.dumps(policy))
    return "init_by_lua_block { policy = assert(require('resty.cors_engine').from_json(%s)) }" % document
