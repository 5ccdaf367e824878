"""What one school collects from one cohort: price, deadline, standard, fixed entries."""

from __future__ import annotations

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models


class AddressMode(models.TextChoices):
    """Where paper photos go."""

    STUDENT = "student", "寄给学生本人"
    TEACHING_POINT = "teaching_point", "寄到教学点"
    EITHER = "either", "学生自选"


class Batch(models.Model):
    """School and cohort (届). Everything that the notice fixes is data here."""

    school = models.ForeignKey("people.School", models.PROTECT, related_name="batches", verbose_name="学校")
    name = models.CharField("批次名称", max_length=60)
    cohort = models.CharField("届", max_length=7, help_text="毕业年月，如 2027-01")
    feature_code = models.CharField(
        "特征码", max_length=8, unique=True, validators=[RegexValidator(r"^[A-Z0-9]{4,8}$")]
    )
    standard = models.CharField("证照标准", max_length=40, default="chsi-2017")
    price_fen = models.PositiveIntegerField("价格（分）", validators=[MinValueValidator(1)], default=2000)
    opens_on = models.DateField("开始日期")
    deadline = models.DateField("截止日期", help_text="当天 24 点前可提交")
    school_kind = models.CharField("所在校别", max_length=20, default="普通高校")
    levels = models.JSONField("学历层次", default=list, help_text='["成人本科", "成人专科"]')
    address_mode = models.CharField(
        "邮寄方式", max_length=16, choices=AddressMode.choices, default=AddressMode.EITHER
    )
    opening_text = models.TextField("开场说明", blank=True)
    clothes_text = models.TextField("着装要求", blank=True)
    second_look_percent = models.PositiveSmallIntegerField("复核比例（%）", default=5)
    review_workdays = models.PositiveSmallIntegerField("审核时限（工作日）", default=2)

    class Meta:
        ordering = ("school", "-cohort")
        verbose_name = verbose_name_plural = "采集批次"
        constraints = [models.UniqueConstraint(fields=("school", "cohort", "name"), name="batch_once")]

    def __str__(self) -> str:
        return f"{self.school.name} {self.name}"
