"""A student as the collector knows them: consents and devices; no name, no number."""

from __future__ import annotations

import uuid

from django.db import models

from gradphoto.lib.sealed_field import SealedField


class Account(models.Model):
    """Made when a student consents, and not before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    consent_version = models.CharField(max_length=12)
    consented_at = models.DateTimeField()
    face_consented_at = models.DateTimeField(
        help_text="separate consent for pictures of the face (PIPL Art 29)"
    )
    openid_lookup = models.CharField(
        max_length=64, null=True, unique=True, help_text="keyed hash of WeChat's openid"
    )
    email = SealedField(null=True, help_text="for notices, where the student left one")
    erasure_asked_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)


class Device(models.Model):
    """A browser that is signed in to an account; the cookie's token is kept as a hash only."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="devices")
    token_hash = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=60, blank=True, help_text="kind of browser, such as iPhone · Safari")
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField()
    signed_out_at = models.DateTimeField(null=True)


class Recognition(models.Model):
    """A code that the registry knows, before its last four are checked. Lives half an hour."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device = models.OneToOneField(Device, models.CASCADE, related_name="recognition")
    code = SealedField()
    masked_name = models.CharField(max_length=60)
    school_code = models.CharField(max_length=5)
    school_name = models.CharField(max_length=60)
    created_at = models.DateTimeField()


class TryCounter(models.Model):
    """Wrong tries at something (a code's last four, codes from one device), and when the next is allowed."""

    key = models.CharField(max_length=80, unique=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True)
