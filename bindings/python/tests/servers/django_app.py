"""A Django application under test, for WSGI (`app`) and ASGI (`asgi_app`)."""

import os

import django
from cors_engine import Policy
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"],
    CORS_POLICY=Policy.from_json(os.environ["CORS_POLICY"]),
    DEBUG=False,
    MIDDLEWARE=["cors_engine.django.CorsMiddleware", "django.middleware.common.CommonMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="a test has no secrets",
)
django.setup()


def items(request):
    return HttpResponse("stored" if request.method == "PUT" else "items")


def login(request):
    response = HttpResponse("")
    response.set_cookie("session", "alice")
    return response


def me(request):
    return HttpResponse(request.headers.get("Cookie", ""))


def broken(request):
    raise RuntimeError("broken on purpose")


urlpatterns = [path("items", items), path("login", login), path("me", me), path("broken", broken)]

app = get_wsgi_application()
asgi_app = get_asgi_application()
