"""Who may do what."""

from __future__ import annotations

from typing import Any

from gradphoto.people.models import Role


def roles(user: Any) -> set[str]:
    """The roles of a member of staff; none of anybody else. A superuser is an administrator."""
    if not user.is_authenticated or not user.is_active or not user.is_staff:
        return set()
    found = set(user.gradphoto_roles.values_list("role", flat=True))
    return found | ({Role.ADMIN.value} if user.is_superuser else set())
