"""The queue of jobs: one at a time for each visitor, first come first served, each in a process of its own.

A process gives its memory back when it ends, and can be ended whatever it is doing. Processes are forked from one that
has the libraries loaded already, where the system can do that, so that a job begins at once.
"""

import logging
import multiprocessing
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import spawn
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

from workers.child import PROGRESS, STOP, serve
from workers.job import End, Job, JobError
from workers.limits import Limits

_LOG = logging.getLogger(__name__)
_TICK_S = 0.1
_GRACE_S = 20.0
_STARTING = threading.Lock()
_FAILED = (End.FAILED, End.TOO_LONG, End.TOO_LARGE, End.KILLED)


@dataclass(frozen=True)
class Status:
    """How many jobs wait and run now, and how many have ended since the server began, by how."""

    waiting: int
    running: int
    done: int
    failed: int
    stopped: int


class Queue:
    """Takes jobs, runs them in turn and ends them; safe to share between threads."""

    def __init__(self, limits: Limits, preload: Sequence[str] = ()) -> None:
        """Make an empty queue; `preload` names the modules that every job needs."""
        self._limits = limits
        methods = multiprocessing.get_all_start_methods()
        self._context: Any = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        self._context.set_forkserver_preload(list(preload))
        self._changed = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._running: list[Job] = []
        self._ended: Counter[End] = Counter()
        self._serving = 0

    def submit(
        self,
        visitor: str,
        work: Callable[..., Any],
        *,
        watched: bool = False,
        present: Callable[[], bool] = lambda: True,
    ) -> Job:
        """Put work at the end of the queue.

        Parameters
        ----------
        visitor
            Who asks; each has one job at a time.
        work
            A function of a module, or a `functools.partial` of one with small values: it is sent to another process.
            It may raise a `ReachError`, which becomes the job's.
        watched
            Whether to call it with `progress`, a function that takes a value to show, and `stop`, one that tells
            whether to end with the best so far. Any other work is ended at once when it is stopped.
        present
            Tells whether the visitor is still there.

        Raises
        ------
        JobError
            When the visitor has a job already, or too many wait.
        """
        job = Job(visitor, bytes(ForkingPickler.dumps(work)), watched, present)
        with self._changed:
            if self.of(visitor) is not None:
                raise JobError("your last search or report is still being made: wait until it is done, or stop it")
            if len(self._waiting) >= self._limits.waiting:
                raise JobError("too many searches and reports are waiting just now: try again in a few minutes")
            self._waiting.append(job)
            if self._serving < self._limits.workers:
                self._serving += 1
                threading.Thread(target=self._serve, name=f"jobs {self._serving}", daemon=True).start()
            self._changed.notify()
        return job

    def of(self, visitor: str) -> Job | None:
        """Return the job of a visitor that waits or runs."""
        with self._changed:
            return next((job for job in (*self._running, *self._waiting) if job.visitor == visitor), None)

    def before(self, job: Job) -> int | None:
        """Return how many jobs come before one that waits, those that run included; None when it does not wait."""
        with self._changed:
            return len(self._running) + self._waiting.index(job) if job in self._waiting else None

    def stop(self, job: Job) -> None:
        """End a job: at once while it waits; watched work that runs returns the best that it has so far."""
        with self._changed:
            job.stopping.set()
            if job in self._waiting:
                self._drop(job, End.STOPPED)

    def status(self) -> Status:
        """Return how many jobs there are in each state."""
        with self._changed:
            ended = self._ended
            return Status(
                waiting=len(self._waiting),
                running=len(self._running),
                done=ended[End.DONE] + ended[End.REFUSED],
                failed=sum(ended[end] for end in _FAILED),
                stopped=ended[End.STOPPED] + ended[End.LEFT],
            )

    def end_all(self) -> None:
        """End every job, without keeping what it has."""
        with self._changed:
            for job in tuple(self._waiting):
                self._drop(job, End.STOPPED)
            running = tuple(self._running)
            for job in running:
                job.watched = False
                job.stopping.set()
        for job in running:
            job.wait(_GRACE_S)

    def _drop(self, job: Job, end: End) -> None:
        self._waiting.remove(job)
        self._ended[end] += 1
        job.close(end)

    def _serve(self) -> None:
        """Run one job after the other; each thread that does this has one process at a time."""
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                job = self._waiting.popleft()
                self._running.append(job)
            try:
                end, value = self._run(job)
            except Exception as error:
                _LOG.exception("a job could not be run")
                end, value = End.FAILED, error
            with self._changed:
                self._running.remove(job)
                self._ended[end] += 1
            if end in (End.FAILED, End.KILLED):
                _LOG.error("a job ended (%s): %s", end, value)
            job.close(end, result=value if end == End.DONE else None, error=value if end == End.REFUSED else None)

    def _run(self, job: Job) -> tuple[End, Any]:
        """Run a job in a process, and return how it ended, with its result, its error or what is to be logged."""
        here, there = self._context.Pipe()
        process = self._context.Process(target=serve, args=(there, job.work, job.watched), name="job", daemon=True)
        try:
            with _STARTING, _without_main():
                process.start()
            there.close()
            return self._followed(job, process, here)
        finally:
            here.close()
            if process.is_alive():
                process.kill()
                process.join()

    def _followed(self, job: Job, process: BaseProcess, pipe: Connection) -> tuple[End, Any]:
        began, asked_s = time.monotonic(), float("inf")
        while True:
            late = time.monotonic() - began > self._limits.seconds
            try:
                if pipe.poll(_TICK_S):
                    kind, value = pipe.recv()
                    if kind != PROGRESS:
                        return End(kind), value
                    job.progress = value
                if (late or job.stopping.is_set()) and job.watched and asked_s == float("inf"):
                    asked_s = time.monotonic()
                    pipe.send(STOP)
            except (EOFError, OSError):
                process.join(1.0)
                return End.KILLED, f"exit code {process.exitcode}"
            if not job.watched or time.monotonic() - asked_s > _GRACE_S:
                if job.stopping.is_set():
                    return End.STOPPED, None
                if late:
                    return End.TOO_LONG, None
            if resident_mb(process.pid or 0) > self._limits.megabytes:
                return End.TOO_LARGE, None
            if job.away_s() > self._limits.away_s:
                return End.LEFT, None
            self._sweep()

    def _sweep(self) -> None:
        """Take the jobs of visitors who have left out of the queue."""
        with self._changed:
            for job in [job for job in self._waiting if job.away_s() > self._limits.away_s]:
                self._drop(job, End.LEFT)


def resident_mb(pid: int) -> float:
    """Return the memory that a process holds, in megabytes; 0 where the system does not tell, or it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith("VmRSS:")), "VmRSS: 0 kB")
    return int(line.split()[1]) / 1000.0


@contextmanager
def _without_main() -> Iterator[None]:
    """Let a process start without running the main script again, as every page of Streamlit's passes itself off as.

    `multiprocessing` has no setting for that; joblib's processes leave it out in the same way.
    """
    prepared = spawn.get_preparation_data
    spawn.get_preparation_data = lambda name: {
        key: value for key, value in prepared(name).items() if not key.startswith("init_main")
    }
    try:
        yield
    finally:
        spawn.get_preparation_data = prepared
