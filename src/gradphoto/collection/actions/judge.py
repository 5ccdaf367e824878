"""The worker's part: the engine judges a photo and makes the portrait, drawing and preview beside the source.

Runs again harmlessly: a photo that is judged already is left alone.
"""

from __future__ import annotations

import io
import logging
import time
from typing import Any

from django.db import transaction
from django.utils import timezone
from PIL import Image

from gradphoto.audit.actions import write_event
from gradphoto.collection import vault
from gradphoto.collection.models import Photo, PhotoState
from gradphoto.collection.watermark import watermarked
from gradphoto.jobs.queue import handles
from gradphoto.portrait.report import Finding, Report, check
from gradphoto.portrait.report_drawing import draw
from gradphoto.portrait.standard import load_standard

log = logging.getLogger("gradphoto.collection")
VIEW_SIDE = 1280


@handles("judge")
def judge_photo(subject: str) -> None:
    """Judges the photo with this id."""
    photo = (
        Photo.objects.select_related("collection__batch").filter(pk=subject, state=PhotoState.WAITING).first()
    )
    if photo is None:
        return
    start = time.monotonic()
    standard = load_standard(photo.collection.batch.standard)
    report = check(vault.get(photo.source_key), standard)
    made = _files(report)
    keys = {name: vault.put(data) for name, data in made.items()}
    portrait = report.judgement.portrait if report.judgement else None
    columns: dict[str, Any] = {
        "state": PhotoState.JUDGED if report.judgement else PhotoState.REFUSED,
        "judged_at": timezone.now(),
        "outcome": report.outcome.value,
        "report": report.as_dict() | {"findings": [_finding(each) for each in report.findings]},
        "record": portrait.record if portrait else None,
        "portrait_sha256": portrait.record["output"]["sha256"] if portrait else "",
        **keys,
    }
    with transaction.atomic():
        if not Photo.objects.filter(pk=photo.pk, state=PhotoState.WAITING).update(**columns):
            for key in keys.values():  # another worker was first
                vault.delete(key)
            return
        write_event("system:worker", "photo.judged", f"photo:{photo.pk}", outcome=report.outcome.value)
    log.info("photo judged: %s in %.2f s", report.outcome.value, time.monotonic() - start)


def _files(report: Report) -> dict[str, bytes]:
    """The pictures to keep, by the column that holds their key."""
    judgement = report.judgement
    if judgement is None:
        return {}
    files = {
        "source_view_key": _jpeg(_view(judgement.subject.photo.pixels)),
        "drawing_key": _jpeg(draw(report)),
    }
    if judgement.portrait is not None:
        files["portrait_key"] = judgement.portrait.jpeg
        files["preview_key"] = watermarked(judgement.portrait.jpeg)
    return files


def _view(pixels: Any) -> Image.Image:
    image = Image.fromarray(pixels)
    image.thumbnail((VIEW_SIDE, VIEW_SIDE), Image.Resampling.LANCZOS)
    return image


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def _finding(finding: Finding) -> dict[str, Any]:
    """For pages: number, code, outcome and the words."""
    return {
        "number": finding.number,
        "code": finding.code,
        "outcome": finding.outcome.value,
        "title": list(finding.title),
        "cause": list(finding.cause),
        "fix": list(finding.fix),
        "measured": finding.measured,
        "allowed": finding.allowed,
    }
