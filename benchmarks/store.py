"""Benchmark of the store with ten thousand plans in three versions and their audit log: list, search, open, save."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import insert

from analysis.scenario.file import to_json
from analysis.scenario.scenario import AddSite, AtPostcode, Cost, Scenario
from benchmarks.setting import Budget, Outcome, Setting
from benchmarks.timing import Contender, race
from store.audit import Action, AuditLog, record
from store.copies import counts, holds
from store.errors import StoreError
from store.integrity import fault_of
from store.paging import searchable
from store.person import local_person
from store.scenarios import ScenarioStore
from store.tables import DELETED, SAVED, ScenarioRow, VersionRow

TITLE = "A store with ten thousand plans"
POSTGRESQL = "REACH_BENCHMARK_POSTGRESQL"
"""Names the address of an empty PostgreSQL database, which is filled and not emptied again."""

_PLANS, _VERSIONS, _HUBS, _LIMIT_S = 10_000, 3, 6, 0.1
_WORK = "Ten thousand plans in three versions"


def run(setting: Setting) -> Outcome:
    """Time a page of the list, a search, the opening of a plan, the log and a save: SQLite, and a named PostgreSQL."""
    rows, budgets, skipped = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plans.sqlite"
        places = {"SQLite": f"sqlite:///{file}"}
        if os.environ.get(POSTGRESQL):
            places["PostgreSQL"] = os.environ[POSTGRESQL]
        else:
            skipped.append(f"PostgreSQL: {POSTGRESQL} names no empty database")
        for kind, url in places.items():
            store = ScenarioStore.open(url)
            try:
                area = setting.pack.code
                keys = _fill(store, area)
                contenders = _contenders(store, area, keys)
                if kind == "SQLite":
                    contenders.append(Contender("check at start", "quick_check", lambda: fault_of(file)))
                found = race(f"{_WORK}, {kind}", contenders, setting.options.repeats)
            finally:
                store.close()
            rows += found
            budgets += [
                Budget(f"{row.who} among {_PLANS:,} plans, {kind}, median", row.median_s, _LIMIT_S, True, "s")
                for row in found
                if row.median_s is not None and row.who in ("list", "search", "open", "log", "log searched")
            ]
    return Outcome(rows, budgets, skipped)


def _contenders(store: ScenarioStore, area: str, keys: list[str]) -> list[Contender]:
    turns = count()
    one, log, who = store.latest(keys[0]).scenario, AuditLog(store._engine), local_person("Anna")

    def open_one() -> None:
        store.latest(keys[next(turns) * 7 % len(keys)])

    return [
        Contender("list", "the first page of 25, and how many there are", lambda: store.list(area)),
        Contender("last page", "the last page", lambda: store.list(area, page=_PLANS)),
        Contender("search", "two words: name, and who saved", lambda: store.list(area, search="ward-7 anna")),
        Contender("open", f"a plan of {_HUBS} hubs, checked by its schema", open_one),
        Contender("log", "the latest 25 rows, and how many there are", lambda: log.list(who)),
        Contender("log searched", "two words: what, and who", lambda: log.list(who, search="saved anna-7")),
        Contender("save", "a new plan, on the disk", lambda: store.save(one, who), most_repeats=5),
    ]


def _fill(store: ScenarioStore, area: str) -> list[str]:
    """Fill an empty store as many saves would, in one transaction; return the ids."""
    engine = store._engine
    if holds(counts(engine)):
        raise StoreError("the database for the benchmark is not empty")
    keys = [f"{number:032x}" for number in range(_PLANS)]
    with engine.begin() as connection:
        connection.execute(insert(ScenarioRow), [row for row, _ in _rows(area, keys)])
        connection.execute(insert(VersionRow), [version for _, versions in _rows(area, keys) for version in versions])
        for row, versions in _rows(area, keys):
            for _ in versions:
                record(
                    connection,
                    local_person(str(row["saved_by"])),
                    Action.SAVED,
                    "plan",
                    str(row["id"]),
                    str(row["name"]),
                )
    return keys


def _rows(area: str, keys: list[str]) -> Iterator[tuple[dict[str, object], list[dict[str, object]]]]:
    hubs = tuple(
        AddSite(f"new-{number}", f"Hub {number}", AtPostcode("AB1 2CD"), ("Group",), 40.0, Cost(1.0, 2.0))
        for number in range(_HUBS)
    )
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for number, key in enumerate(keys):
        name, who, at = f"Plan {number} ward-{number % 17}", f"Anna-{number % 37}", start + timedelta(minutes=number)
        plan = Scenario(name, area, changes=hubs)
        last = {
            "kind": DELETED if number % 10 == 9 else SAVED,
            "name": name,
            "saved_by": who,
            "saved_at": at,
        }
        versions = [
            {**last, "kind": last["kind"] if version == _VERSIONS else SAVED, "scenario_id": key, "number": version}
            | {"body": to_json(replace(plan, version=version))}
            for version in range(1, _VERSIONS + 1)
        ]
        yield {**last, "id": key, "area": area, "number": _VERSIONS, "search": searchable(name, who)}, versions
