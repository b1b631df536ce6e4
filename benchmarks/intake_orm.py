"""The same receiver as most Django projects would write it: a view and a model."""

from __future__ import annotations

import base64
import hmac
import os
from typing import ClassVar
from uuid import UUID, uuid4

import django
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from psycopg.conninfo import conninfo_to_dict

given = conninfo_to_dict(os.environ["DATABASE_URL"])
settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    USE_TZ=True,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            **{ours: str(given[theirs]) for ours, theirs in (("NAME", "dbname"), ("USER", "user"), ("HOST", "host"))},
            "PORT": str(given["port"]),
            "CONN_MAX_AGE": 600,
        }
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

BRAND = UUID(int=1)
SECRET = b"bench-secret"


class Inbox(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4)
    brand_id = models.UUIDField()
    source = models.CharField(max_length=40)
    topic = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    headers: models.JSONField[dict[str, str]] = models.JSONField()
    body = models.BinaryField()
    received_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Inbox]] = models.Manager()

    class Meta:
        app_label = "benchmarks"
        db_table = "bench_inbox"
        managed = False
        constraints: ClassVar = [models.UniqueConstraint(fields=["brand_id", "source", "key"], name="bench_key")]

    def __str__(self) -> str:
        return self.key


def receive(request: HttpRequest) -> JsonResponse:
    signature = base64.b64encode(hmac.digest(SECRET, request.body, "sha256")).decode()
    if not hmac.compare_digest(signature, request.headers.get("x-shopify-hmac-sha256", "")):
        return JsonResponse({"error": "signature"}, status=401)
    topic = request.headers.get("x-shopify-topic", "")
    kept = {"x-shopify-topic": topic, "x-shopify-triggered-at": request.headers["x-shopify-triggered-at"]}
    row = Inbox(
        brand_id=BRAND,
        source="shopify",
        topic=topic,
        key=request.headers["x-shopify-webhook-id"],
        headers=kept,
        body=request.body,
        received_at=timezone.now(),
    )
    Inbox.objects.bulk_create([row], ignore_conflicts=True)
    return JsonResponse({"stored": True})


urlpatterns = [path("in", receive)]
application = get_wsgi_application()
