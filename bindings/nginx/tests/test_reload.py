"""Another policy at a reload, under load."""

import threading
import unittest

from harness import Connection, Nginx, ask, request_bytes
from upstream import Upstream

OLD, NEW = "https://old.example", "https://new.example"
SITE = """
    access_log off;
    cors_policy app { origins ORIGIN; }
    server {
        listen 127.0.0.1:@PORT@;
        cors app;
        location / { return 200 "ok\\n"; }
        location /held { proxy_pass http://127.0.0.1:@UPSTREAM@; }
    }
"""


class Reload(unittest.TestCase):
    def setUp(self):
        self.upstream = Upstream()
        self.addCleanup(self.upstream.stop)
        self.nginx = Nginx(SITE.replace("ORIGIN", OLD), {"UPSTREAM": str(self.upstream.port)}, workers=2)
        self.addCleanup(self.nginx.stop)
        self.nginx.start()
        self.assertEqual(self.reads(), {OLD})

    def reads(self):
        """Which of the two origins can read."""
        allowed = set()
        for origin in (OLD, NEW):
            value = ask(self.nginx.port, "GET", "/", ("Origin", origin)).one("access-control-allow-origin")
            self.assertIn(value, (origin, None))
            allowed |= {value} - {None}
        return allowed

    def reload_with(self, origin):
        workers = set(self.nginx.workers())
        self.nginx.configure(SITE.replace("ORIGIN", origin))
        self.nginx.reload()
        self.nginx.wait(lambda: not workers & set(self.nginx.workers()), "reload")

    def test_under_load_no_request_is_lost(self):
        over = threading.Event()
        answered, failed = [], []

        def load():
            while not over.is_set():
                try:
                    with Connection(self.nginx.port) as connection:
                        connection.send(request_bytes("GET", "/", [("Origin", NEW), ("Connection", "close")]))
                        response = connection.receive()
                        answered.append((response.status, response.one("access-control-allow-origin")))
                except (OSError, ConnectionError) as error:
                    failed.append(error)

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            for origin in (NEW, OLD, NEW, OLD, NEW):
                self.reload_with(origin)
        finally:
            over.set()
            for thread in threads:
                thread.join()
        self.assertEqual(failed, [])
        self.assertEqual(set(answered), {(200, None), (200, NEW)})
        self.assertEqual(self.reads(), {NEW})

    def test_a_wrong_reload_keeps_the_old_policy(self):
        workers = self.nginx.workers()
        self.nginx.configure(SITE.replace("ORIGIN", "https://new.example/"))
        self.nginx.reload()
        self.nginx.wait(lambda: "(origin-not-serialized)" in self.nginx.log(), "refuse the reload")
        self.assertEqual(self.reads(), {OLD})
        self.assertEqual(self.nginx.workers(), workers)
        self.reload_with(NEW)
        self.assertEqual(self.reads(), {NEW})

    def test_a_request_of_before_ends_by_the_old_policy(self):
        with Connection(self.nginx.port) as connection:
            connection.send(request_bytes("GET", "/held", [("Origin", OLD)]))
            self.nginx.wait(lambda: self.upstream.requests == 1, "pass the request on")
            self.nginx.configure(SITE.replace("ORIGIN", NEW))
            self.nginx.reload()
            self.nginx.wait(lambda: self.reads() == {NEW}, "use the new policy")
            self.upstream.release.set()
            self.assertEqual(connection.receive().one("access-control-allow-origin"), OLD)
