"""The registry (CHSI) as the collector sees it: a code is an opaque secret that the registry alone can read.

A gateway is one module with a class that has `resolve` and `last_four_fits`; GRADPHOTO_REGISTRY chooses it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings


@dataclass(frozen=True)
class Resolved:
    """What a code stands for: the registry's own student number, a masked name, school, level, month of graduation."""

    student: str
    masked_name: str
    school_code: str
    school_name: str
    level: str
    cohort: str
    expires_at: dt.datetime


class Registry(Protocol):
    """What every gateway can do. All raise Problem: code_wrong, code_expired, registry_down."""

    def resolve(self, code: str) -> Resolved:
        """What the code stands for."""

    def last_four_fits(self, code: str, last_four: str) -> bool:
        """Whether these are the last four characters of the holder's ID number. The number itself never comes here."""


@cache
def registry() -> Registry:
    """The gateway that the settings choose."""
    from gradphoto.collection.registries.sandbox import SandboxRegistry

    gateways: dict[str, type[Registry]] = {"sandbox": SandboxRegistry}
    return gateways[settings.REGISTRY]()
