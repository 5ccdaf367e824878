"""Collector zone: batches, students' accounts, enrolments known by their code, collections, photos, reviews."""

from gradphoto.collection.models.account import Account, Device, Recognition, TryCounter
from gradphoto.collection.models.batch import AddressMode, Batch
from gradphoto.collection.models.collection import Collection, Enrolment, State
from gradphoto.collection.models.photo import Photo, PhotoState, Upload
from gradphoto.collection.models.review import Case, CaseState, Decision

__all__ = [
    "Account", "AddressMode", "Batch", "Case", "CaseState", "Collection", "Decision", "Device", "Enrolment", "Photo",
    "PhotoState", "Recognition", "State", "TryCounter", "Upload",
]  # fmt: skip
