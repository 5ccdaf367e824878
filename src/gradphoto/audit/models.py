"""The audit trail: append-only, each event chained to the one before by its hash."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """Who did what to what, when. Holds ids, codes and numbers: never a name, an ID number or an address."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=60, help_text="kind:id, such as student:…, staff:…, system:worker")
    action = models.CharField(max_length=60, help_text="dotted name, such as collection.submit")
    subject = models.CharField(max_length=60, db_index=True, help_text="kind:id of what was changed")
    facts = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, unique=True, help_text="hash of the event before: no forks")
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("id",)
