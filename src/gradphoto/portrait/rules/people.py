"""Who is in the photo: exactly one person."""

from __future__ import annotations

from gradphoto.portrait.face import OTHER_PERSON_SHARE
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.rules.verdict import Measurement, Needs, Words, band_score, rule


@rule(
    "one_face",
    group="people",
    unit="faces",
    needs=Needs.FACE,
    zh=Words("只有本人一人", "", "照片里不止一个人", "请换一个没有其他人的背景，只拍本人。"),
    en=Words(
        "One person only",
        "",
        "There is more than one person in the photo.",
        "Take it again with nobody else in view.",
    ),
    score=band_score(1, 1, 1),
)
def one_face(subject: Subject) -> Measurement:
    """Faces at least a quarter as wide as the subject's (ISO/IEC 29794-5 SingleFacePresent).

    Weakness: people seen from behind or in profile, and faces under about 12 px of a 192-px picture, are not found.
    """
    widest = subject.faces[0].width
    others = [face for face in subject.faces[1:] if face.width >= OTHER_PERSON_SHARE * widest]
    region = None
    if others:
        cheeks, face = others[0].cheeks, others[0]
        (dx, dy), k = subject.close.origin, subject.close.scale
        region = ((cheeks[0] - dx) * k, (face.forehead - dy) * k, (cheeks[1] - dx) * k, (face.chin - dy) * k)
    return Measurement(float(1 + len(others)), region)
