"""The audit changes nothing, and says what browsers make of what is there."""

from cors_site import APP, EVIL, SiteTest
from harness import Connection, ask, preflight, request_bytes

# How the library says that all three browsers block.
ALL_BLOCK = "Chromium, Firefox and WebKit would block: "


class AuditTest(SiteTest):
    server = "PORT_AUDIT"

    def verdict(self, path, method="GET", **more):
        """What the access log says after a request, and the response."""
        response = self.get(path, method=method, **more)
        line = self.log_of(path)
        reasons = {line[f"{browser}_reason"] for browser in ("chromium", "firefox", "webkit")}
        verdicts = {line[browser] for browser in ("chromium", "firefox", "webkit")}
        self.assertEqual((len(verdicts), len(reasons)), (1, 1), line)
        return verdicts.pop(), reasons.pop(), response

    def allows(self, path, **more):
        verdict, reason, response = self.verdict(path, **more)
        self.assertEqual((verdict, reason), ("allow", ""))
        return response

    def blocks(self, path, why, **more):
        verdict, reason, response = self.verdict(path, **more)
        self.assertEqual((verdict, reason), ("block", why))
        self.assertEqual(self.log_of(path)["audit"], ALL_BLOCK + why)
        return response

    def silent(self, path, **more):
        self.assertEqual(self.verdict(path, **more)[:2], ("", ""))


class Responses(AuditTest):
    def test_the_right_origin(self):
        response = self.allows("/audit/header?Access-Control-Allow-Origin=https%3A%2F%2Fapp.example&a=1")
        self.assertEqual(response.one("access-control-allow-origin"), APP)
        self.assertEqual(response.vary, [])

    def test_a_star(self):
        self.allows("/audit/header?Access-Control-Allow-Origin=*&a=2")

    def test_no_header(self):
        response = self.blocks("/audit/status/200?a", "missing-allow-origin")
        self.assertEqual((response.status, response.cors, response.vary), (200, {}, []))

    def test_another_origin(self):
        self.blocks("/audit/header?Access-Control-Allow-Origin=https%3A%2F%2Fother.example", "allow-origin-mismatch")

    def test_two_lines(self):
        self.blocks("/audit/header?Access-Control-Allow-Origin=*&Access-Control-Allow-Origin=*", "multiple-allow-origin")

    def test_a_star_with_cookies(self):
        path = "/audit/header?Access-Control-Allow-Origin=*&a=3"
        response = self.get(path, ("Cookie", "a=b"))
        self.assertEqual(response.status, 200)
        self.assertEqual(self.log_of(path)["chromium_reason"], "wildcard-allow-origin-with-credentials")

    def test_credentials_as_told(self):
        path = "header?Access-Control-Allow-Origin=*&a=4"
        self.blocks("/audit/include/" + path, "wildcard-allow-origin-with-credentials")
        self.get("/audit/omit/" + path, ("Cookie", "a=b"))
        self.assertEqual(self.log_of("/audit/omit/" + path)["webkit"], "allow")

    def test_an_error_of_the_upstream(self):
        self.blocks("/audit/status/500", "missing-allow-origin")

    def test_a_dead_upstream(self):
        self.blocks("/audit/dead/", "missing-allow-origin")

    def test_an_error_page(self):
        self.blocks("/audit/oops/status/500", "missing-allow-origin")

    def test_a_file(self):
        self.blocks("/audit/static/page.html", "missing-allow-origin")

    def test_a_bad_range_which_comes_by_twice(self):
        path = "/audit/static/page.html?range"
        self.get(path, ("Range", "bytes=99-"))
        self.assertEqual(self.log_of(path)["chromium_reason"], "missing-allow-origin")
        self.assertEqual(sum("?range from" in line for line in self.site.log().splitlines()), 1)


class Preflights(AuditTest):
    def judge(self, path, **more):
        seen = self.site.upstream.requests
        response = preflight(self.port, path, **more)
        self.assertEqual(self.site.upstream.requests, seen + 1)
        return self.log_of(path), response

    def test_a_good_answer(self):
        path = "/audit/header?Access-Control-Allow-Origin=*&Access-Control-Allow-Methods=PUT&a=5"
        line, _ = self.judge(path)
        self.assertEqual((line["chromium"], line["firefox"], line["webkit"], line["audit"]), ("allow",) * 3 + ("allow",))

    def test_a_method_that_is_missing(self):
        line, _ = self.judge("/audit/header?Access-Control-Allow-Origin=*&Access-Control-Allow-Methods=PATCH")
        self.assertEqual(line["audit"], ALL_BLOCK + "method-not-allowed")

    def test_a_header_that_is_missing(self):
        line, _ = self.judge("/audit/header?Access-Control-Allow-Origin=*&a=6", method="GET", names="x-other")
        self.assertEqual(line["audit"], ALL_BLOCK + "header-not-allowed")

    def test_405(self):
        line, response = self.judge("/audit/status/405")
        self.assertEqual(response.status, 405)
        self.assertIn(line["chromium_reason"], ("preflight-status", "missing-allow-origin"))


class Silence(AuditTest):
    def test_without_an_origin(self):
        self.silent("/audit/status/200?b", origin=None)

    def test_from_the_servers_own_origin(self):
        self.silent("/audit/status/200?c", origin="http://api.example", method="POST")

    def test_from_its_own_origin_as_told(self):
        self.silent("/audit/own/status/200?d", origin="https://api.example", method="POST")
        self.blocks("/audit/own/status/200?e", "missing-allow-origin", origin="http://api.example", method="POST")

    def test_off(self):
        self.silent("/audit/off/status/200")

    def test_a_request_that_says_it_is_not_cors(self):
        path = "/audit/status/200?f"
        self.get(path, ("Sec-Fetch-Mode", "no-cors"))
        self.assertEqual(self.log_of(path)["chromium"], "")

    def test_several_origins(self):
        path = "/audit/status/200?g"
        ask(self.port, "GET", path, ("Origin", APP), ("Origin", EVIL))
        self.assertEqual(self.log_of(path)["status"], "200")


class ErrorLog(AuditTest):
    def test_the_line(self):
        self.get("/audit/status/200?line")
        line = self.error_of("/audit/status/200?line from")
        self.assertIn("[error]", line)
        self.assertIn(f"GET /audit/status/200?line from {APP}: {ALL_BLOCK}missing-allow-origin", line)

    def test_none_where_nobody_blocks(self):
        path = "/audit/header?Access-Control-Allow-Origin=*&a=7"
        self.allows(path)
        self.assertNotIn(f"{path} from", self.site.log())

    def test_a_level_of_choice(self):
        self.blocks("/audit/quiet/status/200", "missing-allow-origin")
        self.assertNotIn("/audit/quiet/status/200 from", self.site.log())

    def test_what_the_client_wrote_is_escaped(self):
        head = request_bytes("GET", "/audit/status/200?escape", [("Origin", "https://a\x1b[31m\\x\xe4\t")])
        with Connection(self.port) as connection:
            connection.send(head)
            connection.receive()
        self.get("/audit/status/200?long", origin="https://" + "a" * 5000)
        self.assertNotIn("\x1b", self.site.log())
        for line in self.site.log().splitlines():
            self.assertLess(len(line), 2100)


class BesidePolicies(AuditTest):
    def test_a_preflight_that_the_module_answers_is_not_judged(self):
        path = "/audit/served/status/200?preflight"
        self.assertEqual(preflight(self.port, path).status, 204)
        self.assertEqual(self.log_of(path)["audit"], "")

    def test_the_upstreams_own_answer_is_judged_before_it_is_replaced(self):
        path = "/audit/served/status/200"
        response = self.get(path)
        self.assertEqual(response.one("access-control-allow-origin"), APP)
        line = self.log_of(path)
        self.assertEqual((line["allowed"], line["chromium_reason"]), ("1", "missing-allow-origin"))

    def test_observe_and_audit(self):
        self.port = self.site.port
        path = "/observe/header?Access-Control-Allow-Origin=https%3A%2F%2Fevil.example"
        self.get(path, origin=EVIL)
        line = self.log_of(path)
        self.assertEqual((line["allowed"], line["reason"], line["chromium"]), ("0", "origin-not-allowed", "allow"))
        self.assertIn("[warn]", self.error_of(f"{path} from {EVIL}: cors_policy \"app\" would refuse: origin-not-allowed"))
