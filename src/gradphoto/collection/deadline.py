"""Until when a collection may be submitted: the batch's deadline, or the student's own extension."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from gradphoto.collection.models import Collection
from gradphoto.lib.workdays import CHINA


def last_day(collection: Collection) -> dt.date:
    """The last day, to midnight in China."""
    return max(collection.batch.deadline, collection.extended_to or collection.batch.deadline)


def is_over(collection: Collection) -> bool:
    """Whether that day has passed."""
    return timezone.now().astimezone(CHINA).date() > last_day(collection)
