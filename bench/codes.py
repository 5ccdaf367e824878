"""How many collection codes are read, and how fast, by kind of picture: `python -m bench.codes [--each N] [--seed N]`.

Beside the engine stand one plain call of zxing-cpp and one of OpenCV's detector, on the same decoded pixels. The second
table says which attempt read what the plain call missed; an attempt that reads nothing there should go.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from gradphoto.portrait.code import attempts, find_codes
from gradphoto.portrait.photo import Limits, open_photo

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from code_scenes import KINDS, Scene, scene

Pixels = NDArray[np.uint8]


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=20, help="scenes of each kind")
    parser.add_argument("--seed", type=int, default=0, help="number of the first scene")
    asked = parser.parse_args()
    readers = {"engine": _engine, "zxing-cpp": _zxing, "OpenCV": _opencv}
    print("kind".ljust(17) + "".join(f"{name:>10}{'ms':>6}{'max':>6}" for name in readers))
    total: Counter[str] = Counter()
    by_attempt: Counter[str] = Counter()
    for kind in KINDS:
        results: dict[str, list[tuple[bool, float]]] = {name: [] for name in readers}
        for number in range(asked.seed, asked.seed + asked.each):
            subject = scene(kind, number)
            pixels = open_photo(subject.data, Limits(min_side=21)).decode().pixels
            for name, reader in readers.items():
                results[name].append(_timed(reader, pixels, subject))
            by_attempt[_first_to_read(pixels)] += 1
        total.update({name: sum(ok for ok, _ in rows) for name, rows in results.items()})
        print(kind.ljust(17) + "".join(_cells(results[name]) for name in readers), flush=True)
    scenes = asked.each * len(KINDS)
    print("all".ljust(17) + "".join(f"{total[name]:>6}/{scenes:<3}{'':12}" for name in readers))
    print("\nread first by")
    for name, count in by_attempt.most_common():
        print(f"{count:>6}  {name}")


def _cells(rows: list[tuple[bool, float]]) -> str:
    times = [ms for _, ms in rows]
    return f"{sum(ok for ok, _ in rows):>7}/{len(rows):<2}{median(times):>6.0f}{max(times):>6.0f}"


def _timed(reader: Callable[[Pixels], list[bytes]], pixels: Pixels, subject: Scene) -> tuple[bool, float]:
    start = time.perf_counter()
    payloads = reader(pixels)
    return subject.payloads[0] in payloads, (time.perf_counter() - start) * 1000


def _engine(pixels: Pixels) -> list[bytes]:
    return [code.raw for code in find_codes(pixels)[0]]


def _zxing(pixels: Pixels) -> list[bytes]:
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2])
    return [symbol.bytes for symbol in zxingcpp.read_barcodes(pixels, formats=formats)]


def _opencv(pixels: Pixels) -> list[bytes]:
    try:
        return [cv2.QRCodeDetector().detectAndDecode(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[0].encode()]
    except cv2.error:  # it raises on some pictures
        return []


def _first_to_read(pixels: Pixels) -> str:
    for attempt in attempts(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.uint8)):
        if attempt.read()[0]:
            return attempt.name
    return "none"


if __name__ == "__main__":
    main()
