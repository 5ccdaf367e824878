"""Every rule, by group; the order here is the order of the report."""

from gradphoto.portrait.rules import (
    edge,
    eyes,
    face_cover,
    light,
    mouth,
    output,
    people,
    person,
    pose,
    quality,
    scene,
    skin,
)
from gradphoto.portrait.rules.verdict import RULES, Measurement, Needs, Outcome, Rule, Verdict

__all__ = [
    "RULES",
    "Measurement",
    "Needs",
    "Outcome",
    "Rule",
    "Verdict",
    "edge",
    "eyes",
    "face_cover",
    "light",
    "mouth",
    "output",
    "people",
    "person",
    "pose",
    "quality",
    "scene",
    "skin",
]
