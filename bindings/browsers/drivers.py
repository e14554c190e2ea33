"""Real browsers, driven with the standard library alone: Chromium by DevTools over a pipe, Firefox by Marionette.

Each driver opens a page and runs script on it: `browser.run(page_url, script)` gives what the script, the body of
an async function, returns.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, Optional

START_SECONDS = 60
"""How long a browser may take to start; machines that test are busy."""

STEP_SECONDS = 60
"""How long a page may take to load, or a script to end."""

RETRIES = 100
"""How often a script is tried on a page that is being replaced."""

CHROMIUM_FLAGS = (
    "--headless=new --no-sandbox --disable-background-networking --disable-component-update --disable-sync "
    "--no-first-run --disable-gpu --disable-dev-shm-usage --no-proxy-server --disable-background-timer-throttling "
    "--disable-renderer-backgrounding --remote-debugging-pipe"
)

FIREFOX_PREFERENCES: Dict[str, Any] = {
    "app.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.cookie.cookieBehavior": 0,
    "network.http.speculative-parallel-limit": 0,
    "network.prefetch-next": False,
    "network.proxy.type": 0,
    "network.trr.mode": 5,
    "toolkit.telemetry.enabled": False,
}


class Process:
    """A browser's process group with a home folder of its own; both end with it."""

    def __init__(self, command: list, pass_fds: tuple = ()) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="browser-"))
        environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
            environment[name] = str(self.folder)
        command = [part.replace("{folder}", str(self.folder)) for part in command]
        self.log = open(self.folder / "log", "wb")
        self.child = subprocess.Popen(
            command,
            env=environment,
            pass_fds=pass_fds,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )

    def end(self) -> None:
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.child.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Chromium:
    """Chromium, spoken to in DevTools' protocol: JSON messages that a zero byte ends."""

    name = "chromium"

    def __init__(self) -> None:
        read_by_browser, self._write = os.pipe()
        self._read, written_by_browser = os.pipe()
        # The browser reads descriptor 3 and writes descriptor 4.
        redirect = f'exec "$@" 3<&{read_by_browser} 4>&{written_by_browser}'
        command = ["bash", "-c", redirect, "bash", "chromium", *CHROMIUM_FLAGS.split(), "--user-data-dir={folder}"]
        self._process = Process(command, (read_by_browser, written_by_browser))
        os.close(read_by_browser)
        os.close(written_by_browser)
        self._buffer = b""
        self._last_id = 0

    def run(self, page_url: str, script: str) -> Any:
        target = self._call("Target.createTarget", {"url": page_url})["targetId"]
        session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        try:
            # The new page may be blank still, and takes the script with it when it is replaced.
            wait = "while (location.href === 'about:blank') await new Promise(go => setTimeout(go, 20));\n"
            evaluation = {"expression": _promise(wait + script), "awaitPromise": True, "returnByValue": True}
            for _ in range(RETRIES):
                answer = self._call("Runtime.evaluate", evaluation, session, may_fail=True)
                if "exceptionDetails" in answer:
                    raise RuntimeError(f"the script failed: {answer['exceptionDetails']}")
                if "result" in answer:
                    return answer["result"].get("value")
                time.sleep(0.05)
            raise RuntimeError(f"no page: {answer}")
        finally:
            self._call("Target.closeTarget", {"targetId": target})

    def close(self) -> None:
        self._process.end()
        os.close(self._write)
        os.close(self._read)

    def _call(self, method: str, parameters: Any, session: Optional[str] = None, may_fail: bool = False) -> Any:
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") != self._last_id:
                continue
            if "error" in answer and not may_fail:
                raise RuntimeError(f"{method}: {answer['error']}")
            return answer.get("result", answer)

    def _receive(self) -> Any:
        while b"\0" not in self._buffer:
            readable, _, _ = select.select([self._read], [], [], START_SECONDS + STEP_SECONDS)
            chunk = os.read(self._read, 65536) if readable else b""
            if not chunk:
                raise RuntimeError(f"chromium ended or hangs: {(self._process.folder / 'log').read_text(errors='replace')}")
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)


class Firefox:
    """Firefox, spoken to in Marionette's protocol: JSON messages after their length."""

    name = "firefox"

    def __init__(self) -> None:
        command = ["firefox-esr", "--headless", "--no-remote", "--profile", "{folder}", "--marionette"]
        port = free_port()
        preferences = {**FIREFOX_PREFERENCES, "marionette.port": port}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
        # The profile is written before the process reads it: it starts through a shell that waits for nothing else.
        script = 'printf "%s\\n" "$1" > "$2/user.js"; shift 2; exec "$@"'
        self._process = Process(["bash", "-c", script, "bash", "\n".join(lines), "{folder}", *command])
        self._socket = self._connect(port)
        self._buffer = b""
        self._last_id = 0
        self._receive()  # it says hello
        self._call("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": True}}})
        self._call("WebDriver:SetTimeouts", {"script": STEP_SECONDS * 1000, "pageLoad": STEP_SECONDS * 1000})

    def run(self, page_url: str, script: str) -> Any:
        self._call("WebDriver:Navigate", {"url": page_url})
        waited = "const done = arguments[arguments.length - 1];\n"
        waited += f"{_promise(script)}.then(done, error => done({{ failed: String(error) }}));"
        value = self._call("WebDriver:ExecuteAsyncScript", {"script": waited, "args": []})["value"]
        if isinstance(value, dict) and "failed" in value:
            raise RuntimeError(f"the script failed: {value['failed']}")
        return value

    def close(self) -> None:
        self._socket.close()
        self._process.end()

    def _connect(self, port: int) -> socket.socket:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=2 * STEP_SECONDS)
            except ConnectionRefusedError:
                if self._process.child.poll() is not None or time.monotonic() > deadline:
                    log = (self._process.folder / "log").read_text(errors="replace")
                    self._process.end()
                    raise RuntimeError(f"firefox did not start: {log}") from None
                time.sleep(0.1)

    def _call(self, command: str, parameters: Any) -> Any:
        self._last_id += 1
        message = json.dumps([0, self._last_id, command, parameters]).encode()
        self._socket.sendall(str(len(message)).encode() + b":" + message)
        while True:
            answer = self._receive()
            if answer[1] != self._last_id:
                continue
            if answer[2]:
                raise RuntimeError(f"{command}: {answer[2]}")
            return answer[3]

    def _receive(self) -> Any:
        while b":" not in self._buffer:
            self._buffer += self._chunk()
        length, _, rest = self._buffer.partition(b":")
        while len(rest) < int(length):
            rest += self._chunk()
        message, self._buffer = rest[: int(length)], rest[int(length) :]
        return json.loads(message)

    def _chunk(self) -> bytes:
        chunk = self._socket.recv(65536)
        if not chunk:
            raise RuntimeError("firefox ended")
        return chunk


BROWSERS = (Chromium, Firefox)


def _promise(script: str) -> str:
    return f"(async () => {{ {script} }})()"


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
