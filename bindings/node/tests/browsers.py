"""The seven cases of the error guide, in real browsers and in the windows of jsdom and happy-dom, against every server
integration; and the package itself inside the browsers.

Run by `check`, with the repository as the first argument, in the folder where the package is installed.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path.cwd()
REPOSITORY = Path(sys.argv[1])
sys.path.insert(0, str(REPOSITORY / "bindings" / "browsers"))

import cases  # noqa: E402
from drivers import BROWSERS  # noqa: E402

SERVERS = {
    **{name: ["node", "servers/run.mjs", name] for name in ("http", "connect", "express", "fastify", "hono", "workerd")},
    "deno": ["node_modules/.bin/deno", "run", "--quiet", "--allow-net", "--allow-read", "servers/deno.mjs"],
}

PAGE = """<!doctype html><title>engine</title>
<script type="importmap">{"imports": {"cors-engine": "/lib/index.js", "#wasm": "/lib/wasm/browser.js"}}</script>
<body><script type="module">
    import { replay } from "cors-engine";
    const replayed = [SCENARIOS].map((scenario) => replay(scenario));
    document.body.textContent = JSON.stringify(replayed);
    document.body.dataset.done = true;
</script>
"""

WAIT = """
while (!document.body?.dataset.done) await new Promise((go) => setTimeout(go, 50));
return document.body.textContent;
"""


class Window:
    """A window of jsdom or happy-dom, driven as the browsers are."""

    def __init__(self, name):
        self.name = name
        self._child = subprocess.Popen(
            ["node", "windows.mjs", name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, page, script):
        self._child.stdin.write(json.dumps({"page": page, "script": script}) + "\n")
        self._child.stdin.flush()
        return json.loads(self._child.stdout.readline() or sys.exit(f"{self.name} ended"))

    def close(self):
        self._child.stdin.close()
        self._child.wait(30)


@contextlib.contextmanager
def running(server, policy):
    """A server under test with this policy; gives its URL."""
    child = subprocess.Popen(
        [*SERVERS[server], json.dumps(policy)],
        env={**os.environ, "NODE_ENV": "test"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield f"http://127.0.0.1:{int(child.stdout.readline() or sys.exit(f'{server} did not start'))}"
    finally:
        child.stdin.close()
        if server == "deno":
            child.terminate()
        child.wait(30)


class Installed(SimpleHTTPRequestHandler):
    """The package as it is installed, and a page that imports it."""

    extensions_map = {".js": "text/javascript", ".wasm": "application/wasm", "": "application/octet-stream"}

    def __init__(self, page, *arguments, **options):
        self.page = page
        super().__init__(*arguments, **options)

    def do_GET(self):
        if self.path != "/":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.page.encode())

    def log_message(self, *arguments):
        pass


def replayed_inside(browser):
    """Replays scenarios by the package inside a browser; says what went wrong."""
    lines = [line for line in (REPOSITORY / "tests/corpus/others.jsonl").read_text("utf-8").splitlines() if line.strip()]
    program = os.environ["CORS_PROGRAM"]
    ran = subprocess.run([program, "replay", "-"], input="\n".join(lines).encode(), stdout=subprocess.PIPE, check=True)
    expected = [json.loads(line) for line in ran.stdout.splitlines()]
    page = PAGE.replace("SCENARIOS", ",".join(lines))
    handler = functools.partial(Installed, page, directory=HERE / "node_modules" / "cors-engine")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        seen = json.loads(browser.run(f"http://127.0.0.1:{server.server_port}/", WAIT))
        server.shutdown()
    wrong = [f"{browser.name}: {rust['name']}: {got}, not {rust}" for got, rust in zip(seen, expected) if got != rust]
    return wrong if len(seen) == len(expected) > 50 else [f"{browser.name}: {len(seen)} scenarios"]


def main():
    browsers = [browser() for browser in BROWSERS]
    windows = [Window("jsdom"), Window("happy-dom")]
    passed = failed = 0
    try:
        for browser in browsers:
            wrong = replayed_inside(browser)
            print(f"the package inside {browser.name}: {wrong[:3] or 'ok'}", flush=True)
            passed, failed = (passed, failed + 1) if wrong else (passed + 1, failed)
        with cases.Pages() as pages:
            for server in SERVERS:
                with running(server, cases.private_policy(pages)) as private, running(server, cases.PUBLIC_POLICY) as public:
                    wrong = cases.run(pages, private, public, browsers + windows)
                print(f"{server}: {wrong or 'ok'}", flush=True)
                passed, failed = (passed, failed + 1) if wrong else (passed + 1, failed)
    finally:
        for browser in browsers + windows:
            browser.close()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
