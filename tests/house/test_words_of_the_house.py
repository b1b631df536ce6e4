"""What no committed file may contain, and what every table must have."""

from __future__ import annotations

import re
import subprocess

import pytest
from django.apps import apps
from django.db import connection

from tests.house.test_sizes import ROOT

HOSTS = re.compile("|".join(("py" + r"pi\.org", "python" + "hosted", r"registry\.npm" + "js", r"deb\.deb" + "ian")))
PATHS = re.compile(r"(?<![\w.])/(?:work/" + r"main|root/|home/[a-z])")


def committed() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    found = {}
    for name in committed():
        text = (ROOT / name).read_bytes().decode("utf-8", "ignore")
        if hit := HOSTS.search(text) or PATHS.search(text):
            found[name] = hit.group()
    assert found == {}


def test_requirements_are_pinned_by_hash_and_have_no_index_addresses() -> None:
    for name in ("core", "dev"):
        text = (ROOT / f"requirements/{name}.txt").read_text("utf-8")
        assert "://" not in text and "--index" not in text
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in block, block.splitlines()[0]


# The sweeps look over all brands at once; what is found by them is found by time.
SWEEPS = {"outbox_due", "outbox_leased", "intake_delivery_waiting", "orders_poll_due"}
# Inverted indexes hold no UUIDs without an extension; what they find is then taken of one brand.
INVERTED = {"tickets_act_parties", "tickets_early_names", "tickets_search_words"}
# Who fails to log in, or guesses at short links, has not said for which brand.
OF_NO_BRAND = {"brands.Brand", "ops.LogInFailures", "selfservice.WrongGuesses"}


@pytest.mark.django_db
def test_every_row_belongs_to_a_brand_and_every_index_begins_with_it() -> None:
    wrong = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if not model.__module__.startswith("aftercart.") or model._meta.label in OF_NO_BRAND:
                continue
            table = model._meta.db_table
            if "brand_id" not in {field.column for field in model._meta.local_fields}:
                wrong.append(f"{table} has no brand_id")
            for name, constraint in connection.introspection.get_constraints(cursor, table).items():
                columns = constraint["columns"] or ["?"]
                indexed = (constraint["index"] or constraint["unique"]) and not constraint["primary_key"]
                if indexed and columns[0] != "brand_id" and name not in SWEEPS | INVERTED:
                    wrong.append(f"{table}: {name} begins with {columns[0]}")
    assert wrong == []
