"""What notices say (zh, en), by kind. {number} is the collection's number, {school} its school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Words:
    """Subject and text of one kind of notice."""

    subject_zh: str
    text_zh: str
    subject_en: str
    text_en: str


WORDS: dict[str, Words] = {
    "paid": Words(
        "支付成功", "费用已收到。下一步：请拍摄或选择照片，满意后提交审核。",
        "Payment received", "Next: take or pick a photo, and submit it when you are content.",
    ),
    "refunded": Words(
        "已退款", "款项将按原路退回付款人，一般 1—3 个工作日到账。",
        "Refunded", "The money goes back the way it came, usually within three working days.",
    ),
    "approved": Words(
        "照片审核通过", "您的毕业证照已通过人工审核。下一步：学校移交学信网，之后请按通知校对图像。",
        "Photo approved", "A person has approved your portrait. Next: it goes to the registry; then you proofread it.",
    ),
    "rejected": Words(
        "照片需要重拍", "审核未通过，原因和改法已写在采集详情里。重拍不再收费。",
        "Please retake the photo", "The reasons and how to mend them are on the collection's page. Retakes are free.",
    ),
    "answer": Words(
        "客服回复了您", "请在采集详情的“联系客服”中查看。",
        "Support has answered", "See “Contact support” on the collection's page.",
    ),
    "new_device": Words(
        "新设备登录", "您的账号在另一台设备上登录。如果不是您本人，请在“登录设备”里退出它并联系客服。",
        "New device signed in", "If that was not you, sign it out under “Devices” and contact support.",
    ),
    "closed": Words(
        "采集已关闭", "客服已关闭这次采集并办理退款。", "Collection closed", "Support has closed this collection and refunds it.",
    ),
    "registered": Words(
        "学信网已接收照片", "移交 40 天后请登录学信网进行图像校对。",
        "The registry has your photo", "Forty days after the hand-over, proofread it at CHSI.",
    ),
}  # fmt: skip


def words_of(kind: str) -> Words:
    """The words of a kind of notice."""
    return WORDS[kind]


def fields_cut(values: dict[str, str], limits: dict[str, int]) -> dict[str, Any]:
    """Values of a WeChat subscribe message cut to the template's limits (thing 20 characters, phrase 5, ...).

    Source: WeChat's subscribe-message parameter table; a value that is too long makes the whole call fail.
    """
    return {name: {"value": _cut(value, limits[name.rstrip("0123456789")])} for name, value in values.items()}


LIMITS = {"thing": 20, "character_string": 32, "time": 20, "date": 20, "phrase": 5, "amount": 10, "name": 10}


def _cut(value: str, length: int) -> str:
    return value if len(value) <= length else value[: length - 1] + "…"
