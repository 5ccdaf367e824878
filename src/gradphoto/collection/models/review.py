"""A submission as reviewers see it, and what they decided."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class CaseState(models.TextChoices):
    """Waiting for a reviewer (first or second look), decided, or taken back by the student."""

    WAITING = "waiting"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Case(models.Model):
    """One submitted photo waiting for a person. Open at one reviewer at most: see lease_by and lease_until."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey("collection.Collection", models.CASCADE, related_name="cases")
    photo = models.ForeignKey("collection.Photo", models.CASCADE, related_name="cases")
    state = models.CharField(max_length=9, choices=CaseState.choices, default=CaseState.WAITING)
    submitted_at = models.DateTimeField()
    due_at = models.DateTimeField()
    manual_reason = models.CharField(
        max_length=250, blank=True, help_text="why the student submits in spite of the rules"
    )
    disputed = models.BooleanField(default=False)
    second_look = models.BooleanField(default=False, help_text="drawn for the sample")
    lease_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    lease_until = models.DateTimeField(null=True)
    skipped_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=("state", "due_at"), name="case_queue")]
        constraints = [
            models.UniqueConstraint(
                fields=("collection",), condition=models.Q(state="waiting"), name="one_open_case"
            )
        ]


class Decision(models.Model):
    """One reviewer's word on a case: who, when, why."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="decisions")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions")
    approved = models.BooleanField()
    reasons = models.JSONField(default=list, help_text="rule codes")
    text = models.CharField(max_length=500, blank=True)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
