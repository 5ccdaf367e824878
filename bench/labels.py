"""What people saw in photos: `labels.csv`, and which of its columns each rule answers for.

One row a photo, by file name only; a column holds 1 where the defect is there, 0 where it is not, nothing where it can't
be told or does not apply. How the columns were read, by eye and before any rule was run (except `forehead_covered`,
which was added when the rule turned out to take hats for a covered forehead, rightly):

- Pose is 1 only clearly beyond the limits (yaw 10, roll 8, pitch 15 degrees), 0 only clearly within; between: nothing.
- `smile` is every expression that is not neutral. `mouth_open` needs a gap between the lips.
- `ears_hidden`: not both ears can be seen, whether by hair, a hand or a turned head.
- `forehead_covered`: hair over the brows, or a hat; nothing where a fringe covers the forehead and ends above the brows.
- `face_covered`: a hand, mask or thing over the face below the forehead; glasses and hair have columns of their own.
- `unnatural_hair_colour` follows the rule (black to dark brown): blond and red are 1, grey and white are 0.
- `clothes_like_background` is against the light blue of the national rule.
- `shoulders_cut`: the photo ends before it shows the shoulders. `hair_cut_off`: hair touches the upper edge.
- `smooth_skin` is 0 only where pores or wrinkles can be seen.
- Pictures of groups have only what holds for the picture. `drawn` ones (paintings, cartoons) have only what is plain.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LABELS = Path(__file__).with_name("labels.csv")
GROUPS = ("asian", "dark_skin", "child", "elderly", "glasses", "beard")

# Columns a rule answers for: its defect is there if any is 1, absent if all are 0. A rule that is not here has no labels.
ANSWERS: dict[str, tuple[str, ...]] = {
    "one_face": ("several_faces",),
    "yaw": ("yaw",),
    "pitch": ("pitch",),
    "roll": ("roll",),
    "eyes_level": ("roll",),
    "eyes_open": ("eyes_closed",),
    "gaze": ("gaze_away",),
    "mouth_closed": ("mouth_open",),
    "teeth": ("teeth",),
    "expression": ("smile",),
    "ears": ("ears_hidden",),
    "forehead": ("forehead_covered",),
    "glasses": ("glasses",),
    "tinted_glasses": ("tinted_glasses",),
    "glasses_glare": ("glare",),
    "glasses_frame": ("frame_over_eye",),
    "face_covered": ("face_covered",),
    "head_cover": ("head_cover",),
    "earrings": ("earrings",),
    "necklace": ("necklace",),
    "hair_colour": ("unnatural_hair_colour",),
    "lipstick": ("lipstick",),
    "eye_makeup": ("eye_makeup",),
    "smooth_skin": ("smooth_skin",),
    "clothes_colour": ("clothes_like_background",),
    "clothes_blue": ("clothes_like_background",),
    "clothes_pattern": ("busy_pattern",),
    "collar": ("no_collar",),
    "bare_skin": ("bare_shoulders",),
    "shoulders_inside": ("shoulders_cut",),
    "shoulders_level": ("shoulders_uneven",),
    "face_brightness": ("underexposed",),
    "underexposed": ("underexposed",),
    "overexposed": ("overexposed",),
    "uneven_light": ("uneven_light",),
    "natural_colour": ("unnatural_colour",),
    "red_eye": ("red_eye",),
    "sharpness": ("blurred",),
    "motion_blur": ("motion_blur",),
    "compression": ("compressed",),
    "blockiness": ("compressed",),
    "screen_stripes": ("recaptured",),
    "recapture": ("recaptured",),
    "selfie": ("selfie",),
    "distance": ("selfie",),
    "background_plain": ("busy_background",),
    "background_shadow": ("shadow_on_wall",),
    "background_people": ("background_people",),
    "margin_above": ("hair_cut_off",),
}


@dataclass(frozen=True)
class Labels:
    """The labels of one photo: True, False, or None where nobody can tell."""

    file: str
    columns: Mapping[str, bool | None]

    def truth(self, code: str) -> bool | None:
        """Whether the photo has the defect that the rule `code` is about."""
        return self.any_of(*ANSWERS.get(code, ()))

    def any_of(self, *columns: str) -> bool | None:
        """True if one of the columns is, False if all are False, None otherwise."""
        seen = [self.columns[column] for column in columns]
        if any(seen):
            return True
        return False if seen and all(value is False for value in seen) else None


def load_labels(path: Path = LABELS) -> dict[str, Labels]:
    """The labels by file name. Raises ValueError for a cell that is neither 1, 0 nor empty, or a name given twice."""
    found: dict[str, Labels] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            name = row.pop("file")
            if name in found:
                raise ValueError(f"{path.name}: {name} is there twice")
            found[name] = Labels(name, {column: _cell(value, name) for column, value in row.items()})
    return found


def _cell(value: str, name: str) -> bool | None:
    if value not in ("0", "1", ""):
        raise ValueError(f"{name}: {value!r} is no label")
    return None if value == "" else value == "1"
