from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from aftercart.ops.views import login, start
from aftercart.selfservice.choosing import short_link

urlpatterns = [
    path("", start.front, name="front"),
    path("t/", include("aftercart.selfservice.urls")),
    path("o/<str:code>", short_link, name="short-link"),
    path("o/<str:code>/a", short_link, {"to": "address"}, name="short-link-address"),
    path("ops/", include("aftercart.ops.urls")),
    path("desk/", include("aftercart.desk.urls")),
    path("api/v1/", include("aftercart.api.urls")),
    path("shop/", include("aftercart.rehearsal.shop")),
    path("demo/", include("aftercart.rehearsal.inbox")),
    path("look/", include("aftercart.look.urls")),
    path("login/", login.LogIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
