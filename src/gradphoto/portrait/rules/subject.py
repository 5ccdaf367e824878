"""What the rules measure: one photo, as far as the engine came with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradphoto.portrait.closeup import CloseUp
from gradphoto.portrait.encode import Encoded
from gradphoto.portrait.face import Face
from gradphoto.portrait.matte import Matte
from gradphoto.portrait.photo import Photo
from gradphoto.portrait.placement import Measures, Placement
from gradphoto.portrait.reasons import Reason
from gradphoto.portrait.standard import Standard


@dataclass(frozen=True)
class Finished:
    """The portrait: `pixels` (height, width, 3) before encoding, `alpha` (height, width) on its frame, and the JPEG."""

    pixels: NDArray[np.uint8]
    alpha: NDArray[np.float32]
    placement: Placement
    encoded: Encoded


@dataclass(frozen=True)
class Subject:
    """Everything known of one photo. Fields are None where the engine did not get so far; `refused` says why.

    `photo`: decoded, perhaps reduced. `faces`: all, widest first, in its pixels. `closeup`: see there.
    """

    standard: Standard
    photo: Photo
    faces: list[Face]
    closeup: CloseUp | None = None
    matte: Matte | None = None
    measures: Measures | None = None
    finished: Finished | None = None
    refused: tuple[Reason, ...] = ()

    @property
    def close(self) -> CloseUp:
        """The close-up, for rules that need a face: they run only where there is one."""
        if self.closeup is None:
            raise LookupError("there is no face in this photo")
        return self.closeup

    @property
    def face(self) -> Face:
        """The subject's face in decoded photo pixels."""
        return self.faces[0]

    @property
    def alpha(self) -> NDArray[np.float32]:
        """Alpha of the close-up, for rules that need a matte."""
        if self.closeup is None or self.closeup.alpha is None:
            raise LookupError("this photo has no matte")
        return self.closeup.alpha
