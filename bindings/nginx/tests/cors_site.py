"""The site of site/http.conf, and what the tests ask of it."""

import atexit
import functools
import json
import time
import unittest

from harness import HERE, Nginx, ask, free_port, preflight
from upstream import Upstream

APP = "https://app.example"
EVIL = "https://evil.example"

FILES = {
    "files/page.html": "page\n",
    "files/empty/.keep": "",
    "files/long.txt": "0123456789" * 100,
    "files/ssi.txt": 'before <!--#include virtual="/part" --> after\n',
    # user "me", password "secret"
    "users": "me:{PLAIN}secret\n",
}


def start(workers=1, error_level="info", access_log="@FOLDER@/cors.log"):
    """Starts a nginx with this site. The application behind it ends with the program."""
    upstream = Upstream()
    atexit.register(upstream.stop)
    names = {"UPSTREAM": str(upstream.port)} | {
        name: str(free_port())
        for name in ("DEAD", "PORT_HTTP2", "PORT_AUDIT", "PORT_AUDIT_HTTP2", "PORT_RETURN")
    }
    policies = {f"policies/{path.name}": path.read_text() for path in (HERE / "site/policies").iterdir()}
    http = (HERE / "site/http.conf").read_text().replace("@ACCESS_LOG@", access_log)
    nginx = Nginx(http, names, FILES | policies, workers, error_level)
    atexit.register(nginx.stop)
    nginx.upstream = upstream
    nginx.start()
    return nginx


# The site that all tests ask.
site = functools.cache(start)


class SiteTest(unittest.TestCase):
    """A test that asks the site."""

    maxDiff = None
    server = "PORT"

    def setUp(self):
        self.site = site()
        self.port = int(self.site.names[self.server])

    def get(self, path, *headers, origin=APP, method="GET", body=b"", **more):
        lines = [("Origin", origin)] if origin is not None else []
        return ask(self.port, method, path, *lines, *headers, body=body, **more)

    def preflight(self, path, **more):
        return preflight(self.port, path, **more)

    def readable(self, path, status, *headers, **more):
        """Script of the listed origin can read the answer, whatever its status; that of another cannot."""
        response = self.get(path, *headers, **more)
        self.assertEqual(response.status, status, response)
        self.assertEqual(
            response.cors,
            {
                "access-control-allow-origin": APP,
                "access-control-allow-credentials": "true",
                "access-control-expose-headers": "x-request-id",
            },
        )
        self.assertIn("origin", response.vary)
        refused = self.get(path, *headers, origin=EVIL, **more)
        self.assertEqual(refused.cors, {}, refused)
        self.assertIn("origin", refused.vary)
        return response

    def answered(self, path):
        """A preflight is answered by the module, and the application does not see it."""
        seen = self.site.upstream.requests
        response = self.preflight(path, names="authorization,content-type")
        self.assertEqual(response.status, 204, response)
        self.assertEqual(response.one("access-control-allow-origin"), APP)
        self.assertEqual(response.one("access-control-allow-methods"), "DELETE,PUT")
        self.assertEqual(response.one("access-control-max-age"), "600")
        self.assertEqual(response.body, b"")
        refused = self.preflight(path, origin=EVIL)
        self.assertEqual((refused.status, refused.cors), (403, {}), refused)
        self.assertEqual(self.site.upstream.requests, seen)
        return response

    def log_of(self, uri):
        """The last line of the access log about this address."""
        return self.eventually(lambda: self.access_line(uri), f"no access log line for {uri}")

    def access_line(self, uri):
        lines = [json.loads(line) for line in self.site.log("cors.log").splitlines()]
        return next((line for line in reversed(lines) if line["uri"] == uri), None)

    def error_of(self, text):
        """The line of the error log with this text."""
        lines = lambda: [line for line in self.site.log().splitlines() if text in line]
        return self.eventually(lambda: (lines() or [None])[-1], f"no error log line with {text}")

    def eventually(self, find, message):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            found = find()
            if found:
                return found
            time.sleep(0.02)
        self.fail(message)
