"""Two workers that hear of one address for the first time at the same moment."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from aftercart.brands.models import Brand
from aftercart.people.consent import tell
from aftercart.people.models import Consent
from tests.world import NOW

ROUNDS = 150


@pytest.mark.django_db(transaction=True)
def test_both_are_heard_and_the_newest_counts(brand: Brand) -> None:
    gate, wrong = threading.Barrier(2, timeout=30), list[Exception]()

    def worker(nth: int) -> None:
        try:
            for n in range(ROUNDS):
                gate.wait()
                at = NOW + timedelta(minutes=nth)
                tell(brand.id, f"{n:064x}", channel="email", purpose="marketing", granted=nth == 1, at=at)
        except Exception as error:
            wrong.append(error)
            gate.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=worker, args=(nth,)) for nth in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    assert list(Consent.objects.values_list("granted", flat=True)) == [True] * ROUNDS
