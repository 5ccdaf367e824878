"""School zone: schools, teaching points and the roles of staff. Rosters come with the school desk."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class School(models.Model):
    """A school that collects here."""

    code = models.CharField("学校代码", max_length=5, unique=True)
    name = models.CharField("学校名称", max_length=60)
    contact = models.CharField("咨询方式", max_length=120, blank=True)

    class Meta:
        ordering = ("code",)
        verbose_name = verbose_name_plural = "学校"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class TeachingPoint(models.Model):
    """A place where a school's students are taught; paper photos may be sent there."""

    school = models.ForeignKey(School, models.PROTECT, related_name="teaching_points")
    name = models.CharField("教学点", max_length=60)
    address = models.CharField("地址", max_length=200, blank=True)

    class Meta:
        ordering = ("school", "name")
        verbose_name = verbose_name_plural = "教学点"
        constraints = [models.UniqueConstraint(fields=("school", "name"), name="teaching_point_once")]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member of staff may do. Reviewer, support, finance and print never read roster identity."""

    REVIEWER = "reviewer", "审核员"
    SUPPORT = "support", "客服"
    FINANCE = "finance", "财务"
    SCHOOL = "school", "学校"
    ADVISER = "adviser", "班主任"
    PRINT = "print", "冲印"
    ADMIN = "admin", "管理员"


class StaffRole(models.Model):
    """One role of one person; school and adviser roles hold for one school."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="gradphoto_roles")
    role = models.CharField("角色", max_length=12, choices=Role.choices)
    school = models.ForeignKey(School, models.CASCADE, null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        constraints = [
            models.UniqueConstraint(fields=("user", "role", "school"), name="role_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.get_role_display()
