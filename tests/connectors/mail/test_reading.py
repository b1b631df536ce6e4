from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aftercart.connectors.mail.inbound import Address, read
from tests.connectors.mail.writing import LETTER, mail, multipart, part, whole

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40


def test_a_plain_mail_is_read_whole() -> None:
    found = read(mail(in_reply_to="<7@nordwind.example>", references="<5@x.example>\r\n <7@nordwind.example>"))
    assert found.sender == Address("anna@berg.example", "Anna Berg")
    assert [str(address) for address in found.to] == ["help@nordwind.example"]
    assert (found.subject, found.reply, found.quoted) == ("Order 1042", LETTER, "")
    assert found.date == datetime(2026, 3, 3, 8, 14, 55, tzinfo=UTC)
    assert (found.message_id, found.in_reply_to) == ("1@berg.example", ("7@nordwind.example",))
    assert found.references == ("5@x.example", "7@nordwind.example")
    assert (found.kind, found.notes, found.attachments, found.report) == ("person", (), (), None)


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Wo ist mein Päckchen? 12 €", "iso-8859-15"),
        ("Wo ist mein Päckchen?", "windows-1252"),
        ("Где моя посылка?", "koi8-r"),
        ("Где моя посылка?", "windows-1251"),
        ("荷物はどこですか", "iso-2022-jp"),
        ("荷物はどこですか", "shift_jis"),
        ("荷物はどこですか", "euc-jp"),
        ("我的包裹在哪里", "gb2312"),
        ("我的包裹在哪裡", "big5"),
        ("택배가 어디 있나요", "euc-kr"),
        ("Paczka nie dotarła", "iso-8859-2"),
        ("Kargom nerede, şifre", "iso-8859-9"),
        ("พัสดุของฉันอยู่ที่ไหน", "tis-620"),
        ("Πού είναι το δέμα μου", "iso-8859-7"),
        ("איפה החבילה שלי", "windows-1255"),
        ("أين طردي", "windows-1256"),
    ],
)
def test_it_reads_the_charset_that_a_mail_names(text: str, charset: str) -> None:
    found = read(mail(text, charset=charset))
    assert (found.reply, found.notes) == (text, ())


@pytest.mark.parametrize(
    ("content", "named", "text", "said"),
    [
        ("Päckchen".encode(), "us-ascii", "Päckchen", False),
        ("Päckchen".encode(), "iso-8859-1", "Päckchen", False),
        ("Päckchen – 5 €".encode("cp1252"), "iso-8859-1", "Päckchen – 5 €", False),
        ("Päckchen".encode("latin-1"), "utf-8", "Päckchen", True),
        ("Päckchen".encode(), "x-made-up", "Päckchen", True),
        (b"parcel", "x-made-up", "parcel", True),
        (b"parcel \x81", "us-ascii", "parcel \ufffd", True),
        ("荷物はどこ".encode("iso-2022-jp"), "us-ascii", "荷物はどこ", True),
        ("Päckchen".encode(), '"utf8mb4"', "Päckchen", False),
        (b"zip", "zip_codec", "zip", True),
        (b"+2AA-", "utf-7", "\ufffd", False),
    ],
)
def test_it_reads_what_is_in_another_charset_and_says_so(content: bytes, named: str, text: str, said: bool) -> None:
    found = read(mail(content, content_type=f"text/plain; charset={named}"))
    assert (found.reply, bool(found.notes)) == (text, said)


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("=?utf-8?B?UMOkY2tjaGVu?=", "Päckchen"),
        ("=?iso-8859-1?Q?P=E4ck?=\r\n =?iso-8859-1?Q?chen?=", "Päckchen"),
        ("=?utf-8?Q?P=C3?= =?utf-8?Q?=A4ckchen?=", "Päckchen"),  # a letter cut in half
        ("Re: =?UTF-8?q?P=C3=A4ckchen?= 1042", "Re: Päckchen 1042"),
        ("=?utf-8?B?UMOkY2tjaGVu", "=?utf-8?B?UMOkY2tjaGVu"),
        ("=?utf-8?B?UMOkY2tjaGV?=", "Päckche"),  # padding lost
        ("=?made-up?Q?P=C3=A4ckchen?=", "Päckchen"),
        ("Päckchen", "Päckchen"),
        ("P\udce4ckchen", "Päckchen"),  # a byte of Latin-1 that nobody announced
        ("=?iso-2022-jp?B?GyRCMllKKhsoQg==?=", "荷物"),
        ("=?utf-8*de?Q?P=C3=A4ckchen?=", "Päckchen"),
        ("one\r\n\ttwo", "one two"),
    ],
)
def test_subjects_are_read_however_they_are_written(written: str, subject: str) -> None:
    assert read(mail(subject=written)).subject == subject


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("anna@berg.example", ["anna@berg.example"]),
        ('"Berg, Anna" <Anna@Berg.example>', ["Berg, Anna <anna@berg.example>"]),
        (
            "=?utf-8?Q?Berg=2C_Anna?= <anna@berg.example>, b@b.example",
            ["Berg, Anna <anna@berg.example>", "b@b.example"],
        ),
        ("<anna@berg.example>anna@berg.example", ["anna@berg.example"]),
        ("anna@berg.example www.berg.example", ["anna@berg.example"]),
        ("Anna Berg anna@berg.example", ["Anna Berg <anna@berg.example>"]),
        ("anna@berg.example; bo@berg.example", ["anna@berg.example", "bo@berg.example"]),
        ("Team: a@a.example, b@b.example;", ["a@a.example", "b@b.example"]),
        ("undisclosed-recipients:;", []),
        ("Mail System", ["Mail System"]),
        ("'anna@berg.example' <anna@berg.example>", ["anna@berg.example"]),
        ("Anna <anna@berg.example", ["Anna <anna@berg.example>"]),
        ("", []),
    ],
)
def test_addresses_are_read_however_they_are_written(written: str, read_as: list[str]) -> None:
    found = [str(address) for address in read(mail(to=written)).to]
    assert [one for one in found if "@" in one or read_as] == read_as


def test_a_mail_without_from_is_from_whoever_else_it_names() -> None:
    assert str(read(mail(**{"from": ""}, reply_to="bo@berg.example")).sender) == "bo@berg.example"
    assert read(mail(**{"from": ""})).sender is None


def test_where_it_went_and_what_may_be_a_reply_token() -> None:
    found = read(
        mail(to="Help <help+t0ken@nordwind.example>", delivered_to="all@nordwind.example",
             received="from a by b for <reply+abc@in.nordwind.example>; Tue, 03 Mar 2026 09:15:00 +0100")
    )  # fmt: skip
    assert found.delivered_to == ("all@nordwind.example", "reply+abc@in.nordwind.example")
    assert {"t0ken", "abc", "all"} <= set(found.tokens)
    assert found.received_at == datetime(2026, 3, 3, 8, 15, tzinfo=UTC)


@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 99 Foo 2026", "Tue, 03 Mar 99999 09:14:55 +0100", "0"])
def test_a_date_that_is_none_is_none(date: str) -> None:
    assert read(mail(date=date)).date is None


def test_attachments_have_a_safe_name_both_types_and_their_place() -> None:
    found = read(
        whole(
            multipart(
                part("See the picture.", "text/plain; charset=utf-8"),
                part(
                    PNG,
                    "image/jpeg; name=x",
                    Content_Disposition='inline; filename="../../Bild 1.png"',
                    Content_ID="<i1>",
                ),
                part(b"MZ" + b"\0" * 20, "application/pdf", Content_Disposition="attachment; filename=invoice.pdf"),
                part("a,b\n1,2", "text/csv", Content_Disposition="attachment; filename*=utf-8''Stra%C3%9Fe.csv"),
            )
        )
    )
    assert found.reply == "See the picture."
    picture, program, table = found.attachments
    assert (picture.name, picture.declared, picture.type, picture.size) == ("Bild 1.png", "image/jpeg", "image/png", 48)
    assert (picture.inline, picture.content_id) == (True, "i1")
    assert (program.declared, program.type) == ("application/pdf", "application/vnd.microsoft.portable-executable")
    assert (table.name, table.type, table.content) == ("Straße.csv", "text/csv", b"a,b\n1,2")


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="=?utf-8?Q?R=C3=BCckgabe=2Epdf?="', "Rückgabe.pdf"),
        ("attachment; filename*0=Rueck; filename*1=gabe.pdf", "Rueckgabe.pdf"),
        ("attachment; filename*0*=utf-8''R%C3%BC; filename*1*=ckgabe.pdf", "Rückgabe.pdf"),
        ('attachment; filename="C:\\\\Temp\\\\a.pdf"', "a.pdf"),
        ('attachment; filename="con.pdf"', "_con.pdf"),
        ('attachment; filename="a\u202efdp.exe"', "afdp.exe"),
        ('attachment; filename=".."', "attachment-1.pdf"),
        ("attachment", "attachment-1.pdf"),
        ('attachment; filename="' + "x" * 300 + '.pdf"', "x" * 116 + ".pdf"),
    ],
)
def test_file_names_are_read_and_made_safe(disposition: str, name: str) -> None:
    body = multipart(part("hi", "text/plain"), part(b"%PDF-1.7", "application/pdf", Content_Disposition=disposition))
    assert read(whole(body)).attachments[0].name == name


def test_the_text_form_is_read_and_the_html_is_kept_to_be_shown() -> None:
    letter = multipart(part(LETTER, "text/plain"), part("<p>Hello,<p>where", "text/html"), kind="alternative")
    found = read(whole(letter))
    assert (found.reply, found.html) == (LETTER, "<p>Hello,<p>where")


def test_the_html_is_read_where_the_text_form_says_nothing() -> None:
    html = "<html><body><p>Where is my <b>parcel</b>?</p>" + "<table><tr><td></table>" * 20
    for plain in ("", "  \n", "Your e-mail client does not support HTML."):
        found = read(whole(multipart(part(plain, "text/plain"), part(html, "text/html"), kind="alternative")))
        assert found.reply == "Where is my parcel?"


def test_other_forms_of_the_text_are_neither_read_twice_nor_attached() -> None:
    amp = part("<html amp4email>", "text/x-amp-html")
    forms = multipart(part(LETTER, "text/plain"), amp, part("<p>Hello", "text/html"), kind="alternative")
    assert (read(whole(forms)).reply, read(whole(forms)).attachments) == (LETTER, ())
    assert read(whole(part("<bold>Hello</bold> Anna", "text/enriched"))).reply == "Hello Anna"


def test_a_sealed_mail_is_kept_and_said_to_be_sealed() -> None:
    found = read(whole(part(b"0\x82", "application/pkcs7-mime; name=smime.p7m; smime-type=enveloped-data")))
    assert (found.reply, found.attachments[0].name) == ("", "smime.p7m")
    assert "encrypted" in found.notes[0]


def test_texts_around_a_picture_are_all_read() -> None:
    body = multipart(part("Above", "text/plain"), part(JPEG, "image/jpeg"), part("Below", "text/plain"))
    assert read(whole(body)).reply == "Above\n\nBelow"


def test_parts_within_parts_are_read() -> None:
    related = multipart(
        part("<p>Hi <img src='cid:a'>", "text/html"), part(PNG, "image/png", Content_ID="<a>"), kind="related", mark="c"
    )
    both = multipart(part("Hi", "text/plain"), related, kind="alternative", mark="d")
    found = read(whole(multipart(both, part(b"%PDF-", "application/pdf"))))
    assert (found.reply, [one.content_id for one in found.attachments]) == ("Hi", ["a", ""])


def test_an_invitation_without_words_says_what_it_is() -> None:
    calendar = "BEGIN:VEVENT\r\nSUMMARY:Call about\r\n  order 1042\r\nDTSTART:20260303T091400Z\r\nEND:VEVENT"
    found = read(whole(part(calendar, "text/calendar; method=REQUEST")))
    assert found.reply == "Summary: Call about order 1042\nDtstart: 20260303T091400Z"
    assert [one.name for one in found.attachments] == ["invitation.ics"]


def test_broken_paragraphs_are_put_together() -> None:
    flowed = "This is one \nparagraph.\n> quoted \n> too\n-- \nAnna"
    found = read(mail(flowed, content_type="text/plain; charset=utf-8; format=flowed"))
    assert found.text.split("\n") == ["This is one paragraph.", "> quoted too", "-- ", "Anna"]


def test_a_mail_in_a_mail_is_attached() -> None:
    body = multipart(part("See below", "text/plain"), b"Content-Type: message/rfc822\r\n\r\n" + mail(subject="Older"))
    (attached,) = read(whole(body)).attachments
    assert (attached.name, attached.type) == ("Older.eml", "message/rfc822")
    assert b"where is my parcel" in attached.content


@pytest.mark.parametrize(
    "content", [b"Hey: where is my parcel?", b"\r\n\r\nHey", b"\xff\xfe\x00", b":", b"From", b"\n" * 9]
)
def test_what_has_no_head_is_all_text(content: bytes) -> None:
    found = read(content)
    assert found.sender is None
    assert found.text.strip() or not content.strip()


def test_thousands_of_parts_and_a_thousand_levels_are_survived() -> None:
    deep = part("deepest", "text/plain")
    for level in range(1500):
        deep = multipart(deep, mark=f"m{level}")
    assert read(whole(deep)).notes
    wide = read(whole(multipart(*[part("x", "text/plain")] * 1200)))
    assert "1000 parts" in " ".join(wide.notes)
