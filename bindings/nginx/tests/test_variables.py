"""What the variables say, in logs and to upstreams."""

from cors_site import APP, EVIL, SiteTest
from harness import ask, preflight


class AccessLog(SiteTest):
    def logged(self, path):
        line = self.log_of(path)
        return line["kind"], line["allowed"], line["reason"], line["policy"]

    def test_an_actual_request(self):
        self.get("/return/200?variables-1")
        self.assertEqual(self.logged("/return/200?variables-1"), ("actual", "1", "origin-listed", "app"))

    def test_a_refused_request(self):
        self.get("/return/200?variables-2", origin=EVIL)
        self.assertEqual(self.logged("/return/200?variables-2"), ("actual", "0", "origin-not-allowed", "app"))

    def test_a_preflight(self):
        self.preflight("/return/200?variables-3")
        self.assertEqual(self.logged("/return/200?variables-3"), ("preflight", "1", "origin-listed", "app"))

    def test_a_refused_preflight(self):
        self.preflight("/return/200?variables-4", method="PATCH")
        self.assertEqual(self.logged("/return/200?variables-4"), ("preflight", "0", "method-not-allowed", "app"))

    def test_a_request_that_is_not_cors(self):
        self.get("/return/200?variables-5", origin=None)
        self.assertEqual(self.logged("/return/200?variables-5")[:1], ("not-cors",))

    def test_after_error_page_made_it_a_get(self):
        path = "/oops/status/500?variables-6"
        self.get(path, method="POST")
        self.assertEqual(self.logged(path), ("actual", "1", "origin-listed", "app"))

    def test_off(self):
        self.get("/off/?variables-7")
        self.assertEqual(self.logged("/off/?variables-7"), ("", "", "", ""))

    def test_nothing_said(self):
        ask(int(self.site.names["PORT_AUDIT"]), "GET", "/plain/page.html?variables-8", ("Origin", APP))
        self.assertEqual(self.logged("/plain/page.html?variables-8"), ("", "", "", ""))

    def test_413(self):
        self.get("/small/?variables-9", method="POST", body=b"123456789")
        self.assertEqual(self.logged("/small/?variables-9"), ("actual", "1", "origin-listed", "app"))

    def test_a_refusal_in_the_error_log(self):
        self.get("/return/200?variables-10", origin=EVIL)
        line = self.error_of(f"GET /return/200?variables-10 from {EVIL}: ")
        self.assertIn('[info]', line)
        self.assertIn('cors_policy "app" refuses: origin-not-allowed', line)


class Upstream(SiteTest):
    """Before there is a response."""

    def test_a_header_of_the_request(self):
        self.assertIn(b"X-Cors: actual 1 origin-listed app yes\r\n", self.get("/told/seen").body)

    def test_a_map(self):
        body = self.get("/told/seen", origin=EVIL).body
        self.assertIn(b"X-Cors: actual 0 origin-not-allowed app no\r\n", body)
