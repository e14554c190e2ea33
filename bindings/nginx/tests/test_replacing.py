"""What others said is replaced, and Vary is merged."""

from cors_site import APP, EVIL, SiteTest
from harness import ask


class Upstream(SiteTest):
    def test_a_star(self):
        self.readable("/proxy/header?Access-Control-Allow-Origin=*", 200)

    def test_two_lines(self):
        self.readable("/proxy/header?Access-Control-Allow-Origin=*&Access-Control-Allow-Origin=null", 200)

    def test_any_case(self):
        self.readable("/proxy/header?ACCESS-CONTROL-ALLOW-ORIGIN=https%3A%2F%2Fevil.example", 200)

    def test_every_header_that_a_policy_owns(self):
        names = ["Allow-Methods", "Allow-Headers", "Max-Age", "Allow-Credentials", "Expose-Headers",
                 "Allow-Private-Network"]
        self.readable("/proxy/header?" + "&".join(f"Access-Control-{name}=1" for name in names), 200)

    def test_timing_allow_origin_of_which_the_policy_does_not_speak_stays(self):
        self.assertEqual(self.get("/proxy/header?Timing-Allow-Origin=*").one("timing-allow-origin"), "*")

    def test_what_looks_alike_stays(self):
        response = self.get("/proxy/header?Access-Control-Allow-Originator=*&X-Access-Control-Allow-Origin=*")
        self.assertEqual(response.one("access-control-allow-originator"), "*")
        self.assertEqual(response.one("x-access-control-allow-origin"), "*")

    def test_without_an_origin(self):
        response = self.get("/proxy/header?Access-Control-Allow-Origin=*", origin=None)
        self.assertEqual((response.cors, "origin" in response.vary), ({}, True))

    def test_off_leaves_it_alone(self):
        response = self.get("/off/proxy/header?Access-Control-Allow-Origin=*&Vary=Accept")
        self.assertEqual((response.cors, response.vary), ({"access-control-allow-origin": "*"}, ["accept"]))

    def test_observe_leaves_it_alone(self):
        response = self.get("/observe/header?Access-Control-Allow-Origin=*&Vary=Accept", origin=EVIL)
        self.assertEqual((response.cors, response.vary), ({"access-control-allow-origin": "*"}, ["accept"]))

    def test_observe_leaves_preflights_to_the_application(self):
        self.assertEqual(self.preflight("/observe/status/405").status, 405)


class AddHeader(SiteTest):
    def test_left_over_lines(self):
        response = self.readable("/added/page.html", 200)
        self.assertEqual(response.one("x-mine"), "1")

    def test_its_vary_is_merged(self):
        self.assertEqual(set(self.get("/added/page.html").vary), {"accept-language", "origin"})


class Vary(SiteTest):
    def test_of_the_upstream(self):
        response = self.get("/proxy/header?Vary=Accept-Encoding")
        self.assertEqual(response.all("vary"), ["Accept-Encoding, origin"])

    def test_of_several_lines(self):
        response = self.get("/proxy/header?Vary=A&Vary=B&Vary=C")
        self.assertEqual(len(response.all("vary")), 1)
        self.assertEqual(response.vary, ["a", "b", "c", "origin"])

    def test_that_names_origin_already(self):
        self.assertEqual(self.get("/proxy/header?Vary=Accept%2C%20ORIGIN").vary, ["accept", "origin"])

    def test_star(self):
        self.assertEqual(self.get("/proxy/header?Vary=*").vary, ["*"])

    def test_empty(self):
        self.assertEqual(self.get("/proxy/header?Vary=").vary, ["origin"])

    def test_long(self):
        names = "%2C".join(f"x-{number}" for number in range(300))
        self.assertEqual(len(self.get(f"/proxy/header?Vary={names}").vary), 301)

    def test_where_every_origin_reads(self):
        self.assertNotIn("origin", self.get("/public/page.html").vary)


class Origins(SiteTest):
    def test_several_lines_are_refused(self):
        for second in (APP, EVIL, ""):
            response = ask(self.port, "GET", "/return/200", ("Origin", APP), ("Origin", second))
            self.assertEqual((response.status, response.cors), (200, {}))

    def test_several_lines_of_a_preflight_are_refused(self):
        response = ask(self.port, "OPTIONS", "/return/200", ("Origin", APP), ("Origin", APP),
                       ("Access-Control-Request-Method", "PUT"))
        self.assertEqual((response.status, response.cors), (403, {}))

    def test_what_is_nearly_the_origin(self):
        for origin in ("https://app.example.", "https://APP.example", "https://app.example:443",
                       "https://app.example/", "http://app.example", "https://evilapp.example", "app.example",
                       "https://app.example.evil.example", "https://app.example, https://evil.example", "null", ""):
            self.assertEqual(self.get("/return/200", origin=origin).cors, {}, origin)

    def test_a_name_that_begins_like_origin(self):
        response = ask(self.port, "GET", "/return/200", ("Originator", APP), ("X-Origin", APP))
        self.assertEqual(response.cors, {})

    def test_a_name_of_any_case(self):
        response = ask(self.port, "GET", "/return/200", ("oRIGIN", APP))
        self.assertEqual(response.one("access-control-allow-origin"), APP)


class Policies(SiteTest):
    def test_a_location_takes_over_what_is_around_it(self):
        self.assertEqual(self.get("/public/nested/page.html").cors, {"access-control-allow-origin": "*"})

    def test_from_an_included_file(self):
        origin = "https://included.example"
        self.assertEqual(self.get("/included/", origin=origin).one("access-control-allow-origin"), origin)

    def test_from_toml(self):
        self.assertEqual(self.get("/document/").one("access-control-allow-origin"), APP)
        self.assertEqual(self.get("/document/", origin="http://localhost:3000").cors, {})

    def test_from_toml_with_an_environment(self):
        self.assertEqual(self.get("/development/").cors, {})
        origin = "http://localhost:3000"
        self.assertEqual(self.get("/development/", origin=origin).one("access-control-allow-origin"), origin)

    def test_from_json(self):
        origin = "https://json.example"
        self.assertEqual(self.get("/json/", origin=origin).one("access-control-allow-origin"), origin)
