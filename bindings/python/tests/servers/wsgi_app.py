"""A plain WSGI application under test. Its server turns what it raises into nothing, so it answers 500 itself."""

import os

from cors_engine import Policy
from cors_engine.wsgi import CORSMiddleware


def plain(environ, start_response):
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    status, headers, text = "200 OK", [], ""
    if path == "/items":
        text = "stored" if method == "PUT" else "items"
    elif path == "/login":
        headers = [("Set-Cookie", "session=alice; Path=/")]
    elif path == "/me":
        text = environ.get("HTTP_COOKIE", "")
    elif path == "/broken":
        status, text = "500 Internal Server Error", "broken"
    else:
        status = "404 Not Found"
    body = text.encode()
    start_response(status, [*headers, ("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


app = CORSMiddleware(plain, policy=Policy.from_json(os.environ["CORS_POLICY"]))
