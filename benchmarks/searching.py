"""Placement searches in a worker process, one after the other, for as long as something else is measured."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from analysis.placement import apart
from analysis.placement.candidates import candidate_sites, venue_categories
from analysis.placement.placement import Question
from analysis.scenario.scenario import Scenario
from geo.errors import ReachError
from geo.known_pack import KnownPack
from geo.packs import open_pack
from workers.job import End
from workers.limits import Limits
from workers.queue import Queue

_QUESTION = Question("gap", hubs=8)  # takes minutes


@contextmanager
def searching(area: str) -> Iterator[None]:
    """Search as the Scenario lab does, in a queue of its own, until the context ends.

    Raises
    ------
    ReachError
        When one of the searches fails.
    """
    pack = open_pack(area)
    candidates = candidate_sites(pack, venue_categories())
    work = partial(apart.search, KnownPack.of(pack), Scenario("benchmark", pack.code), candidates, _QUESTION)
    queue = Queue(Limits(workers=1), preload=("analysis.placement.apart",))
    ended = threading.Event()
    failed: list[str] = []

    def search_on() -> None:
        while not ended.is_set() and not failed:
            job = queue.submit("benchmark", work, watched=True)
            while not job.wait(1.0):
                if ended.is_set():
                    queue.stop(job)
            if not ended.is_set() and job.end != End.DONE:
                failed.append(str(job.error or job.end))

    searches = threading.Thread(target=search_on, daemon=True)
    searches.start()
    try:
        yield
    finally:
        ended.set()
        queue.end_all()
        searches.join()
    if failed:
        raise ReachError(f"a search ended: {failed[0]}")
