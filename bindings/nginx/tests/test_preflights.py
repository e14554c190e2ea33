"""Preflights are answered before anything else of nginx has a say."""

from cors_site import APP, EVIL, SiteTest
from harness import Connection, ask, preflight, request_bytes


class BeforeEverythingElse(SiteTest):
    def test_return(self):
        self.answered("/return/200")

    def test_return_of_a_redirect(self):
        self.answered("/return/301")

    def test_return_of_an_error(self):
        self.answered("/return/500")

    def test_a_file_which_alone_would_be_405(self):
        self.answered("/files/page.html")

    def test_no_file(self):
        self.answered("/files/nothing")

    def test_a_folder(self):
        self.answered("/files/empty/")

    def test_empty_gif_which_alone_would_be_405(self):
        self.answered("/gif")

    def test_auth_basic(self):
        self.answered("/auth/page.html")

    def test_deny(self):
        self.answered("/deny/page.html")

    def test_limit_except(self):
        self.answered("/limit_except/page.html")

    def test_auth_request(self):
        self.answered("/checked/page.html")

    def test_limit_req_does_not_count_it(self):
        for _ in range(5):
            self.answered("/limited/page.html")

    def test_proxy(self):
        self.answered("/proxy/status/200")

    def test_a_dead_upstream(self):
        self.answered("/dead/")

    def test_rewrite_last(self):
        self.answered("/moved/")

    def test_try_files(self):
        self.answered("/try/")

    def test_if(self):
        self.answered("/if/?stop=1")

    def test_error_page_leaves_it_alone(self):
        self.answered("/oops/status/500")


class Answers(SiteTest):
    def test_it_has_no_body_and_keeps_the_connection(self):
        headers = [("Origin", APP), ("Access-Control-Request-Method", "PUT")]
        with Connection(self.port) as connection:
            for origin, status in [(APP, 204), (EVIL, 403), (APP, 204)]:
                headers[0] = ("Origin", origin)
                connection.send(request_bytes("OPTIONS", "/files/page.html", headers))
                self.assertEqual(connection.receive().status, status)
            connection.send(request_bytes("GET", "/files/page.html"))
            self.assertEqual(connection.receive().body, b"page\n")

    def test_a_body_is_read_and_thrown_away(self):
        headers = [("Origin", APP), ("Access-Control-Request-Method", "PUT")]
        with Connection(self.port) as connection:
            connection.send(request_bytes("OPTIONS", "/files/page.html", headers, b"x" * 5000))
            self.assertEqual(connection.receive().status, 204)
            connection.send(request_bytes("GET", "/files/page.html"))
            self.assertEqual(connection.receive().body, b"page\n")

    def test_vary_names_what_had_a_part(self):
        response = self.preflight("/files/page.html", names="content-type")
        self.assertEqual(
            set(response.vary),
            {"origin", "access-control-request-method", "access-control-request-headers"},
        )

    def test_a_method_that_is_not_listed(self):
        response = self.preflight("/files/page.html", method="PATCH")
        self.assertEqual((response.status, response.cors), (403, {}))

    def test_a_header_that_is_not_listed(self):
        response = self.preflight("/files/page.html", names="x-other")
        self.assertEqual((response.status, response.cors), (403, {}))

    def test_a_covered_subdomain(self):
        response = self.preflight("/files/page.html", origin="https://shop.app.example")
        self.assertEqual(response.one("access-control-allow-origin"), "https://shop.app.example")

    def test_null(self):
        self.assertEqual(self.preflight("/files/page.html", origin="null").status, 403)

    def test_every_origin(self):
        response = self.preflight("/public/page.html", method="GET")
        self.assertEqual(response.cors, {"access-control-allow-origin": "*"})

    def test_any_method_and_header(self):
        response = self.preflight("/any_header/", method="PURGE", names="x-a,x-b")
        self.assertEqual(response.status, 204)
        self.assertEqual(response.one("access-control-allow-origin"), APP)
        self.assertIn(response.one("access-control-allow-methods"), ("*", "PURGE"))

    def test_header_names_over_several_lines(self):
        response = ask(
            self.port, "OPTIONS", "/files/page.html", ("Origin", APP), ("Access-Control-Request-Method", "PUT"),
            ("Access-Control-Request-Headers", "authorization"), ("Access-Control-Request-Headers", "content-type"),
        )
        self.assertEqual(response.status, 204)
        self.assertTrue(response.all("access-control-allow-headers"))

    def test_refused_bare(self):
        response = self.preflight("/bare/status/200", origin=EVIL)
        self.assertEqual((response.status, response.cors), (204, {}))

    def test_refused_and_passed_on(self):
        response = self.preflight("/polite/header?Access-Control-Allow-Origin=*", origin=EVIL)
        self.assertEqual((response.status, response.cors), (200, {}))
        self.assertEqual(response.body, b"upstream\n")

    def test_preflight_status(self):
        response = self.preflight("/polite/status/200", method="GET")
        self.assertEqual((response.status, response.body), (200, b""))
        self.assertEqual(response.one("content-length"), "0")

    def test_other_headers_of_the_location_stay(self):
        response = self.preflight("/added/page.html")
        self.assertEqual(response.one("x-mine"), "1")
        self.assertEqual(response.one("access-control-allow-methods"), "DELETE,PUT")


class PassedOn(SiteTest):
    def test_options_without_origin_is_no_preflight(self):
        response = ask(self.port, "OPTIONS", "/files/page.html", ("Access-Control-Request-Method", "PUT"))
        self.assertEqual(response.status, 405)

    def test_options_without_request_method_is_no_preflight(self):
        self.readable("/files/page.html", 405, method="OPTIONS")

    def test_cors_preflight_pass(self):
        seen = self.site.upstream.requests
        response = self.preflight("/pass/status/200")
        self.assertEqual(self.site.upstream.requests, seen + 1)
        self.assertEqual((response.status, response.body), (200, b"upstream\n"))
        self.assertEqual(response.one("access-control-allow-origin"), APP)
        self.assertEqual(response.one("access-control-allow-methods"), "DELETE,PUT")

    def test_cors_preflight_pass_leaves_the_status_alone(self):
        response = self.preflight("/pass/status/405")
        self.assertEqual(response.status, 405)
        self.assertEqual(response.one("access-control-allow-origin"), APP)

    def test_cors_preflight_pass_still_refuses(self):
        response = self.preflight("/pass/header?Access-Control-Allow-Origin=*", origin=EVIL)
        self.assertEqual((response.status, response.cors), (200, {}))

    def test_an_internal_location_is_none(self):
        self.assertEqual(self.preflight("/internal/").status, 404)

    def test_cors_off(self):
        self.assertEqual(self.preflight("/off/").cors, {})

    def test_a_policy_of_the_named_location_that_answers(self):
        response = preflight(int(self.site.names["PORT_AUDIT"]), "/anything")
        self.assertEqual((response.status, response.one("access-control-allow-origin")), (204, APP))
