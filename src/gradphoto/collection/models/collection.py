"""A collection: one enrolment's way from its code to the registry. How it may move: see transitions.py."""

from __future__ import annotations

import secrets
import uuid

from django.db import models

from gradphoto.lib.sealed_field import SealedField

# Without 0 O 1 I L: people read these numbers out on the telephone.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_number() -> str:
    """A number that a student can read out, such as K7QD-2MXA; not to be guessed, not in any order."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


class State(models.TextChoices):
    """Where a collection stands."""

    VERIFIED = "verified", "待支付"
    PAID = "paid", "待提交照片"
    SUBMITTED = "submitted", "待审核"
    IN_REVIEW = "in_review", "审核中"
    SECOND_LOOK = "second_look", "复核中"
    REJECTED = "rejected", "需重拍"
    APPROVED = "approved", "审核通过"
    HANDED_OVER = "handed_over", "已移交学信网"
    REGISTERED = "registered", "学信网已接收"
    PROOFREAD = "proofread", "校对完成"
    PROOF_WRONG = "proof_wrong", "校对有误"
    CLOSED = "closed", "已关闭"
    ERASED = "erased", "已删除"


class Enrolment(models.Model):
    """One 学籍 as its code tells it. The code itself is a secret: sealed, and looked up by a keyed hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student_lookup = models.CharField(
        max_length=64, unique=True, help_text="keyed hash of the registry's student number"
    )
    code_lookup = models.CharField(max_length=64, unique=True)
    code = SealedField(null=True, help_text="until the registry's receipt")
    code_expires_at = models.DateTimeField()
    masked_name = models.CharField(max_length=60)
    level = models.CharField(max_length=20)
    school = models.ForeignKey("people.School", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)


class Collection(models.Model):
    """One enrolment's photo in one batch."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=9, unique=True, default=new_number)
    account = models.ForeignKey("collection.Account", models.PROTECT, related_name="collections")
    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="collection")
    batch = models.ForeignKey("collection.Batch", models.PROTECT, related_name="collections")
    state = models.CharField(max_length=12, choices=State.choices, default=State.VERIFIED)
    version = models.PositiveIntegerField(default=0, help_text="grows with every move")
    created_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    ever_submitted = models.BooleanField(default=False, help_text="from then on refunds are finance's")
    review_due_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    extended_to = models.DateField(null=True, blank=True, help_text="extension for this student")
    photo = models.ForeignKey(
        "collection.Photo", models.SET_NULL, null=True, related_name="+", help_text="as submitted"
    )
    address_to = models.CharField(max_length=16, blank=True)
    teaching_point = models.ForeignKey("people.TeachingPoint", models.PROTECT, null=True, related_name="+")
    address = SealedField(null=True)

    class Meta:
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=("state", "review_due_at"), name="review_queue"),
            models.Index(fields=("batch", "state"), name="batch_state"),
        ]

    def __str__(self) -> str:
        return self.number
