"""What students are told, and their conversation with support."""

from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """One message to a student, shown in the app; sent by mail too where an address is known."""

    account = models.ForeignKey("collection.Account", models.CASCADE, related_name="notices")
    collection = models.ForeignKey("collection.Collection", models.CASCADE, null=True, related_name="notices")
    kind = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)


class SupportMessage(models.Model):
    """One line of a conversation about a collection; `staff` is empty where the student wrote."""

    collection = models.ForeignKey("collection.Collection", models.CASCADE, related_name="support_messages")
    staff = models.ForeignKey("auth.User", models.PROTECT, null=True)
    text = models.TextField(max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, help_text="by the other side")

    class Meta:
        ordering = ("id",)
