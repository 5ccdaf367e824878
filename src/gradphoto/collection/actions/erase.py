"""Taking a student's data away: files, sealed fields, notices and conversation. What was decided stays, without a person."""

from __future__ import annotations

from gradphoto.collection import vault
from gradphoto.collection.models import Collection, Enrolment

FILES = ("source_key", "portrait_key", "preview_key", "drawing_key", "source_view_key")


def erase_data(collection: Collection) -> None:
    """Erases everything personal of one collection; called by its move to ERASED."""
    for photo in collection.photos.all():
        for column in FILES:
            vault.delete(getattr(photo, column))
            setattr(photo, column, "")
        photo.report = photo.record = None
        photo.device_hints = {}
        photo.save()
    for upload in collection.uploads.all():
        for key in upload.chunks:
            vault.delete(key)
        upload.delete()
    collection.support_messages.all().delete()
    collection.notices.all().delete()
    Collection.objects.filter(pk=collection.pk).update(address=None, teaching_point=None)
    Enrolment.objects.filter(pk=collection.enrolment_id).update(code=None, masked_name="")
    collection.refresh_from_db()
