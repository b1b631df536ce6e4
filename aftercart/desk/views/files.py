"""What strangers sent, handed out so that it can do nothing: no script runs, nothing is guessed, nothing is loaded."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from aftercart.brands.services import viewed
from aftercart.connectors.files import sniffed
from aftercart.connectors.mail.inbound.showing import shown
from aftercart.desk.access import agent
from aftercart.desk.rules import PICTURES
from aftercart.intake.sealed import SealError
from aftercart.look.access import Desk
from aftercart.tickets.models import Blob, Body, File

NOTHING = "sandbox; default-src 'none'"
# A letter is seen inside our page alone. It is of our origin, so that its own pictures come; but nothing in it runs.
LETTER = (
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data:{remote}; frame-ancestors 'self'"
)


@agent
@require_safe
def file(request: HttpRequest, desk: Desk, file_id: UUID) -> HttpResponse:
    row = get_object_or_404(File, brand=desk.brand, id=file_id)
    try:
        content = get_object_or_404(Blob, brand=desk.brand, id=row.blob_id).plain
    except SealError as error:
        raise Http404(f"It cannot be opened: {error}") from None
    viewed(desk.brand, desk.user.get_username(), row.message_id, "file")
    # As the bytes are, whatever was written down of them.
    type_ = sniffed(content)
    picture = type_ in PICTURES
    response = HttpResponse(content, content_type=type_ if picture else "application/octet-stream")
    kind = "inline" if picture else "attachment"
    response["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(row.name)}"
    response["Content-Security-Policy"] = NOTHING
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@agent
@require_safe
def letter(request: HttpRequest, desk: Desk, message_id: UUID) -> HttpResponse:
    """A message as it was sent, without what it would load from elsewhere, unless that is asked for."""
    body = get_object_or_404(Body, brand=desk.brand, id=message_id)
    files = File.objects.filter(brand=desk.brand, message_id=message_id).exclude(content_id="")
    pictures = {one.content_id: reverse("desk:file", args=[desk.brand.slug, one.id]) for one in files}
    remote = request.GET.get("pictures") == "1"
    found = shown(body.html, pictures, remote=remote)
    response = HttpResponse(render_to_string("desk/letter.html", {"found": found, "remote": remote}))
    response["Content-Security-Policy"] = LETTER.format(remote=" https: http:" if remote else "")
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["X-Content-Type-Options"] = "nosniff"
    return response
