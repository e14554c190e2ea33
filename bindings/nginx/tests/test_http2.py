"""The same over HTTP/2, by curl."""

import subprocess

from cors_site import APP, EVIL, SiteTest
from harness import Response


class Http2(SiteTest):
    server = "PORT_HTTP2"

    def curl(self, path, *arguments):
        command = ["curl", "--silent", "--show-error", "--include", "--http2-prior-knowledge", *arguments,
                   f"http://127.0.0.1:{self.port}{path}"]
        out = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
        head, body = out.split(b"\r\n\r\n", 1)
        first, *lines = head.decode().split("\r\n")
        self.assertTrue(first.startswith("HTTP/2 "), first)
        return Response(int(first.split(" ")[1]), [tuple(line.split(": ", 1)) for line in lines], body)

    def preflight_arguments(self, origin=APP):
        return ["-X", "OPTIONS", "-H", f"Origin: {origin}", "-H", "Access-Control-Request-Method: PUT"]

    def test_a_response(self):
        response = self.curl("/return/200", "-H", f"Origin: {APP}")
        self.assertEqual((response.status, response.body), (200, b"ok\n"))
        self.assertEqual(response.one("access-control-allow-origin"), APP)
        self.assertEqual(response.vary, ["origin"])

    def test_a_refusal(self):
        self.assertEqual(self.curl("/return/200", "-H", f"Origin: {EVIL}").cors, {})

    def test_a_preflight(self):
        response = self.curl("/files/page.html", *self.preflight_arguments())
        self.assertEqual((response.status, response.body), (204, b""))
        self.assertEqual(response.one("access-control-allow-methods"), "DELETE,PUT")

    def test_a_refused_preflight(self):
        response = self.curl("/files/page.html", *self.preflight_arguments(EVIL))
        self.assertEqual((response.status, response.cors), (403, {}))

    def test_an_upstream_header_is_replaced(self):
        response = self.curl("/proxy/header?Access-Control-Allow-Origin=*&Vary=Accept", "-H", f"Origin: {APP}")
        self.assertEqual(response.one("access-control-allow-origin"), APP)
        self.assertEqual(response.all("vary"), ["Accept, origin"])

    def test_an_error(self):
        response = self.curl("/dead/", "-H", f"Origin: {APP}")
        self.assertEqual((response.status, response.one("access-control-allow-origin")), (502, APP))

    def test_several_origins(self):
        response = self.curl("/return/200", "-H", f"Origin: {APP}", "-H", f"Origin: {EVIL}")
        self.assertEqual(response.cors, {})

    def test_401(self):
        response = self.curl("/auth/page.html", "-H", f"Origin: {APP}")
        self.assertEqual((response.status, response.one("access-control-allow-origin")), (401, APP))

    def test_304(self):
        etag = self.curl("/files/page.html").one("etag")
        response = self.curl("/files/page.html", "-H", f"Origin: {APP}", "-H", f"If-None-Match: {etag}")
        self.assertEqual((response.status, response.one("access-control-allow-origin")), (304, APP))

    def test_an_audit(self):
        self.port = int(self.site.names["PORT_AUDIT_HTTP2"])
        response = self.curl("/audit/status/200?h2", "-H", f"Origin: {APP}")
        self.assertEqual((response.status, response.cors), (200, {}))
        self.assertEqual(self.log_of("/audit/status/200?h2")["webkit_reason"], "missing-allow-origin")
