"""Photos of a collection: what was uploaded (never overwritten) and what the engine made of it."""

from __future__ import annotations

import uuid

from django.db import models


class PhotoState(models.TextChoices):
    """Waiting for the worker, judged, or no photo at all."""

    WAITING = "waiting"
    JUDGED = "judged"
    REFUSED = "refused"


class Photo(models.Model):
    """One try. Files lie sealed in the storage under random keys."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey("collection.Collection", models.CASCADE, related_name="photos")
    number = models.PositiveSmallIntegerField(help_text="1, 2, 3 ... within the collection")
    state = models.CharField(max_length=8, choices=PhotoState.choices, default=PhotoState.WAITING)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    source_key = models.CharField(max_length=80, blank=True)
    source_sha256 = models.CharField(max_length=64, db_index=True)
    source_bytes = models.PositiveIntegerField()
    device_hints = models.JSONField(default=dict, help_text="camera or album, screen, kind of browser")
    judged_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=4, blank=True, help_text="pass, warn or fail")
    report = models.JSONField(null=True)
    record = models.JSONField(null=True)
    portrait_key = models.CharField(max_length=80, blank=True)
    portrait_sha256 = models.CharField(max_length=64, blank=True)
    preview_key = models.CharField(max_length=80, blank=True, help_text="the portrait with a watermark")
    drawing_key = models.CharField(max_length=80, blank=True)
    source_view_key = models.CharField(
        max_length=80, blank=True, help_text="the upright source, at most 1280 px"
    )

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=("collection", "number"), name="photo_number_once")]


class Upload(models.Model):
    """An upload under way, resumable: bytes so far lie in the storage, a chunk a file."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey("collection.Collection", models.CASCADE, related_name="uploads")
    length = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)
    chunks = models.JSONField(default=list)
    device_hints = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    photo = models.OneToOneField(Photo, models.CASCADE, null=True, related_name="upload")
