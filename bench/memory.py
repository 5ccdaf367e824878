"""Does a process that standardises thousands of photos grow? `python -m bench memory --photos 2000`."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from bench.samples import phone_jpeg, portrait_jpeg, sample_photos
from bench.speed import in_own_process, peak_megabytes
from bench.tables import show
from gradphoto.portrait.pipeline import standardize
from gradphoto.portrait.reasons import Refused
from gradphoto.portrait.standard import load_standard
from gradphoto.portrait.weights import model_file

EVERY = 200
STATM = Path("/proc/self/statm")
PAGE = 4096


def main(photos: int) -> None:
    """Prints memory every EVERY photos and the slope of the line through what comes after the first EVERY."""
    readings, portraits = in_own_process(run_many, photos)
    show(
        f"Resident memory over {photos} photos in one process ({portraits} portraits, the others refused)",
        ("photos", "MB"),
        [[count, megabytes] for count, megabytes in readings],
        f"slope {slope(readings):+.2f} kB a photo after the first {EVERY}",
    )


def run_many(photos: int) -> tuple[list[tuple[int, float]], int]:
    """Standardises `photos` inputs of a fixed mixture; (number done, resident MB) every EVERY, and portraits made."""
    inputs, standard, rng = mixture(), load_standard(), random.Random(1)
    readings, portraits = [(0, resident_megabytes())], 0
    for number in range(1, photos + 1):
        try:
            standardize(rng.choice(inputs), standard)
            portraits += 1
        except Refused:
            pass
        if number % EVERY == 0 or number == photos:
            readings.append((number, resident_megabytes()))
    return readings, portraits


def mixture() -> list[bytes]:
    """Photos of several sizes, some that are refused early and some late, and files that are none."""
    obama = model_file("obama").path
    sizes = ((512, 715, 0.38), (764, 1146, 0.30), (1200, 1600, 0.25), (1500, 2400, 0.3))
    good = [portrait_jpeg(obama, width, height, share) for width, height, share in sizes]
    whole = [path.read_bytes() for path in sample_photos()]
    phone = phone_jpeg(obama)
    broken = [
        phone[: len(phone) // 3],
        b"no picture at all",
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        good[0][:-4000],
    ]
    return [*good, phone, *whole, *broken]


def resident_megabytes() -> float:
    """What the process holds now, in MB of 10^6 bytes; where the system does not tell, its peak."""
    if STATM.exists():
        return int(STATM.read_text().split()[1]) * PAGE / 1e6
    return peak_megabytes()


def slope(readings: list[tuple[int, float]]) -> float:
    """kB a photo, by least squares over the readings after the first EVERY photos; 0 for fewer than two."""
    counts, megabytes = np.array([reading for reading in readings if reading[0] >= EVERY]).reshape(-1, 2).T
    return float(np.polyfit(counts, megabytes, 1)[0] * 1000) if len(counts) > 1 else 0.0
