"""`aftercart connect` for those who bring mail: what is missing or wrong is one plain line, and opens no door."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from aftercart.brands.models import Brand, Source
from aftercart.cli.main import app
from tests.connectors.hook_cases import POSTAL_KEY, SVIX

pytestmark = pytest.mark.django_db
S3 = ("--set", "bucket=mail", "--set", "region=eu-central-1", "--set", "access_key_id=AK")


def ran(*arguments: str, given: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, ["connect", "juniper", *arguments], input=given)
    return done.exit_code, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["mailersend"], "secret: mailersend signs its deliveries; give the secret that it signs with"),
        (["mailersend", "--secret", "k", "--set", "api_key=1"], "set: mailersend takes no settings"),
        (["resend", "--secret", "nonsense!", "--set", "api_key=1"], "secret: a Standard Webhooks secret is base64"),
        (["resend", "--secret", SVIX], "set: api_key missing; write --set NAME=VALUE for each"),
        (
            ["resend", "--secret", SVIX, "--set", "token=1"],
            "set: 'token' is none of api_key, address; write NAME=VALUE",
        ),
        (["resend", "--secret", SVIX, "--set", "api_key="], "set: api_key is empty, or holds what cannot"),
        (["resend", "--secret", SVIX, "--set", "api_key=1", "--set", "address=x"], "set: address: 'x' is no address"),
        (["mailtrap", "--secret", "k"], "set: api_token missing"),
        (["brevo", "--secret", "no colon", "--set", "api_key=1"], "secret: is none such as user:password"),
        (["mailjet", "--secret", ":"], "secret: is none such as user:password"),
        (["postal", "--secret", "QUJD"], "secret: is no public RSA key in base64, as the DKIM record has it"),
        (["mandrill", "--secret", "\x07"], "secret: holds what no key has"),
        (["ses", "--secret", "a:b", *S3], "set: secret_access_key missing"),
        (
            ["ses", "--secret", "a:b", *S3, "--set", "secret_access_key=s", "--set", "region=x"],
            "set: region: 'x' is none",
        ),
        (
            ["ses", "--secret", "a:b", *S3, "--set", "secret_access_key=s", "--set", "bucket=A_"],
            "set: bucket: 'A_' is no",
        ),
        (["sparkposts"], "kind: 'sparkposts' is none of 17track, "),
    ],
)
def test_what_is_missing_or_wrong_is_one_line_and_connects_nothing(
    brand: Brand, arguments: list[str], complaint: str
) -> None:
    before = Source.objects.count()
    code, out = ran(*arguments)
    assert code == 1 and out.startswith(f"aftercart: {complaint}") and out.count("\n") == 1
    assert Source.objects.count() == before


@pytest.mark.parametrize("kind", ["mailjet", "brevo"])
def test_who_signs_nothing_gets_a_user_and_password_in_its_address_and_keeps_them(brand: Brand, kind: str) -> None:
    keys = ["--set", "api_key=-"] if kind == "brevo" else []
    code, out = ran(kind, *keys, given="xkeysib-1\n")
    found = re.fullmatch(rf"Address  http://(juniper:[\w-]{{20,}})@127\.0\.0\.1:8000/in/juniper/{kind}/\S+\n", out)
    assert code == 0 and found and Source.objects.get(kind=kind).secrets == [found[1]]
    assert "xkeysib" not in out


def test_keys_are_read_from_the_input_kept_and_changed_one_by_one(brand: Brand) -> None:
    code, out = ran("resend", "--secret", "-", "--set", "api_key=-", given=f"{SVIX}\nre_1\n")
    source = Source.objects.get(kind="resend")
    assert code == 0 and (source.secrets, source.settings) == ([SVIX], {"api_key": "re_1"})
    assert SVIX not in out and "re_1" not in out

    assert ran("resend", "--set", "api_key=re_2")[0] == 0
    assert ran("resend", "--secret", SVIX[:-4] + "AAA=", "--rotate")[0] == 0
    source.refresh_from_db()
    assert (source.secrets, source.settings) == ([SVIX[:-4] + "AAA=", SVIX], {"api_key": "re_2"})


def test_ses_may_do_without_a_bucket_and_postal_takes_the_key_of_its_dkim_record(brand: Brand) -> None:
    assert ran("ses", "--secret", "a:b")[0] == 0 and ran("postal", "--secret", POSTAL_KEY)[0] == 0
    assert ran("ses", *S3, "--set", "secret_access_key=s")[0] == 0
    assert Source.objects.get(kind="ses").settings["bucket"] == "mail"
