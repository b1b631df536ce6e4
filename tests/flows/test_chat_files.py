"""A picture comes along with a message, and leaves the conversation for nobody."""

from __future__ import annotations

import base64

import httpx
import pytest

from aftercart.brands.models import Brand
from tests.flows.chat_world import Browser, heard
from tests.flows.intake_world import Server

pytestmark = pytest.mark.django_db(transaction=True)


PDF = b"%PDF-1.7 a receipt"


def test_files_come_along_and_only_who_is_in_the_conversation_gets_them(
    server: Server, alice: Browser, juniper: Brand
) -> None:
    alice.open()
    files = [{"name": "../rece\u202eipt.pdf", "content": base64.b64encode(PDF).decode()}]
    alice.write("", files=files)
    (fact,) = heard(juniper)
    assert [(one.name, one.content, one.type) for one in fact.files] == [("rece_ipt.pdf", PDF, "application/pdf")]
    with alice.following() as stream:
        (file,) = stream.next()["data"]["files"]
    assert file["name"] == "rece_ipt.pdf"
    got = httpx.get(alice.url("file"), params={"id": file["id"]}, headers=alice.headers)
    assert got.content == PDF and got.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in got.headers["content-security-policy"] and got.headers["x-content-type-options"] == "nosniff"
    bob = Browser(server, alice.key)
    bob.open()
    for id in (file["id"], "nonsense"):
        assert httpx.get(bob.url("file"), params={"id": id}, headers=bob.headers).status_code == 404


@pytest.mark.parametrize("content", [b"MZ program", b"<svg onload='alert(1)'>", b"just text"])
def test_what_is_neither_picture_nor_pdf_is_refused_whatever_it_is_called(alice: Browser, content: bytes) -> None:
    alice.open()
    files = [{"name": "photo.png", "content": base64.b64encode(content).decode()}]
    refused = alice.post("messages", id="0123456789", text="Look", files=files)
    assert (refused.status_code, refused.json()["error"]["param"]) == (422, "files")
