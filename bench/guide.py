"""How long live guidance takes for a camera frame of 480 pixels: `python -m bench guide`. Medians, one thread."""

from __future__ import annotations

import io
import statistics
import time

import cv2
import numpy as np
from PIL import Image

from bench.tables import show
from gradphoto.portrait.guide import guide
from gradphoto.portrait.standard import load_standard
from gradphoto.portrait.weights import model_file

SAMPLES = ("obama", "biden", "obama2", "astronaut")
LONG_SIDE, WARM_UP = 480, 5


def main(runs: int) -> None:
    """Prints a row a frame: as pixels and as the JPEG that a page sends."""
    cv2.setNumThreads(1)
    rows = []
    for name in SAMPLES:
        with Image.open(model_file(name).path) as opened:
            image = opened.convert("RGB")
        image.thumbnail((LONG_SIDE, LONG_SIDE))
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=85)
        for kind, frame in (("pixels", np.asarray(image)), ("JPEG", buffer.getvalue())):
            rows.append((name, f"{image.width}x{image.height}", kind, *_timed(frame, runs)))
    show(
        f"Guidance for a frame, medians of {runs} runs in ms",
        ("sample", "size", "given as", "all", "CPU"),
        rows,
        "all: by the clock; CPU: time the processor worked for it.",
    )


def _timed(frame: np.ndarray | bytes, runs: int) -> tuple[float, float]:
    """Milliseconds by the clock and of the processor."""
    standard = load_standard()
    for _ in range(WARM_UP):
        guide(frame, standard)
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        guide(frame, standard)
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    return statistics.median(walls), statistics.median(cpus)
