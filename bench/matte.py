"""How good is the matte? On composites whose alpha is known, over the portrait's frame: `python -m bench matte`.

Every case is cropped as a portrait whose face lies at the aims, whether or not all bands can be met, so that all
variants are scored on the same pixels.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
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
    """One case under one variant: its errors and the processor's time. A refused matte counts as an empty one."""

    case: str
    error: MatteError
    portrait: float  # mean square error x 1,000 (of values 0..1) of the portrait on the new background
    milliseconds: float
    refused: bool

    @property
    def errors(self) -> tuple[float, ...]:
        """In the order of ERRORS."""
        return (*astuple(self.error), self.portrait)


AS_IT_IS = Variant("as it is", {})


def size(height: int, width: int) -> Settings:
    """Settings for another size of the network's input."""
    return {"NETWORK_HEIGHT": height, "NETWORK_WIDTH": width}


def variants() -> list[Variant]:
    """What is compared with the engine as it is."""
    sizes = ((320, 256), (384, 288), (512, 384), (640, 480))
    windows = (2.2, 2.4, 2.6, 3.0)
    refined = (
        (2, 1e-4, 1, 0),
        (4, 1e-3, 2, 2),
        (4, 1e-4, 1, 0),
        (4, 1e-4, 1, 2),
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
            for h, w in sizes[1:3]
            for win in (2.2, 2.4)
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


def run_variant(framed: Framed, variant: Variant) -> tuple[Result, Floats]:
    """The variant's errors on a case, and its alpha on the frame."""
    height, width = framed.alpha.shape
    start, refused = time.process_time(), False
    try:
        with patch.dict(vars(engine), variant.settings):
            alpha = engine.matte_person(framed.case.pixels, framed.face).on_frame(framed.crop, width, height)
        if variant.refine:
            alpha = variant.refine(framed.image, alpha)
    except Refused:
        alpha, refused = np.zeros_like(framed.alpha), True
    took = (time.process_time() - start) * 1000
    alpha = np.asarray(alpha * framed.inside, np.float32)
    made = composite(framed.image, alpha, NEW_BACKGROUND).astype(np.float32)
    off = mean_square(np.asarray((made - true_portrait(framed))[framed.inside > 0] / 255, np.float32)) * 1000
    error = matte_error(alpha, framed.alpha, framed.inside)
    return Result(framed.case.name, error, off, took, refused), alpha


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
    compared = [AS_IT_IS, *(v for v in variants() if compare and only in v.name)]
    results: dict[str, list[Result]] = {variant.name: [] for variant in compared}
    colours: list[tuple[dict[str, float], dict[str, float]]] = []
    tiles: list[tuple[float, Image.Image]] = []
    for number, framed in enumerate(framed_cases(photos, backgrounds, count)):
        for variant in compared:
            result, alpha = run_variant(framed, variant)
            results[variant.name].append(result)
            if variant is AS_IT_IS:
                colours.append((composite_errors(framed, alpha), composite_errors(framed, framed.alpha)))
                tiles.append((result.error.sad, _tile(framed, alpha)))
        print(f"\r{number + 1}/{count} ", end="", file=sys.stderr, flush=True)
    _show_mattes(results)
    _show_colours(colours)
    _show_worst(results[AS_IT_IS.name])
    if out:
        write_sheet([tile for _, tile in sorted(tiles, key=lambda pair: -pair[0])], out)


def framed_cases(photos: Path | None, backgrounds: Path | None, count: int) -> Iterator[Framed]:
    """Composites of people from plain-background photos in a folder, or else of the shipped samples."""
    paths = photos_in(photos) if photos else sample_photos()
    cutouts = list(cut_outs(paths, plain_only=photos is not None))
    for case in make_cases(cutouts, scenes(backgrounds), count, SEED):
        framed = frame_case(case, load_standard())
        if framed is not None:
            yield framed


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


def write_sheet(tiles: Sequence[Image.Image], path: Path, columns: int = 6) -> None:
    """The cases in the order given."""
    width, height = tiles[0].size
    sheet = Image.new("RGB", (columns * width, -(-len(tiles) // columns) * height))
    for number, tile in enumerate(tiles):
        sheet.paste(tile, (number % columns * width, number // columns * height))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def _tile(framed: Framed, alpha: Floats) -> Image.Image:
    """Composite, the portrait made of it, and the true one, side by side."""
    truth = np.asarray(np.clip(true_portrait(framed), 0, 255), np.uint8)
    row = np.hstack([framed.image, composite(framed.image, alpha, NEW_BACKGROUND), truth])
    return Image.fromarray(row).resize((480, 213), Image.Resampling.LANCZOS)


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


def _show_mattes(results: dict[str, list[Result]]) -> None:
    cases = [result.case for result in results[AS_IT_IS.name]]
    show(
        f"Matte: {len(cases)} composites of {len({case.partition(' / ')[0] for case in cases})} people",
        ("medians", *MATTE_HEADINGS),
        [summary(name, found, results[AS_IT_IS.name]) for name, found in results.items()],
        "SAD in thousands, MSE x 1000, over the 480x640 frame; edge: MSE where the true alpha is between 0.02 and 0.98; "
        "portrait: MSE of the colours on the new background, x 1000 of values 0..1; x: geometric mean over the cases of "
        "this error divided by that of the engine as it is; ms: of the processor, matte and refinement.",
    )


def _show_colours(errors: Sequence[tuple[dict[str, float], dict[str, float]]]) -> None:
    rows = [
        [name, *(float(np.median([pair[which][name] for pair in errors])) for which in (0, 1))]
        for name in errors[0][0]
    ]
    show(
        "Portrait on the new background: MSE x 1000 (values 0..1) at the true edges, medians",
        ("foreground colours", "predicted alpha", "true alpha"),
        rows,
    )


def _show_worst(results: Sequence[Result]) -> None:
    worst = sorted(results, key=lambda result: -result.error.sad)[:8]
    show("Worst cases", ("case", *ERRORS), [[result.case, *result.errors] for result in worst])
