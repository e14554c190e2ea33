"""The policy's headers are on every response, whatever made it and with whatever status."""

from base64 import b64encode

from cors_site import APP, EVIL, SiteTest
from harness import Connection, ask, request_bytes


class Return(SiteTest):
    pass


for status in (200, 204, 301, 302, 307, 402, 418, 500, 503):
    def test(self, status=status):
        self.readable(f"/return/{status}", status)

    setattr(Return, f"test_{status}", test)


class Upstream(SiteTest):
    pass


for status in (200, 201, 204, 206, 301, 304, 400, 401, 403, 404, 405, 409, 422, 429, 451, 500, 502, 503, 504, 599):
    def test(self, status=status):
        self.readable(f"/proxy/status/{status}", status)

    setattr(Upstream, f"test_{status}", test)


class Files(SiteTest):
    def test_200(self):
        self.assertEqual(self.readable("/files/page.html", 200).body, b"page\n")

    def test_head(self):
        self.readable("/files/page.html", 200, method="HEAD")

    def test_206(self):
        self.assertEqual(self.readable("/files/long.txt", 206, ("Range", "bytes=0-1")).body, b"01")

    def test_304(self):
        etag = self.get("/files/page.html").one("etag")
        self.readable("/files/page.html", 304, ("If-None-Match", etag))

    def test_412(self):
        self.readable("/files/page.html", 412, ("If-Match", '"other"'))

    def test_416(self):
        self.readable("/files/page.html", 416, ("Range", "bytes=99-"))

    def test_301_to_a_folder(self):
        self.readable("/files/empty", 301)

    def test_403_of_a_folder(self):
        self.readable("/files/empty/", 403)

    def test_404(self):
        self.readable("/files/nothing", 404)

    def test_405(self):
        self.readable("/files/page.html", 405, method="POST")

    def test_gif(self):
        self.readable("/gif", 200)

    def test_gzip(self):
        response = self.readable("/gzip/page.html", 200, ("Accept-Encoding", "gzip"))
        self.assertEqual(response.one("content-encoding"), "gzip")
        self.assertEqual(set(response.vary), {"accept-encoding", "origin"})

    def test_ssi_whose_parts_have_no_headers(self):
        self.assertEqual(self.readable("/ssi/ssi.txt", 200).body.count(b"part"), 1)


class Refusals(SiteTest):
    def test_401_of_auth_basic(self):
        self.readable("/auth/page.html", 401)

    def test_200_of_auth_basic(self):
        self.readable("/auth/page.html", 200, ("Authorization", "Basic " + b64encode(b"me:secret").decode()))

    def test_403_of_deny(self):
        self.readable("/deny/page.html", 403)

    def test_403_of_limit_except(self):
        self.readable("/limit_except/page.html", 403, method="POST")

    def test_401_of_auth_request(self):
        self.readable("/checked/page.html", 401)

    def test_404_of_internal(self):
        self.readable("/internal/", 404)

    def test_409_of_if(self):
        self.readable("/if/?stop=1", 409)

    def test_413_which_comes_before_any_handler(self):
        self.readable("/small/", 413, method="POST", body=b"123456789")

    def test_413_of_a_chunked_body(self):
        head = request_bytes("POST", "/small/", [("Origin", APP), ("Transfer-Encoding", "chunked")])
        with Connection(self.port) as connection:
            connection.send(head + b"10\r\n0123456789abcdef\r\n0\r\n\r\n")
            response = connection.receive()
        self.assertEqual((response.status, response.one("access-control-allow-origin")), (413, APP))

    def test_429_of_limit_req(self):
        for _ in range(3):
            response = self.get("/limited/page.html")
        self.assertEqual((response.status, response.one("access-control-allow-origin")), (429, APP))

    def test_414_is_the_servers(self):
        response = self.get("/" + "x" * 20000)
        self.assertEqual((response.status, response.cors), (414, {}), "Origin was not read yet")

    def test_400_after_the_origin_was_read(self):
        response = self.get("/files/page.html", ("X-Long", "x" * 20000))
        self.assertEqual((response.status, response.one("access-control-allow-origin")), (400, APP))

    def test_405_of_trace(self):
        response = self.get("/files/page.html", method="TRACE")
        self.assertEqual((response.status, response.one("access-control-allow-origin")), (405, APP))

    def test_a_method_that_nobody_knows(self):
        self.readable("/files/page.html", 405, method="BREW")

    def test_301_of_a_server_without_locations(self):
        self.port = int(self.site.names["PORT_RETURN"])
        self.readable("/anything", 301)


class Gateway(SiteTest):
    def test_502_of_a_dead_upstream(self):
        self.readable("/dead/", 502)

    def test_502_of_an_upstream_that_hangs_up(self):
        self.readable("/proxy/close", 502)

    def test_504(self):
        self.readable("/impatient/slow", 504)

    def test_101(self):
        response = self.get("/upgrade/", ("Upgrade", "websocket"), ("Connection", "upgrade"))
        self.assertEqual((response.status, response.one("access-control-allow-origin")), (101, APP))

    def test_a_cached_response_is_each_askers_own(self):
        path = "/cached/header?Access-Control-Allow-Origin=https%3A%2F%2Fold.example"
        self.assertEqual(self.get(path).one("access-control-allow-origin"), APP)
        seen = self.site.upstream.requests
        shop = "https://shop.app.example"
        self.assertEqual(self.get(path, origin=shop).one("access-control-allow-origin"), shop)
        self.assertEqual(self.get(path, origin=EVIL).cors, {})
        self.assertEqual(self.site.upstream.requests, seen)


class InternalRedirects(SiteTest):
    """The location that the client asked for has the say, wherever the request goes."""

    def test_error_page(self):
        self.assertEqual(self.readable("/oops/status/500", 500).body, b"page\n")

    def test_error_page_of_404(self):
        self.readable("/oops/status/404", 404)

    def test_error_page_to_a_named_location_with_another_policy(self):
        response = self.readable("/fallback/", 200)
        self.assertEqual(response.body, b"stranger\n")

    def test_x_accel_redirect(self):
        self.assertEqual(self.readable("/accel/", 200).body, b"inside\n")

    def test_try_files(self):
        self.assertEqual(self.readable("/try/", 200).body, b"stranger\n")

    def test_rewrite_last(self):
        self.readable("/moved/", 200)

    def test_off_stays_off(self):
        response = self.get("/secret/")
        self.assertEqual((response.status, response.body, response.cors), (403, b"page\n", {}))
        self.assertEqual(self.get("/open.html").one("access-control-allow-origin"), APP)

    def test_where_nothing_is_said_the_next_location_has_the_say(self):
        response = ask(int(self.site.names["PORT_AUDIT"]), "GET", "/status/200", ("Origin", APP))
        self.assertEqual(response.one("access-control-allow-origin"), APP)

    def test_where_nobody_says_anything_nothing_changes(self):
        response = ask(int(self.site.names["PORT_AUDIT"]), "GET", "/plain/page.html", ("Origin", APP))
        self.assertEqual((response.cors, response.vary), ({}, []))
