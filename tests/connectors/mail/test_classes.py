from __future__ import annotations

import pytest

from aftercart.connectors.mail.inbound import read
from aftercart.connectors.mail.inbound.shapes import Report
from tests.connectors.mail.writing import mail, multipart, part, whole

AUTOMATIC = (
    "Automatic reply: Order 1042", "Out of Office: Order", "Out of the office until Monday", "Auto-Reply: Order",
    "[Auto-Reply] Order", "Autoreply", "Automatische Antwort: Bestellung", "Abwesenheitsnotiz: Bestellung",
    "Réponse automatique : Commande", "Absence du bureau", "Respuesta automática: Pedido", "Fuera de la oficina",
    "Risposta automatica: Ordine", "Fuori ufficio", "Resposta automática: Pedido", "Fora do escritório",
    "Automatisch antwoord: Bestelling", "Afwezigheidsbericht: Bestelling", "Autosvar: Beställning",
    "Automatiskt svar: Beställning", "Automatisk svar: Ordre", "Fraværsassistent: Ordre",
    "Automaattinen vastaus: Tilaus", "Odpowiedź automatyczna: Zamówienie", "Autoodpowiedź",
    "Automatická odpověď: Objednávka", "Automatická odpoveď", "Automatikus válasz: Rendelés",
    "Răspuns automat: Comanda", "Автоответ: Заказ", "Автоматический ответ: Заказ", "Автоматична відповідь: Замовлення",
    "Автоматичен отговор: Поръчка", "Αυτόματη απάντηση: Παραγγελία", "Otomatik Yanıt: Sipariş",
    "תשובה אוטומטית: הזמנה", "رد تلقائي: طلب", "自動返信: ご注文", "自动回复: 订单", "自動回覆: 訂單",
    "자동 회신: 주문", "Trả lời tự động: Đơn hàng", "ตอบกลับอัตโนมัติ: คำสั่งซื้อ",
)  # fmt: skip
BOUNCED = (
    "Undelivered Mail Returned to Sender", "Delivery Status Notification (Failure)",
    "Mail delivery failed: returning message to sender", "Undeliverable: Your order", "failure notice",
    "Unzustellbar: Ihre Bestellung", "Non remis : Votre commande", "No se puede entregar: Su pedido",
    "Non recapitabile: Ordine", "Não é possível entregar: Pedido", "Onbestelbaar: Bestelling",
    "Kan inte levereras: Beställning", "Niedostarczalne: Zamówienie", "Nedoručitelné: Objednávka",
    "Не доставлено: Заказ", "配信不能: ご注文", "无法投递: 订单", "退信",
)  # fmt: skip


def kind(content: bytes, **given: set[str]) -> str:
    return str(read(content, ours=given.get("ours", set())).kind)


@pytest.mark.parametrize("subject", AUTOMATIC)
def test_automatic_replies_are_known_by_their_subject_in_any_language(subject: str) -> None:
    assert kind(mail(subject=subject)) == "auto_reply"
    assert kind(mail(subject=f"Re: {subject}")) == "person"
    assert kind(mail(subject=f"AW: {subject}")) == "person"


@pytest.mark.parametrize(
    "headers",
    [
        {"auto_submitted": "auto-replied"}, {"auto_submitted": "auto-generated (vacation)"},
        {"auto_submitted": "Auto-Notified; owner-email=x"}, {"x_autoreply": "yes"}, {"x_autorespond": "Order"},
        {"precedence": "auto_reply"}, {"x_auto_response_suppress": "All"},
        {"x_auto_response_suppress": "DR, OOF, AutoReply"}, {"from": "Shop <no-reply@shop.example>"},
        {"from": "noreply-orders@shop.example"},
    ],
)  # fmt: skip
def test_automatic_replies_are_known_by_their_headers(headers: dict[str, str]) -> None:
    found = read(mail(**headers))
    assert found.kind == "auto_reply" and found.why


@pytest.mark.parametrize(
    "headers",
    [
        {"auto_submitted": "no"}, {"x_autoreply": "no"}, {"subject": "Automatic coffee machine broken"},
        {"subject": "Where is my automatic watch?"}, {"x_auto_response_suppress": "DR, RN, NRN"},
        {"from": "no-reply@form.example", "reply_to": "anna@berg.example"}, {"subject": "Returned parcel"},
        {"subject": "Delivery failed, where is it?"}, {"subject": "Undelivered parcel"},
        {"subject": "Mail delivery failed to find my house"}, {"subject": "Absent lors de la livraison"},
        {"subject": "Ausente: no recibí el paquete"}, {"subject": "ご不在連絡票について"},
        {"subject": "Absence de livraison"}, {"subject": "Eingangsbestätigung der Retoure fehlt"},
        {"subject": "I am away, please deliver later"}, {"subject": "On holiday my parcel came"},
        {"subject": "I am out of patience"}, {"subject": "Office chair out of stock"},
    ],
)  # fmt: skip
def test_a_person_is_not_taken_for_a_machine(headers: dict[str, str]) -> None:
    assert kind(mail(**headers)) == "person"


@pytest.mark.parametrize("subject", BOUNCED)
def test_undelivered_mails_are_known_by_sender_and_subject(subject: str) -> None:
    assert kind(mail(subject=subject, **{"from": "postmaster@mx.example"})) == "bounce"
    assert kind(mail(subject=subject, return_path="<>")) == "bounce"
    assert kind(mail(subject=subject)) == "person"


@pytest.mark.parametrize(
    "headers",
    [
        {"list_id": "<talk.lists.example>"}, {"list_unsubscribe": "<https://news.example/u>"}, {"precedence": "bulk"},
        {"list_post": "<mailto:talk@lists.example>"},
    ],
)  # fmt: skip
def test_lists_are_known_by_their_headers(headers: dict[str, str]) -> None:
    assert kind(mail(**headers)) == "list"


def test_a_newsletter_from_an_address_that_nobody_reads_is_a_list() -> None:
    news = {
        "from": "noreply@news.example",
        "list_unsubscribe": "<https://news.example/u>",
        "x_auto_response_suppress": "All",
    }
    assert kind(mail(**news)) == "list"


def test_what_a_group_of_ours_passes_on_is_from_whoever_wrote_it() -> None:
    passed_on = mail(x_original_sender="anna@berg.example", **{"from": "'Anna' via Help <help@nordwind.example>"})
    assert str(read(passed_on, ours={"help@nordwind.example"}).sender) == "anna@berg.example"
    forged = mail(x_original_sender="anna@berg.example", **{"from": "eve@evil.example"})
    assert str(read(forged, ours={"help@nordwind.example"}).sender) == "eve@evil.example"


def test_a_group_that_is_our_own_address_is_a_way_in_and_no_list() -> None:
    group = mail(
        list_id="<help.nordwind.example>",
        list_post="<https://groups.example/p>, <mailto:help@nordwind.example>",
        list_unsubscribe="<mailto:help+unsubscribe@nordwind.example>",
        precedence="list",
    )
    assert kind(group) == "list"
    assert kind(group, ours={"help@nordwind.example"}) == "person"
    assert kind(group, ours={"sales@nordwind.example"}) == "list"


REPORT = """Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; Anna@berg.example
Original-Recipient: rfc822;anna@berg.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <anna@berg.example>:
    no such user
"""


def report(action: str, status: str) -> bytes:
    said = b"Content-Type: message/delivery-status\r\n\r\n" + REPORT.format(action=action, status=status).encode()
    ours = b"Content-Type: message/rfc822\r\n\r\n" + mail(message_id="<7@nordwind.example>")
    explained = part("It did not arrive.", "text/plain")
    return whole(
        multipart(explained, said, ours, kind="report", parameters="; report-type=delivery-status"),
        **{"from": "Mail System <mailer-daemon@mx.example>"}, return_path="<>",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("action", "status", "permanent"),
    [("failed", "5.1.1", True), ("delayed", "4.4.1", False), ("delivered", "2.0.0", False)],
)
def test_a_report_says_whom_it_did_not_reach_and_which_mail_it_is_about(
    action: str, status: str, permanent: bool
) -> None:
    found = read(report(action, status))
    assert found.kind == "bounce"
    assert found.report == Report(
        action=action,
        status=status,
        diagnostic="smtp; 550 5.1.1 <anna@berg.example>: no such user",
        recipients=("anna@berg.example",),
        message_id="7@nordwind.example",
    )
    assert found.report.permanent is permanent
    assert "It did not arrive." in found.reply


def test_a_bounce_without_a_report_is_read_from_its_words() -> None:
    text = "Hi. The program.\n\n<bo@berg.example>: 550 5.7.1 refused\n\n--- Below\n\nMessage-ID: <7@nordwind.example>\n"
    found = read(mail(text, subject="failure notice", **{"from": "MAILER-DAEMON@mx.example"}))
    assert found.report == Report(status="5.7.1", message_id="7@nordwind.example")
    gmail = read(mail(x_failed_recipients="bo@berg.example", **{"from": "mailer-daemon@googlemail.com"}))
    assert gmail.report is not None and gmail.report.recipients == ("bo@berg.example",)


def test_a_read_receipt_is_no_bounce() -> None:
    said = part("Disposition: manual-action; displayed", "message/disposition-notification")
    receipt = multipart(part("read", "text/plain"), said,
                        kind="report", parameters="; report-type=disposition-notification")  # fmt: skip
    assert kind(whole(receipt)) == "auto_reply"
