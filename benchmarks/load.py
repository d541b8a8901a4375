"""Visitors at once, each clicking every few seconds: how long they wait, what a click costs, and the memory.

``python -m benchmarks.load`` has options: how many visitors, which pages, how long, and the pause before a click.
The visitors are no browsers (:mod:`benchmarks.visitor`): what is timed is the server, until it has sent all of a page.
"""

import argparse
import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.searching import searching
from benchmarks.serving import running
from benchmarks.setting import Budget, Outcome, Setting
from benchmarks.timing import Row
from benchmarks.visitor import Clicks, Visitor

TITLE = "Visitors at once, each clicking every few seconds"

PAGES = (
    "ward_map", "travel_time", "gaps", "scenario_lab", "meeting", "compare_areas", "own_data", "data_and_method",
)  # fmt: skip
VISITORS = (1, 5, 20, 50)
_ARRIVE_S = 5.0  # visitors come one after the other within this time
_LIMIT_S = 2.0
_MB = 1024 * 1024


@dataclass(frozen=True)
class Load:
    """What visitors do.

    Attributes
    ----------
    visitors
        How many there are.
    pages
        What they open, in turns.
    seconds
        How long they click.
    pause_s
        Shortest and longest pause before a click.
    after_s
        How long after the last has left the memory is read.
    seed
        Another one has them click other things.
    clicks
        A visitor leaves after so many.
    beside_search
        Whether a worker process searches for the best sites all the while.
    """

    visitors: int
    pages: Sequence[str] = PAGES
    seconds: float = 60.0
    pause_s: tuple[float, float] = (2.0, 6.0)
    after_s: float = 45.0
    seed: int = 1
    clicks: int = 10_000
    beside_search: bool = False


@dataclass(frozen=True)
class Measured:
    """What the visitors of a load saw, and what it cost the server.

    Attributes
    ----------
    clicks
        Of all visitors together.
    cpu_s
        Processor seconds of the server from the first visitor to the last answer.
    before_mb, peak_mb, after_mb
        Resident memory of the server: before the first visitor, the most, and after all had left.
    """

    clicks: Clicks
    cpu_s: float
    before_mb: float
    peak_mb: float
    after_mb: float

    @property
    def asked(self) -> int:
        """How often a page was drawn: opened, or drawn again after a click."""
        return len(self.clicks.opened_s) + len(self.clicks.answered_s)


def measure(address: str, server: int, load: Load) -> Measured:
    """Let the visitors of a load come, click and leave; `server` is the number of the process at `address`."""
    before_mb, cpu_s = memory_mb(server), processor_s(server)
    clicks, peak_mb = asyncio.run(_visits(address, server, load))
    cpu_s = processor_s(server) - cpu_s
    time.sleep(load.after_s)
    return Measured(clicks, cpu_s, before_mb, peak_mb, memory_mb(server))


async def _visits(address: str, server: int, load: Load) -> tuple[Clicks, float]:
    clicks, random, pages = Clicks(), Random(load.seed), cycle(load.pages)
    until = time.monotonic() + load.seconds
    peak = 0.0

    async def one(visitor: Visitor, late_s: float) -> None:
        await asyncio.sleep(late_s)
        await visitor.visit(clicks, most=load.clicks, until=until, pause_s=load.pause_s)

    async def watch() -> None:
        nonlocal peak
        while True:
            peak = max(peak, memory_mb(server))
            await asyncio.sleep(0.2)

    watching = asyncio.create_task(watch())
    late = _ARRIVE_S if load.visitors > 1 else 0.0
    visitors = [Visitor(address, next(pages), Random(random.random())) for _ in range(load.visitors)]
    await asyncio.gather(*(one(visitor, random.uniform(0, late)) for visitor in visitors))
    watching.cancel()
    return clicks, peak


def memory_mb(process: int) -> float:
    """Return the resident memory of a process, from Linux' ``/proc``."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MB


def processor_s(process: int) -> float:
    """Return the processor seconds that a process has used, from Linux' ``/proc``."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(setting: Setting) -> Outcome:
    """Let 1, 5, 20 and 50 visitors use all pages of a server of their own; without ``/proc`` this is left out."""
    if not Path("/proc/self/statm").is_file():
        return Outcome([], [], ["visitors: this system does not say what a process uses (no /proc)"])
    rows, budgets = [], []
    for load, found in measured([Load(visitors) for visitors in VISITORS], setting.options.area):
        rows.append(row(load, found))
        if load.visitors == 20 and found.clicks.answered_s:
            within = float(np.quantile(found.clicks.answered_s, 0.95))
            budgets.append(Budget("twenty visitors, 95 % of clicks answered", within, _LIMIT_S, True, "s"))
    return Outcome(rows, budgets, [])


def measured(loads: Sequence[Load], area: str) -> Iterator[tuple[Load, Measured]]:
    """Measure loads one after the other on one server of their own."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "cli", "app", "--headless", "--port"]
        settings = {"REACH_DATABASE_URL": f"sqlite:///{folder}/plans.sqlite", "REACH_AREA": area}
        with running(command, settings, Path(folder) / "app.log") as (address, server):
            # Each page once, by one visitor: what all visitors share is made then.
            for page in dict.fromkeys(page for load in loads for page in load.pages):
                measure(address, server, Load(1, [page], seconds=0.0, pause_s=(0.0, 0.0), after_s=0.0))
            for load in loads:
                with searching(area) if load.beside_search else nullcontext():
                    found = measure(address, server, load)
                yield load, found


def row(load: Load, found: Measured) -> Row:
    """Return the result of a load as a row of the table; an error makes it a mistake."""
    taken = np.array(found.clicks.answered_s or [np.nan])
    includes = (
        f"95 % within {np.quantile(taken, 0.95):.2f} s, longest {taken.max():.2f} s; "
        f"{found.cpu_s / max(found.asked, 1):.2f} processor s of the server each time a page or part is drawn; "
        f"memory {found.before_mb:.0f} MB, at most {found.peak_mb:.0f}, {found.after_mb:.0f} when all had left"
    )
    who = f"{load.visitors} visitors" if load.visitors > 1 else "1 visitor"
    who += " beside a search" if load.beside_search else ""
    errors = Counter(found.clicks.errors)
    mistake = f"{errors.total()} errors, such as: {next(iter(errors))}" if errors else ""
    answered = bool(found.clicks.answered_s)
    best_s, median_s = (float(taken.min()), float(np.median(taken))) if answered else (None, None)
    work, n = f"A click ({', '.join(load.pages)})", len(found.clicks.answered_s)
    return Row(work, who, includes, best_s, median_s, n, mistake=mistake)


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each load; return 1 when there was an error."""
    asked = _parser().parse_args(arguments)
    pages = asked.pages.split(",")
    each = [[page] for page in pages] if asked.each_page else [pages]
    shortest, longest = (float(part) for part in asked.pause.split("-"))
    loads = [
        Load(int(visitors), list(some), asked.seconds, (shortest, longest), asked.after, asked.seed, asked.clicks)
        for some in each
        for visitors in asked.visitors.split(",")
    ]
    wrong = False
    for some in map(_in_turns, loads) if asked.beside_search else [loads]:
        seen = []
        for load, found in measured(some, asked.area):
            one = row(load, found)
            median = "–" if one.median_s is None else f"{one.median_s:.2f} s"
            print(f"{one.work}, {one.who}, {one.repeats} clicks: median {median}; {one.includes}", flush=True)
            for error, times in Counter(found.clicks.errors).items():
                print(f"  {times} × {error}", flush=True)
            wrong = wrong or bool(one.mistake)
            seen.append((load, found))
        if asked.beside_search:
            print(beside(seen[1:]), flush=True)
    return int(wrong)


def _in_turns(load: Load) -> list[Load]:
    """Return the load without and with a search, six times; the first, for what is kept from then on, is one more."""
    turns = (False, False, True, True, False, False, True)
    return [replace(load, beside_search=search, after_s=0.0) for search in turns]


def beside(seen: Sequence[tuple[Load, Measured]]) -> str:
    """Say what clicks took beside a search, as a multiple of the same clicks without one: medians of the turns."""
    measures: dict[str, Callable[[Measured], float]] = {
        "median": lambda found: float(np.median(found.clicks.answered_s)),
        "95 % within": lambda found: float(np.quantile(found.clicks.answered_s, 0.95)),
        "processor s a drawing": lambda found: found.cpu_s / found.asked,
    }
    said = []
    for words, of in measures.items():
        alone, search = (
            float(np.median([of(found) for load, found in seen if load.beside_search is wanted]))
            for wanted in (False, True)
        )
        said.append(f"{words} {search / alone:.2f} × ({alone:.2f} and {search:.2f} s)")
    return f"Beside a search: {', '.join(said)}; load of the machine {os.getloadavg()[0]:.1f}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--area", default="southend", help="area pack")
    parser.add_argument("--visitors", default=",".join(map(str, VISITORS)), help="numbers, comma between them")
    parser.add_argument("--pages", default=",".join(PAGES), help="comma between them; visitors take them in turns")
    parser.add_argument("--each-page", action="store_true", help="each page by itself")
    parser.add_argument("--seconds", type=float, default=Load.seconds, help="how long visitors click")
    parser.add_argument("--pause", default="2-6", help="shortest and longest pause before a click, in seconds")
    parser.add_argument("--clicks", type=int, default=Load.clicks, help="a visitor leaves after so many")
    parser.add_argument("--beside-search", action="store_true", help="also with a search for sites beside, in turns")
    parser.add_argument("--after", type=float, default=Load.after_s, help="seconds until the memory is read again")
    parser.add_argument("--seed", type=int, default=Load.seed, help="another one has them click other things")
    return parser


if __name__ == "__main__":
    sys.exit(main())
