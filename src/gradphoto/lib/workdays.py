"""Working days by the State Council's calendar, make-up working days included (source: package `holidays`)."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

import holidays

CHINA = ZoneInfo("Asia/Shanghai")


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("CN")


def is_workday(day: dt.date) -> bool:
    """Weekdays that are no public holiday, and the weekend days that make up for one.

    A year whose calendar is not published yet counts with plain weekdays and the holidays fixed by date.
    """
    return _calendar().is_working_day(day)


def after_workdays(start: dt.datetime, days: int) -> dt.datetime:
    """The end (18:00 in China) of the `days`-th working day after the day of `start`."""
    day = start.astimezone(CHINA).date()
    while days:
        day += dt.timedelta(days=1)
        days -= is_workday(day)
    return dt.datetime.combine(day, dt.time(18), CHINA)
