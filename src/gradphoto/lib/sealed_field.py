"""A model field whose JSON value is encrypted in the database."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from gradphoto.lib.crypto import seal, unseal


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """Any JSON value, sealed with the column's name as context. Can't be searched: keep a `lookup` beside it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def _context(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_prep_value(self, value: Any) -> bytes | None:
        """JSON -> sealed bytes."""
        return (
            None if value is None else seal(json.dumps(value, ensure_ascii=False).encode(), self._context())
        )

    def from_db_value(self, value: bytes | None, expression: Any, connection: Any) -> Any:
        """Sealed bytes -> JSON."""
        return None if value is None else json.loads(unseal(bytes(value), self._context()))

    def value_to_string(self, obj: models.Model) -> str:
        """Never leaves through serializers."""
        return ""
