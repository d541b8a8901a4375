"""How much the queue does at once, and how much one job may take; settings of the environment may say otherwise."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from geo.errors import InputError

_MOST_DIGITS = 9


@dataclass(frozen=True)
class Limits:
    """What the queue allows.

    Attributes
    ----------
    workers
        Jobs that run at once.
    seconds
        How long one may run.
    megabytes
        How much memory one may hold; watched where the system tells it (Linux).
    waiting
        Jobs that may wait.
    away_s
        Seconds without the visitor after which a job is ended; a connection that fails for a moment is no goodbye.
    """

    workers: int = 1
    seconds: float = 300.0
    megabytes: float = 2000.0
    waiting: int = 50
    away_s: float = 20.0

    @classmethod
    def of_machine(cls, settings: Mapping[str, str] = os.environ) -> "Limits":
        """Leave one core to the pages, unless ``REACH_WORKERS`` says otherwise.

        ``REACH_JOB_SECONDS`` and ``REACH_JOB_MB`` limit each job.

        Raises
        ------
        InputError
            When a setting is not a whole number above 0, or far too large.
        """
        usual = cls(workers=max(1, cores() - 1))
        return cls(
            workers=_number(settings, "REACH_WORKERS", usual.workers),
            seconds=_number(settings, "REACH_JOB_SECONDS", int(usual.seconds)),
            megabytes=_number(settings, "REACH_JOB_MB", int(usual.megabytes)),
        )


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _number(settings: Mapping[str, str], name: str, usual: int) -> int:
    text = settings.get(name, "").strip()
    if not text:
        return usual
    if not (text.isascii() and text.isdigit()) or len(text) > _MOST_DIGITS or int(text) < 1:
        raise InputError(f"the setting {name} is {text[:20]!r}: give a whole number above 0, such as {usual}")
    return int(text)
