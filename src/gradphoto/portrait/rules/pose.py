"""How the head is held: yaw, pitch, roll, and whether the eyes are level. Degrees."""

from __future__ import annotations

import numpy as np

from gradphoto.portrait.rules.face_parts import face_box
from gradphoto.portrait.rules.subject import Subject
from gradphoto.portrait.rules.verdict import Measurement, Needs, Words, cosine_score, rule


@rule(
    "yaw",
    group="pose",
    unit="deg",
    needs=Needs.FACE,
    zh=Words("头部左右转动", "脸转向了照片的左侧", "脸转向了照片的右侧", "请把脸正对镜头，鼻尖对准镜头。"),
    en=Words(
        "Head turned sideways",
        "The face is turned towards the photo's left.",
        "The face is turned towards the photo's right.",
        "Face the lens, the tip of your nose towards it.",
    ),
    score=cosine_score,
)
def yaw(subject: Subject) -> Measurement:
    """Angle of the line between mirrored mesh points to the picture plane (ISO/IEC 29794-5 HeadPoseYaw).

    Weakness: the mesh underestimates beyond about 40 degrees; that is far outside the band.
    """
    return Measurement(subject.face.pose.yaw, face_box(subject.close))


@rule(
    "pitch",
    group="pose",
    unit="deg",
    needs=Needs.FACE,
    zh=Words(
        "抬头或低头", "头低了", "头抬高了（下巴抬起）", "请平视镜头；请拍照的人把手机举到与您眼睛同高。"
    ),
    en=Words(
        "Head bent up or down",
        "The head is bent down.",
        "The chin is raised.",
        "Look level into the lens; the phone should be held at the height of your eyes.",
    ),
    score=cosine_score,
)
def pitch(subject: Subject) -> Measurement:
    """Angle of the mesh's midline to the picture plane, less that of a level head (ISO/IEC 29794-5 HeadPosePitch).

    Weakness: faces differ; over frontal photos the spread is about 7 degrees (docs/pose.md).
    """
    return Measurement(subject.face.pose.pitch, face_box(subject.close))


@rule(
    "roll",
    group="pose",
    unit="deg",
    needs=Needs.FACE,
    zh=Words("头部歪斜", "头歪向了右肩", "头歪向了左肩", "请把头摆正，两耳一样高。按规定照片不能旋转。"),
    en=Words(
        "Head tilted",
        "The head is tilted towards the right shoulder.",
        "The head is tilted towards the left shoulder.",
        "Hold the head upright, both ears at one height. Photos may not be rotated.",
    ),
    score=cosine_score,
)
def roll(subject: Subject) -> Measurement:
    """Angle of the line between mirrored mesh points in the picture plane (ISO/IEC 29794-5 HeadPoseRoll)."""
    return Measurement(subject.face.pose.roll, face_box(subject.close))


@rule(
    "eyes_level",
    group="pose",
    unit="deg",
    needs=Needs.FACE,
    zh=Words("双眼水平", "右眼比左眼低", "左眼比右眼低", "请把头摆正，两眼在同一条水平线上。"),
    en=Words(
        "Eyes level",
        "The right eye is lower than the left.",
        "The left eye is lower than the right.",
        "Hold the head upright, both eyes on one horizontal line.",
    ),
    score=cosine_score,
)
def eyes_level(subject: Subject) -> Measurement:
    """Angle of the line between the pupils' centres to the horizontal; native unit degrees."""
    right, left = subject.face.pupils
    dx, dy = left - right
    return Measurement(float(np.degrees(np.arctan2(dy, dx))), face_box(subject.close))
