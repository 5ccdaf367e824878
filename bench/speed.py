"""How long a photo takes, by stage, on one core and on two, and what it costs in memory: `python -m bench speed`.

On a machine that others use too, the CPU time says more than the clock; both are printed, as medians.
"""

from __future__ import annotations

import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import cv2
from PIL import Image

from bench.samples import phone_jpeg, photos_in, portrait_jpeg
from bench.tables import show
from gradphoto.portrait.batch import plan, run
from gradphoto.portrait.pipeline import standardize
from gradphoto.portrait.reasons import Refused
from gradphoto.portrait.standard import load_standard
from gradphoto.portrait.weights import model_file

RUNS, WARM_UP = 15, 2
BATCH = 60
BATCH_PROCESSES = 2
# For whatever brings threads of its own: BLAS behind numpy, OpenMP.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

T = TypeVar("T")


@dataclass(frozen=True)
class Timed:
    """One photo, standardised many times in one process on one core: medians in ms, peak memory in MB."""

    name: str
    what: str
    stages: dict[str, float]
    wall: float
    cpu: float
    peak: float


def main(photos: Path | None, runs: int, batch: int) -> None:
    """Prints the tables."""
    inputs = [(p.name, p.read_bytes()) for p in photos_in(photos)] if photos else sample_inputs()
    timed = [result for name, data in inputs if (result := in_own_process(time_photo, name, data, runs))]
    names = list(dict.fromkeys(name for t in timed for name in t.stages))
    rows = [[t.name, t.what, *(t.stages.get(s, 0.0) for s in names), t.wall, t.cpu, t.peak] for t in timed]
    show(
        f"One core, one process, medians of {runs} runs in ms",
        ("photo", "pixels", *names, "all", "CPU", "peak MB"),
        rows,
        "all: by the clock; CPU: time the processor worked for it; peak: largest resident memory of the process.",
    )
    _show_throughput(inputs, batch)
    _show_start_up(inputs[0][1])


def sample_inputs() -> list[tuple[str, bytes]]:
    """A 12-megapixel phone photo and the two sizes that others quote, all of one shipped sample."""
    photo = model_file("obama").path
    return [
        ("phone, 12 MP, EXIF 6", phone_jpeg(photo)),
        ("764x1146", portrait_jpeg(photo, 764, 1146, face_share=0.30)),
        ("512x715", portrait_jpeg(photo, 512, 715, face_share=0.38)),
    ]


def time_photo(name: str, data: bytes, runs: int) -> Timed | None:
    """Standardises `data` `runs` times on one core; None, and a line that says why, where it is refused."""
    on_one_core()
    standard = load_standard()
    stages: list[dict[str, float]] = []
    walls, cpus = [], []
    try:
        for _ in range(WARM_UP + runs):
            wall, cpu = time.perf_counter(), time.process_time()
            stages.append(standardize(data, standard, draft=True).timings_ms)
            walls.append((time.perf_counter() - wall) * 1000)
            cpus.append((time.process_time() - cpu) * 1000)
    except Refused as refused:
        print(f"{name}: refused, {', '.join(reason.code for reason in refused.reasons)}")
        return None
    with Image.open(io.BytesIO(data)) as image:
        what = f"{image.width}x{image.height}, {len(data) / 1e6:.1f} MB"
    medians = {name: statistics.median(run[name] for run in stages[WARM_UP:]) for name in stages[0]}
    wall_ms, cpu_ms = (statistics.median(values[WARM_UP:]) for values in (walls, cpus))
    return Timed(name, what, medians, wall_ms, cpu_ms, peak_megabytes())


def on_one_core() -> None:
    """Keeps this process, and every thread it starts, on one core where the system can; OpenCV on one thread."""
    cv2.setNumThreads(1)
    if sys.platform == "linux":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def peak_megabytes() -> float:
    """The largest resident memory this process ever had, in MB of 10^6 bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux's own ru_maxrss begins with that of the process that started this one
        kilobytes = next(
            line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")
        )
        return int(kilobytes) * 1024 / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def in_own_process(work: Callable[..., T], *arguments: object) -> T:
    """What `work` gives, run in a fresh process with one thread for all that looks at the environment."""
    os.environ.update(ONE_THREAD)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def throughput(data: bytes, count: int, processes: int) -> tuple[float, float]:
    """Photos a second through `batch.run` once all processes are warm, and the seconds until the first one is done."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "photos")
        source.mkdir()
        for number in range(count):
            (source / f"{number:04}.jpg").write_bytes(data)
        tasks = plan([source], Path(folder, "out"), load_standard())
        start = time.perf_counter()
        done = [time.perf_counter() - start for _ in run(tasks, processes)]
    warm = 2 * processes
    return (count - warm) / (done[-1] - done[warm - 1]), done[0]


def _show_throughput(inputs: Sequence[tuple[str, bytes]], count: int) -> None:
    rows = []
    for name, data in inputs:
        rate, first = throughput(data, count, BATCH_PROCESSES)
        rows.append([name, rate, 1000 * BATCH_PROCESSES / rate, first])
    show(
        f"{count} photos through {BATCH_PROCESSES} processes",
        ("photo", "photos/s", "ms a photo and process", "s to the first"),
        rows,
        f"photos/s: without the first {2 * BATCH_PROCESSES}, during which the processes start.",
    )


def _show_start_up(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder, "photo.jpg")
        photo.write_bytes(data)
        commands = {
            "gradphoto --help": ["--help"],
            "gradphoto standardize, one photo": [
                "standardize",
                str(photo),
                "--out",
                f"{folder}/out",
                "--fresh",
                "--draft",
            ],
        }
        rows = [
            [name, statistics.median(_seconds(arguments) for _ in range(5))]
            for name, arguments in commands.items()
        ]
    show("From nothing to the end of the command, medians of 5", ("command", "s"), rows)


def _seconds(arguments: Sequence[str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "gradphoto", *arguments], check=True, capture_output=True)
    return time.perf_counter() - start
