"""Every rule. The order of GROUPS is the order of a report, in a group that of the module."""

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
from gradphoto.portrait.rules import verdict as _verdict
from gradphoto.portrait.rules.verdict import Measurement, Needs, Outcome, Rule, Verdict

GROUPS = (
    "people", "pose", "eyes", "mouth", "cover", "skin", "head", "clothes", "shoulders",
    "light", "quality", "scene", "margins", "portrait",
)  # fmt: skip

# Importing a module registers its rules; an unknown group is a mistake and ends in a ValueError here.
MODULES = (edge, eyes, face_cover, light, mouth, output, people, person, pose, quality, scene, skin)
RULES = dict(sorted(_verdict.RULES.items(), key=lambda item: GROUPS.index(item[1].group)))

__all__ = ["GROUPS", "MODULES", "RULES", "Measurement", "Needs", "Outcome", "Rule", "Verdict"]
