"""Notices by e-mail: to students who left an address. Names and codes are never in it."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail

from gradphoto.messages.models import Notice
from gradphoto.messages.words import words_of


def send_mail_notice(notice: Notice) -> bool:
    """Sends it; False where there is no address."""
    address = notice.account.email
    if not address:
        return False
    words = words_of(notice.kind)
    where = f"{settings.PUBLIC_URL}/c/{notice.collection_id}" if notice.collection_id else settings.PUBLIC_URL
    text = f"{words.text_zh}\n{where}\n\n{words.text_en}\n"
    send_mail(f"毕业证照：{words.subject_zh}", text, settings.DEFAULT_FROM_EMAIL, [address])
    return True
