"""How good is the matte? On composites whose alpha is known, over the portrait's frame: `python -m bench matte`.

Every case is cropped as a portrait whose face lies at the aims, whether or not all bands can be met, so that all
variants are scored on the same pixels.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench import refinements
from bench.composites import Case, cut_outs, make_cases
from bench.errors import MatteError, is_edge, matte_error, mean_square
from bench.samples import main_face, photos_in, sample_photos
from bench.scenes import scenes
from bench.tables import show
from gradphoto.portrait import matte as engine
from gradphoto.portrait.compose import Crop, composite, inside_photo, resample
from gradphoto.portrait.face import Face
from gradphoto.portrait.reasons import Refused
from gradphoto.portrait.standard import Standard, load_standard

Floats = NDArray[np.float32]
Refinement = Callable[[NDArray[np.uint8], Floats], Floats]
Settings = dict[str, float]

CASES, SEED = 52, 2
ERRORS = ("SAD", "MSE", "gradient", "edge", "portrait")
NEW_BACKGROUND = (67, 142, 219)
MATTE_HEADINGS = (*ERRORS, "SAD p90", "worst", *(f"{name} x" for name in ERRORS), "refused", "ms")


@dataclass(frozen=True)
class Variant:
    """A way to make the matte: constants of the engine's `matte` module set otherwise, and a step on the frame."""

    name: str
    settings: Settings
    refine: Refinement | None = None


@dataclass(frozen=True)
class Framed:
    """A case on the portrait's frame: what the engine sees there, and the truth."""

    case: Case
    face: Face
    crop: Crop
    image: NDArray[np.uint8]
    alpha: Floats
    own_colour: Floats  # alpha * F, (H, W, 3)
    inside: Floats


@dataclass(frozen=True)
class Result:
    """One case under one variant: alpha on the frame, its error, the time it took. A refused matte is an empty one."""

    framed: Framed
    alpha: Floats
    error: MatteError
    portrait: float  # mean square error x 1,000 (of values 0..1) of the portrait on the new background
    milliseconds: float
    refused: bool

    @property
    def errors(self) -> tuple[float, ...]:
        """In the order of ERRORS."""
        return (*astuple(self.error), self.portrait)


def size(height: int, width: int) -> Settings:
    """Settings for another size of the network's input."""
    return {"NETWORK_HEIGHT": height, "NETWORK_WIDTH": width}


def variants() -> list[Variant]:
    """What is compared with the engine as it is."""
    sizes = ((320, 256), (384, 288), (416, 320), (512, 384), (640, 480))
    windows = (2.1, 2.2, 2.4, 2.6)
    refined = (
        (2, 1e-4, 1, 0),
        (4, 1e-3, 1, 0),
        (4, 1e-4, 1, 0),
        (8, 1e-4, 1, 0),
        (4, 1e-4, 2, 0),
        (4, 1e-4, 2, 2),
        (8, 1e-4, 2, 2),
    )
    steps = {f"guided {r} px {e:g} 1/{k} band {b}": refinements.guided(r, e, k, b) for r, e, k, b in refined}
    spans = ((0.0, 1.0), (0.0, 0.97), (0.05, 0.9), (0.1, 0.8))
    return [
        *(
            Variant(f"size {h}x{w} window {win}", size(h, w) | {"WINDOW_WIDTH": win})
            for h, w in sizes
            for win in windows
        ),
        *(Variant(f"levels {low} + {span}", {"ALPHA_FLOOR": low, "ALPHA_SPAN": span}) for low, span in spans),
        *(Variant(f"refine {name}", {}, step) for name, step in steps.items()),
        Variant("refine colour line", {}, refinements.by_colours),
        Variant("refine closed form", {}, refinements.closed_form),
        *(
            Variant(f"both {h}x{w} window {win} {name}", size(h, w) | {"WINDOW_WIDTH": win}, steps[name])
            for h, w in (sizes[1], sizes[3])
            for win in (2.2, 2.6)
            for name in ("guided 4 px 0.0001 1/2 band 2", "guided 8 px 0.0001 1/2 band 2")
        ),
    ]


def frame_case(case: Case, standard: Standard) -> Framed | None:
    """The case on the frame with its face at the aims; None where no face is found in it."""
    face = main_face(case.pixels)
    if face is None:
        return None
    aims, frame = standard.composition, standard.frame
    pixel = face.width / aims.face_width.aim
    x0, y0 = face.centre_x - aims.centre_x.aim * pixel, face.eye_line - aims.eye_line.aim * pixel
    crop = (x0, y0, x0 + frame.width * pixel, y0 + frame.height * pixel)
    inside = inside_photo(case.pixels, crop, frame.width, frame.height)
    alpha = _on_frame(case.alpha, crop, frame.width, frame.height) * inside
    channels = [
        _on_frame(case.alpha * case.foreground[..., c], crop, frame.width, frame.height) for c in range(3)
    ]
    image = resample(case.pixels, crop, frame.width, frame.height)
    return Framed(
        case, face, crop, image, np.clip(alpha, 0, 1), np.stack(channels, -1) * inside[..., None], inside
    )


def run_variant(framed: Framed, variant: Variant) -> Result:
    """The variant's alpha for a case, and its error."""
    height, width = framed.alpha.shape
    start, refused = time.perf_counter(), False
    try:
        with patch.dict(vars(engine), variant.settings):
            alpha = engine.matte_person(framed.case.pixels, framed.face).on_frame(framed.crop, width, height)
        if variant.refine:
            alpha = variant.refine(framed.image, alpha)
    except Refused:
        alpha, refused = np.zeros_like(framed.alpha), True
    took = (time.perf_counter() - start) * 1000
    alpha = np.asarray(alpha * framed.inside, np.float32)
    made = composite(framed.image, alpha, NEW_BACKGROUND).astype(np.float32)
    off = mean_square(np.asarray((made - true_portrait(framed))[framed.inside > 0] / 255, np.float32)) * 1000
    return Result(framed, alpha, matte_error(alpha, framed.alpha, framed.inside), off, took, refused)


def true_portrait(framed: Framed) -> Floats:
    """The person on the new background as alpha and foreground really are, (H, W, 3) in 0..255."""
    return framed.own_colour + (1 - framed.alpha[..., None]) * np.array(NEW_BACKGROUND, np.float32)


def composite_errors(framed: Framed, alpha: Floats) -> dict[str, float]:
    """Mean square error x 1,000 (of values 0..1) of the portrait at the true edges, for ways to get foreground colours."""
    new, truth = np.array(NEW_BACKGROUND, np.float32), true_portrait(framed)
    edge = is_edge(framed.alpha) & (framed.inside > 0)
    a, image = alpha[..., None], framed.image.astype(np.float32)
    made = {
        "as is": a * image + (1 - a) * new,
        "blur fusion": composite(framed.image, alpha, NEW_BACKGROUND).astype(np.float32),
    }
    if (exact := _ml_foreground(framed.image, alpha)) is not None:
        made["multi-level"] = a * exact + (1 - a) * new
    return {
        name: mean_square(np.asarray((picture - truth)[edge] / 255, np.float32)) * 1000
        for name, picture in made.items()
    }


def main(
    photos: Path | None,
    backgrounds: Path | None,
    compare: bool,
    count: int,
    out: Path | None = None,
    only: str = "",
) -> None:
    """Prints the tables; with `compare`, of the variants whose names contain `only` too; with `out`, draws all cases."""
    standard = load_standard("school-blue")
    framed = load_cases(photos, backgrounds, count, standard)
    shipped = [run_variant(f, Variant("as it is", {})) for f in framed]
    rows = [summary("as it is", shipped, shipped)]
    for variant in (v for v in variants() if compare and only in v.name):
        rows.append(summary(variant.name, [run_variant(f, variant) for f in framed], shipped))
        print(variant.name, file=sys.stderr)
    people = len({f.case.name.partition(" / ")[0] for f in framed})
    show(
        f"Matte: {len(framed)} composites of {people} people",
        ("medians", *MATTE_HEADINGS),
        rows,
        "SAD in thousands, MSE x 1000, over the 480x640 frame; edge: MSE where the true alpha is between 0.02 and 0.98; "
        "x: geometric mean over the cases of this error divided by that of the engine as it is.",
    )
    _show_composites(shipped)
    _show_worst(shipped)
    if out:
        write_sheet(shipped, out)


def load_cases(photos: Path | None, backgrounds: Path | None, count: int, standard: Standard) -> list[Framed]:
    """Composites of people from plain-background photos in a folder, or else of the shipped samples."""
    paths = photos_in(photos) if photos else sample_photos()
    cutouts = list(cut_outs(paths, plain_only=photos is not None))
    cases = make_cases(cutouts, scenes(backgrounds), count, SEED)
    return [framed for case in cases if (framed := frame_case(case, standard)) is not None]


def summary(name: str, results: Sequence[Result], shipped: Sequence[Result]) -> list[object]:
    """A row of the table: medians over the cases, the bad end, and how it does beside the engine case by case."""
    errors, theirs = (np.array([result.errors for result in group]) for group in (results, shipped))
    ratio = np.exp(np.log((errors + 1e-3) / (theirs + 1e-3)).mean(axis=0))
    sad, took = errors[:, 0], float(np.median([result.milliseconds for result in results]))
    refused = sum(result.refused for result in results)
    medians = map(float, np.median(errors, axis=0))
    return [
        name,
        *medians,
        float(np.percentile(sad, 90)),
        float(sad.max()),
        *map(float, ratio),
        refused,
        took,
    ]


def write_sheet(results: Sequence[Result], path: Path, columns: int = 6) -> None:
    """Worst cases first: composite, its portrait on blue, and the true one."""
    ordered = sorted(results, key=lambda r: -r.error.sad)
    rows = -(-len(ordered) // columns)
    sheet = Image.new("RGB", (columns * 3 * 160, rows * 214))
    for number, result in enumerate(ordered):
        framed = result.framed
        truth = np.asarray(np.clip(true_portrait(framed), 0, 255), np.uint8)
        parts = (framed.image, composite(framed.image, result.alpha, NEW_BACKGROUND), truth)
        for part, pixels in enumerate(parts):
            small = Image.fromarray(pixels).resize((160, 213), Image.Resampling.LANCZOS)
            sheet.paste(small, (((number % columns) * 3 + part) * 160, number // columns * 214))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def _on_frame(values: Floats, crop: Crop, width: int, height: int) -> Floats:
    """One channel resampled as the engine resamples the picture."""
    x0, y0, x1, y1 = crop
    pad = int(np.ceil(max(0, -x0, -y0, x1 - values.shape[1], y1 - values.shape[0])))
    padded = np.pad(values, pad, mode="edge")
    box = (x0 + pad, y0 + pad, x1 + pad, y1 + pad)
    resized = Image.fromarray(padded.astype(np.float32)).resize(
        (width, height), Image.Resampling.LANCZOS, box=box
    )
    return np.asarray(resized, np.float32)


def _ml_foreground(image: NDArray[np.uint8], alpha: Floats) -> Floats | None:
    try:
        from pymatting import estimate_foreground_ml
    except ImportError:
        return None
    return np.asarray(estimate_foreground_ml(image / 255.0, alpha.astype(np.float64)) * 255, np.float32)


def _show_composites(results: Sequence[Result]) -> None:
    predicted = [composite_errors(r.framed, r.alpha) for r in results]
    true = [composite_errors(r.framed, r.framed.alpha) for r in results]
    names = list(predicted[0])
    rows = [
        [name, *(float(np.median([e[name] for e in errors])) for errors in (predicted, true))]
        for name in names
    ]
    show(
        "Portrait on the new background: mean square error x 1000 at the edges, medians",
        ("foreground colours", "predicted alpha", "true alpha"),
        rows,
    )


def _show_worst(results: Sequence[Result]) -> None:
    worst = sorted(results, key=lambda r: -r.error.sad)[:8]
    show(
        "Worst cases",
        ("case", "SAD", "MSE", "gradient", "edge MSE"),
        [[r.framed.case.name, *astuple(r.error)] for r in worst],
    )
