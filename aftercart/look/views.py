from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from aftercart.look.sheets import SURFACES, sheet

FOREVER = "public, max-age=31536000, immutable"  # the address changes with the content


@require_safe
@gzip_page
def stylesheet(request: HttpRequest, surface: str) -> HttpResponse:
    if surface not in SURFACES:
        raise Http404
    response = HttpResponse(sheet(surface).text, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = FOREVER if request.GET.get("v") == sheet(surface).digest else "no-cache"
    return response
