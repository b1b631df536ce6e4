from __future__ import annotations

from django.urls import path, re_path
from ninja import NinjaAPI

from aftercart.api.errors import install, not_found
from aftercart.api.quotes import router as quotes
from aftercart.api.statuses import router as statuses

# No page of its own to try it out: that one is drawn by a script from another host.
api = NinjaAPI(
    title="Aftercart",
    version="1",
    description="What a brand's own systems and pages ask Aftercart.",
    docs_url=None,
    urls_namespace="api",
)
api.add_router("", quotes)
api.add_router("", statuses)
install(api)

urlpatterns = [*api.urls[0], path("", not_found), re_path(r".*", not_found)]
