"""The middleware of Django, synchronous and asynchronous, and its settings."""

from __future__ import annotations

import asyncio

import django
import pytest
from cors_engine import Policy
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpResponse
from django.test import AsyncClient, Client, override_settings
from django.urls import path

APP = "https://app.example"

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DEFAULT_CHARSET="utf-8",
        MIDDLEWARE=["cors_engine.django.CorsMiddleware", "django.middleware.common.CommonMiddleware"],
        ROOT_URLCONF=__name__,
        SECRET_KEY="a test has no secrets",
    )
    django.setup()


def hello(request):
    return HttpResponse("hello", headers={"Vary": "Accept", "Access-Control-Allow-Headers": "x"})


def broken(request):
    raise RuntimeError("broken on purpose")


def missing(request):
    raise Http404


urlpatterns = [path("hello", hello), path("broken", broken), path("missing", missing)]


def get(route, **kwargs):
    return Client(raise_request_exception=False).get(route, headers={"Origin": APP, **kwargs})


@override_settings(CORS_ALLOWED_ORIGINS=[APP], CORS_ALLOW_CREDENTIALS=True)
def test_answers():
    response = get("/hello")
    assert (response["Access-Control-Allow-Origin"], response["Vary"]) == (APP, "Accept, origin")
    assert not response.has_header("Access-Control-Allow-Headers")
    for route, status in [("/broken", 500), ("/missing", 404), ("/nowhere", 404)]:
        response = get(route)
        assert (response.status_code, response["Access-Control-Allow-Origin"]) == (status, APP)


@override_settings(CORS_ALLOWED_ORIGINS=[APP])
def test_preflights_have_the_defaults_of_django_cors_headers():
    headers = {
        "Origin": APP,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,x-csrftoken",
    }
    response = Client().options("/hello", headers=headers)
    assert (response.status_code, response["Access-Control-Max-Age"], response.content) == (204, "86400", b"")
    refused = Client().options("/hello", headers={**headers, "Access-Control-Request-Headers": "x-other"})
    assert (refused.status_code, refused["Content-Length"]) == (403, "0")


@override_settings(CORS_ALLOWED_ORIGINS=[APP])
def test_asynchronous():
    response = asyncio.run(AsyncClient().get("/hello", headers={"Origin": APP}))
    assert response["Access-Control-Allow-Origin"] == APP


@override_settings(CORS_ALLOW_ALL_ORIGINS=True, CORS_URLS_REGEX=r"^/hello$")
def test_urls():
    assert get("/hello")["Access-Control-Allow-Origin"] == "*"
    assert not get("/missing").has_header("Access-Control-Allow-Origin")


def test_policies(tmp_path):
    (tmp_path / "cors.toml").write_text('origins = ["*"]')
    for policy in (Policy(origins=["*"]), str(tmp_path / "cors.toml")):
        with override_settings(CORS_POLICY=policy):
            assert get("/hello")["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({}, "CORS_ALLOWED_ORIGINS: list who may read"),
        ({"CORS_ALLOW_ALL_ORIGINS": True, "CORS_ALLOW_CREDENTIALS": True}, "browsers refuse the star with credentials"),
        ({"CORS_ALLOWED_ORIGIN_REGEXES": [r"^https://\w+\.app\.example$"]}, r'write "https://\*\.app\.example" in CORS_ALL'),
        ({"CORS_ALLOWED_ORIGINS": [APP], "CORS_ALLOW_PRIVATE_NETWORK": True}, "no browser asks for it"),
        ({"CORS_POLICY": "cors.toml", "CORS_ALLOWED_ORIGINS": [APP]}, "CORS_POLICY says everything"),
    ],
)
def test_settings_that_are_unsafe_are_refused(wrong, message):
    with override_settings(**wrong), pytest.raises(ImproperlyConfigured, match=message):
        get("/hello")
