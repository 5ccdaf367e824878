"""Work to be done later. The row is the truth; whoever holds its lease does it."""

from __future__ import annotations

from django.db import models


class JobState(models.TextChoices):
    """Waiting (also for another try), leased to a worker, done, or given up."""

    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"


class Job(models.Model):
    """One piece of work: kind and the id of what it is about. Handlers are idempotent."""

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.WAITING)
    priority = models.SmallIntegerField(default=0, help_text="higher first; a waiting student is 10")
    due_at = models.DateTimeField(help_text="not before")
    created_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=60, blank=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=("state", "-priority", "due_at"), name="job_queue")]
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "subject"),
                condition=models.Q(state__in=("waiting", "leased")),
                name="job_once",
            )
        ]
