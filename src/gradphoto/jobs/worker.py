"""The embedded worker: one process, one job at a time, stops between two jobs when asked to."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from django.db import close_old_connections

from gradphoto.jobs import queue
from gradphoto.jobs.models import Job

log = logging.getLogger("gradphoto.jobs")
NAP = 0.3
SWEEP_EVERY = 60.0
RENEW_EVERY = 20.0


class Worker:
    """Takes jobs until `stop`."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.stopping = threading.Event()
        self.swept = 0.0

    def stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        """Asks for a stop after the job at hand."""
        self.stopping.set()

    def run(self) -> None:
        """Works until asked to stop."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        while not self.stopping.is_set():
            close_old_connections()
            if time.monotonic() - self.swept > SWEEP_EVERY:
                self.sweep()
            if not self.once():
                self.stopping.wait(NAP)

    def sweep(self) -> None:
        """What is due each minute; one that fails does not stop the others."""
        self.swept = time.monotonic()
        for function in queue.SWEEPS:
            try:
                function()
            except Exception:
                log.exception("sweep %s failed", getattr(function, "__name__", "?"))

    def once(self) -> bool:
        """Does one job; False where there was none."""
        job = queue.claim(self.name)
        if job is None:
            return False
        start = time.monotonic()
        try:
            with _renewed(job):
                queue.HANDLERS[job.kind](job.subject)
        except Exception as error:
            log.exception("job %s %s failed, attempt %d", job.kind, job.pk, job.attempts)
            queue.fail(job, f"{type(error).__name__}: {error}"[:500])
        else:
            queue.finish(job)
            log.info("job %s %s done in %.2f s", job.kind, job.pk, time.monotonic() - start)
        return True


@contextmanager
def _renewed(job: Job) -> Iterator[None]:
    """Renews the lease beside the work."""
    done = threading.Event()

    def keep() -> None:
        while not done.wait(RENEW_EVERY):
            queue.renew(job)

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
