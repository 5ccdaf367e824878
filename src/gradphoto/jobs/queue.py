"""Offering, claiming and finishing jobs by guarded updates: no job is lost, none is claimed twice.

A killed worker's lease runs out and the job is offered again; a job that keeps failing ends DEAD, visible in the admin.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from gradphoto.jobs.models import Job, JobState

LEASE = dt.timedelta(seconds=60)
MOST_ATTEMPTS = 5
Handler = Callable[[str], None]
HANDLERS: dict[str, Handler] = {}
STUDENT_WAITS = 10
SWEEPS: list[Callable[[], object]] = []


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Registers the function that does jobs of `kind`; it is given the subject and may run more than once."""

    def register(function: Handler) -> Handler:
        HANDLERS[kind] = function
        return function

    return register


def sweeps(function: Callable[[], object]) -> Callable[[], object]:
    """Registers what every worker does each minute besides jobs; harmless when done twice."""
    SWEEPS.append(function)
    return function


def offer(kind: str, subject: str, priority: int = 0, delay: dt.timedelta = dt.timedelta()) -> None:
    """Asks for a job, inside the caller's transaction. The same job that already waits is not asked for twice."""
    try:
        with transaction.atomic():
            Job.objects.create(kind=kind, subject=subject, priority=priority, due_at=timezone.now() + delay)
    except IntegrityError:
        pass


def _free() -> Q:
    now = timezone.now()
    return Q(state=JobState.WAITING, due_at__lte=now) | Q(state=JobState.LEASED, lease_until__lt=now)


def claim(worker: str) -> Job | None:
    """Leases the next job to `worker`; None where there is nothing to do."""
    for job in Job.objects.filter(_free()).order_by("-priority", "due_at", "id")[:5]:
        if job.attempts >= MOST_ATTEMPTS:
            Job.objects.filter(_free(), pk=job.pk).update(state=JobState.DEAD, finished_at=timezone.now())
            continue
        taken = Job.objects.filter(_free(), pk=job.pk, attempts=job.attempts).update(
            state=JobState.LEASED,
            worker=worker,
            lease_until=timezone.now() + LEASE,
            attempts=job.attempts + 1,
        )
        if taken:
            job.refresh_from_db()
            return job
    return None


def _mine(job: Job) -> Q:
    return Q(pk=job.pk, state=JobState.LEASED, worker=job.worker, attempts=job.attempts)


def renew(job: Job) -> bool:
    """Keeps the lease while work goes on; False where it was lost to another worker."""
    return bool(Job.objects.filter(_mine(job)).update(lease_until=timezone.now() + LEASE))


def finish(job: Job) -> None:
    """Marks the job as done."""
    Job.objects.filter(_mine(job)).update(state=JobState.DONE, finished_at=timezone.now(), error="")


def fail(job: Job, error: str) -> None:
    """Back to the queue after a growing pause (2, 8, 18 ... seconds), or given up after the last try."""
    if job.attempts >= MOST_ATTEMPTS:
        Job.objects.filter(_mine(job)).update(state=JobState.DEAD, finished_at=timezone.now(), error=error)
        return
    due = timezone.now() + dt.timedelta(seconds=2 * job.attempts**2)
    Job.objects.filter(_mine(job)).update(state=JobState.WAITING, due_at=due, error=error)


def place_in_queue(kind: str, subject: str) -> int | None:
    """How many jobs come before this one (0: it runs or is next); None where it waits no longer."""
    job = Job.objects.filter(
        kind=kind, subject=subject, state__in=(JobState.WAITING, JobState.LEASED)
    ).first()
    if job is None:
        return None
    if job.state == JobState.LEASED:
        return 0
    ahead = Q(priority__gt=job.priority) | Q(priority=job.priority, due_at__lt=job.due_at)
    return Job.objects.filter(ahead, state__in=(JobState.WAITING, JobState.LEASED)).count()
