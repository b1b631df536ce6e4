from __future__ import annotations

from django.db import models


class LogInFailures(models.Model):
    """Failed log-ins for one name from one address. Of no brand: nobody is known yet. Id: a hash of both."""

    id = models.UUIDField(primary_key=True, editable=False)
    count = models.PositiveIntegerField()
    since = models.DateTimeField()  # machine time

    class Meta:
        indexes = [models.Index(fields=["since"], name="ops_failures_since")]

    def __str__(self) -> str:
        return f"{self.count} since {self.since}"
