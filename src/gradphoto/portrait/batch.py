"""Many photos, several processes: each photo to its portrait and record, or its refusal, and on from where it stopped.

    OUT/name.jpg            the portrait
    OUT/name.record.json    how it was made
    OUT/name.refusal.json   instead of both: why there is none

A photo is skipped when its record or refusal speaks of the same bytes, standard and engine. Files are written beside
their place and moved into it, the record last, so that a killed run leaves nothing half done.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import cv2

from gradphoto.portrait.judge import remarks
from gradphoto.portrait.os_errors import unreadable
from gradphoto.portrait.pipeline import judge
from gradphoto.portrait.reasons import Reason, Refused, reason
from gradphoto.portrait.record import engine_sha256
from gradphoto.portrait.rules import RULES
from gradphoto.portrait.standard import Standard

T = TypeVar("T")
R = TypeVar("R")

# What a folder is searched for; the content decides what a file is.
PHOTO_ENDINGS = frozenset(
    [".jpg", ".jpeg", ".jpe", ".png", ".webp", ".heic", ".heif", ".hif", ".avif", ".bmp", ".tif", ".tiff"]
)


@dataclass(frozen=True)
class Task:
    """One photo to standardise, and the path of its results without their endings."""

    photo: Path
    stem: Path
    standard: Standard
    draft: bool = False

    @property
    def portrait(self) -> Path:
        """Where the portrait goes."""
        return self.stem.with_name(self.stem.name + ".jpg")

    @property
    def record(self) -> Path:
        """Where the record goes."""
        return self.stem.with_name(self.stem.name + ".record.json")

    @property
    def refusal(self) -> Path:
        """Where the reasons go when there is no portrait."""
        return self.stem.with_name(self.stem.name + ".refusal.json")


@dataclass(frozen=True)
class Outcome:
    """What came of one photo. `placement`, `timings_ms` and `warnings`, which a person decides about, are empty where it
    was refused.
    """

    task: Task
    ok: bool
    reasons: tuple[Reason, ...]
    placement: dict[str, float]
    timings_ms: dict[str, float]
    warnings: tuple[Reason, ...] = ()
    resumed: bool = False

    @property
    def is_draft(self) -> bool:
        """Whether the portrait was made in spite of failed rules, which are the reasons then."""
        return self.ok and bool(self.reasons)

    def as_dict(self) -> dict[str, Any]:
        """As the command prints it, one object a photo."""
        return {
            "source": str(self.task.photo),
            "portrait": str(self.task.portrait) if self.ok else None,
            "record": str(self.task.record) if self.ok else None,
            "ok": self.ok,
            "draft": self.is_draft,
            "reasons": [r.as_dict() for r in self.reasons],
            "warnings": [r.as_dict() for r in self.warnings],
            "placement": self.placement or None,
            "timings_ms": {name: round(ms, 1) for name, ms in self.timings_ms.items()},
        }


def plan(inputs: Sequence[Path], out: Path, standard: Standard, draft: bool = False) -> list[Task]:
    """A task for every photo given, folders searched to any depth. Raises Refused `unreadable_file`.

    Photos of a folder keep their place in it; of several folders, each keeps its name. Where two photos would give one
    name, they keep their endings, or the name of the folder they lie in. What an earlier run made is no photo.
    """
    photos = [(photo, base) for path in inputs for photo, base in _photos(path, alone=len(inputs) == 1)]
    names = _names(photos)
    return [Task(photo, out / name, standard, draft) for (photo, _), name in zip(photos, names, strict=True)]


def meeting(tasks: Sequence[Task]) -> list[Task]:
    """Tasks whose results would still lie in one and the same place."""
    places = Counter(task.stem for task in tasks)
    return [task for task in tasks if places[task.stem] > 1]


def to_be_replaced(tasks: Sequence[Task]) -> tuple[Counter[str], int]:
    """Portraits of an earlier run that this one will make again: how many after another standard, by its name, and how
    many drafts of the same one that this run, which is none, keeps only if no rule fails them any more.
    """
    standards: Counter[str] = Counter()
    drafts = 0
    for task in tasks:
        try:
            found = json.loads(task.record.read_bytes())
            if found["standard"]["sha256"] != task.standard.sha256:
                standards[str(found["standard"]["values"]["name"])] += 1
            elif found["failed_rules"] and not task.draft:
                drafts += 1
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return standards, drafts


def run(
    tasks: Sequence[Task],
    processes: int,
    fresh: bool = False,
    worker: Callable[[Task], Outcome] | None = None,
) -> Iterator[Outcome]:
    """Outcomes as they come. `fresh` does again what is already done. One process works in this one, more in others.

    `worker` does one task, `work` if none is given.

    A process that dies takes no other photo with it: what it was working on is tried alone, then refused `worker_died`.
    """
    todo = []
    for task in tasks:
        done = None if fresh else earlier_outcome(task)
        if done is not None:
            yield done
        else:
            todo.append(task)
    yield from spread(todo, processes, worker or work, _died)


def spread(
    todo: Sequence[T], processes: int, worker: Callable[[T], R], died: Callable[[T], R]
) -> Iterator[R]:
    """Results of `worker` as they come: from this process, or from several where there is more than one thing to do.

    `died` gives the result of what brings its process down even alone.
    """
    if processes <= 1 or len(todo) <= 1:
        cv2.setNumThreads(1)
        yield from map(worker, todo)
        return
    yield from _run_in_processes(deque(todo), min(processes, len(todo)), worker, died)


def work(task: Task) -> Outcome:
    """One photo, start to end: reads it, makes the portrait, writes the results."""
    try:
        data = read_file(task.photo)
    except Refused as refused:
        return Outcome(task, False, refused.reasons, {}, {})
    if task.portrait.exists() and not _is_ours(task):
        return Outcome(task, False, (reason("name_taken", file=str(task.portrait)),), {}, {})
    try:
        judgement = judge(data, task.standard)
        portrait, reasons = judgement.portrait, judgement.reasons
    except Refused as refused:
        portrait, reasons = None, refused.reasons
    task.portrait.parent.mkdir(parents=True, exist_ok=True)
    if portrait is None or (reasons and not task.draft):
        _write_refusal(task, data, reasons)
        return Outcome(task, False, reasons, {}, {})
    # The record first: a portrait without one would not be known as ours after a broken-off run.
    write_file(task.record, _json(portrait.record))
    write_file(task.portrait, portrait.jpeg)
    task.refusal.unlink(missing_ok=True)
    warned = remarks(judgement.verdicts)
    return Outcome(task, True, reasons, portrait.placement.as_dict(), portrait.timings_ms, warned)


def earlier_outcome(task: Task) -> Outcome | None:
    """The outcome of an earlier run, if it is whole and holds for these very bytes, standard and engine."""
    for path in (task.record, task.refusal):
        try:
            found = json.loads(path.read_bytes())
            if _key(found) != _key_of(_sha256(task.photo), task.standard):
                continue
            if path == task.refusal and found["draft"] == task.draft:
                reasons = tuple(Reason(r["code"], r["zh"], r["en"]) for r in found["reasons"])
                return Outcome(task, False, reasons, {}, {}, resumed=True)
            if path == task.refusal or (found["failed_rules"] and not task.draft):
                continue
            if found["output"]["sha256"] == _sha256(task.portrait):
                scale = next(op for op in found["operations"] if op["op"] == "scale")
                failed, warned = (
                    tuple(map(_by_title, found[key])) for key in ("failed_rules", "warned_rules")
                )
                return Outcome(task, True, failed, scale["placement"], {}, warned, resumed=True)
        except (OSError, ValueError, KeyError, TypeError, StopIteration):
            continue
    return None


def _run_in_processes(
    todo: deque[T], processes: int, worker: Callable[[T], R], died: Callable[[T], R]
) -> Iterator[R]:
    """Keeps a few photos in flight, so that after a crash only those few are suspects."""
    pool = _pool(processes)
    flying: dict[Future[R], T] = {}
    try:
        while todo or flying:
            while todo and len(flying) < processes * 2:
                task = todo.popleft()
                with _interruptions_held():
                    flying[pool.submit(worker, task)] = task
            done, _ = wait(flying, return_when=FIRST_COMPLETED)
            try:
                for future in done:
                    outcome = future.result()
                    del flying[future]
                    yield outcome
            except BrokenProcessPool:
                suspects = list(flying.values())
                flying.clear()
                pool.shutdown(cancel_futures=True)
                yield from (_alone(task, worker, died) for task in suspects)
                pool = _pool(processes)
    finally:
        pool.shutdown(cancel_futures=True)


def _alone(task: T, worker: Callable[[T], R], died: Callable[[T], R]) -> R:
    """One photo in a process of its own, which may die."""
    with _pool(1) as pool:
        try:
            with _interruptions_held():
                future = pool.submit(worker, task)
            return future.result()
        except BrokenProcessPool:
            return died(task)


def _by_title(code: str) -> Reason:
    """A rule that failed or warned in an earlier run, by its title."""
    return Reason(code, RULES[code].zh.title, RULES[code].en.title)


def _is_ours(task: Task) -> bool:
    """Whether the file at the portrait's place is an earlier result: only then may it be replaced or removed."""
    return task.record.is_file() and task.portrait != task.photo


def _died(task: Task) -> Outcome:
    return Outcome(task, False, (reason("worker_died"),), {}, {})


def _pool(processes: int) -> ProcessPoolExecutor:
    # spawn, not fork: the runtime's threads do not survive a fork, and macOS has no safe one.
    return ProcessPoolExecutor(processes, get_context("spawn"), cv2.setNumThreads, (1,))


@contextmanager
def _interruptions_held() -> Iterator[None]:
    """A process started in here never hears of Ctrl-C, which the terminal sends to all of them: it finishes its photo.

    In this process an interruption waits until the end of the block.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _photos(path: Path, alone: bool) -> list[tuple[Path, Path]]:
    """(photo, folder its name counts from) for a file or for all photos under a folder, sorted."""
    if not path.is_dir():
        return [(path, path.parent)]
    found = sorted(p for p in path.rglob("*") if p.suffix.lower() in PHOTO_ENDINGS and p.is_file())
    base = path if alone else path.resolve().parent
    return [
        (p if alone else p.resolve(), base) for p in found if not p.name.startswith(".") and not _is_result(p)
    ]


def _is_result(path: Path) -> bool:
    return path.suffix == ".jpg" and path.with_name(path.stem + ".record.json").is_file()


def _names(photos: Sequence[tuple[Path, Path]]) -> list[Path]:
    """Each photo's name for its results, without ending: the plainest that no other photo has."""
    plain = [photo.relative_to(base).with_suffix("") for photo, base in photos]
    ending = [
        name.with_name(photo.name.replace(".", "_")) for name, (photo, _) in zip(plain, photos, strict=True)
    ]
    folder = [
        Path(photo.resolve().parent.name) / name for name, (photo, _) in zip(ending, photos, strict=True)
    ]
    once = [Counter(names) for names in (plain, ending)]
    return [
        p if once[0][p] == 1 else e if once[1][e] == 1 else f
        for p, e, f in zip(plain, ending, folder, strict=True)
    ]


def read_file(path: Path) -> bytes:
    """The file's bytes. Raises Refused `unreadable_file`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(unreadable(error)) from None


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _key(found: dict[str, Any]) -> tuple[str, str, str]:
    return found["source"]["sha256"], found["standard"]["sha256"], found["engine"]["sha256"]


def _key_of(source_sha256: str, standard: Standard) -> tuple[str, str, str]:
    return source_sha256, standard.sha256, engine_sha256()


def _write_refusal(task: Task, data: bytes, reasons: tuple[Reason, ...]) -> None:
    source, standard, engine = _key_of(hashlib.sha256(data).hexdigest(), task.standard)
    refusal = {
        "source": {"sha256": source},
        "standard": {"sha256": standard, "name": task.standard.name},
        "engine": {"sha256": engine},
        "draft": task.draft,
        "reasons": [r.as_dict() for r in reasons],
    }
    write_file(task.refusal, _json(refusal))
    if _is_ours(task):
        task.portrait.unlink(missing_ok=True)
        task.record.unlink(missing_ok=True)


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def write_file(path: Path, data: bytes) -> None:
    """Writes the file whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
