"""How the server is doing: who is here, what is worked on, which versions run, which data are shown, what is kept."""

import multiprocessing
import os
import platform
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd
import streamlit as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from streamlit import runtime

from geo.errors import ReachError
from geo.live.refresh import PREVIOUS
from geo.packs import SCHEMA_VERSION, area_names, packs_folder
from store.copies import counts
from store.database import explain
from store.integrity import file_of
from store.migrate import current_version
from ui.kit import resources, stores
from ui.kit.jobs import job_queue
from ui.kit.page import show_error
from ui.kit.tables import show_words
from wording.dates import date_words
from wording.people import (
    ended_words,
    memory_words,
    moment_words,
    operator_words,
    rows_words,
    say_operator,
    size_words,
)
from wording.rounding import digits
from workers.queue import resident_mb

_CSS = """
<style>
.pairs { width: 100%; border-collapse: collapse; }
.pairs :is(th, td) { text-align: left; font-weight: 400; padding: .3rem .6rem .3rem 0; vertical-align: top;
  border-bottom: 1px solid var(--reach-rule); }
.pairs td { text-align: right; padding-right: 0; font-variant-numeric: tabular-nums; }
</style>
"""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PAGES = "active_sessions"
"""What Streamlit calls the number of pages that are open."""


def numbers() -> None:
    """Draw everything; a store that does not answer is said in its place, and hides nothing else."""
    said = operator_words()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(said["read_again"], key="server-again", icon=":material/refresh:")
        st.caption(say_operator("read_at", time=moment_words(datetime.now(UTC))), width="content")
    left, right = st.columns(2)
    with right:
        try:
            engine = stores.database()
            tables = _tables(engine)
            _pairs(said["kept"], _kept(engine))
        except ReachError as error:
            show_error(error)
            tables = said["not_told"]
    with left:
        _pairs(said["now"], _now())
        _pairs(said["versions"], _versions(tables))
    st.header(said["areas"], anchor=False)
    areas = area_names()
    rows = pd.DataFrame([_area(code, name) for code, name in areas.items()])
    show_words(rows, key="server-areas", alt=said["areas"], height="content")
    st.caption(said["refresh"])
    st.code("\n".join(f"reach data refresh {code}" for code in areas), language=None)


def _pairs(title: str, rows: Iterator[tuple[str, str]]) -> None:
    """Draw a table of what is named and what it is."""
    body = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows)
    st.header(title, anchor=False)
    st.html(f'{_CSS}<table class="pairs" aria-label="{escape(title)}"><tbody>{body}</tbody></table>')


def _now() -> Iterator[tuple[str, str]]:
    said, jobs = operator_words(), job_queue().status()
    yield said["visitors"], digits(_pages_open()) if runtime.exists() else said["not_told"]
    yield said["running"], digits(jobs.running)
    yield said["waiting"], digits(jobs.waiting)
    yield said["ended"], ended_words(jobs.done, jobs.stopped, jobs.failed)
    yield say_operator("process", number=os.getpid()), memory_words(resident_mb(os.getpid()))
    for child in multiprocessing.active_children():
        yield say_operator("job", number=child.pid), memory_words(resident_mb(child.pid or 0))


def _pages_open() -> int:
    """Return how many pages are open at this server, as Streamlit counts them for its metrics."""
    found = runtime.get_instance().stats_mgr.get_stats([_PAGES])
    return sum(int(getattr(one, "value", 0)) for stats in found.values() for one in stats)


def _area(code: str, name: str) -> dict[str, str]:
    """Return what there is to say of the data of an area, in words."""
    said, folder = operator_words(), packs_folder()
    try:
        sources = resources.area_pack(code).sources
        days = sorted(day for source in sources for day in _DAY.findall(str(source.get("vintage", ""))))
        state, latest = said["whole"], date_words(datetime.fromisoformat(days[-1]).date()) if days else said["not_told"]
    except ReachError as error:
        state, latest = f"{said['fault']}: {error}", said["not_told"]
    return {
        said["area"]: name,
        said["placed"]: _placed(folder / code) or said["not_told"],
        said["latest"]: latest,
        said["before"]: _placed(folder / PREVIOUS / code) or said["none_before"],
        said["state"]: state,
    }


def _placed(folder: Path) -> str:
    """Say when a pack was put into a folder; empty where there is none."""
    try:
        return moment_words(datetime.fromtimestamp((folder / "pack.json").stat().st_mtime, UTC))
    except OSError:
        return ""


def _kept(engine: Engine) -> Iterator[tuple[str, str]]:
    """Name the database, without its address, and say how much is in it."""
    said, names = operator_words(), rows_words()
    yield said["store_kind"], "SQLite" if engine.dialect.name == "sqlite" else "PostgreSQL"
    yield said["store_size"], size_words(_size(engine))
    rows = counts(engine)
    for table in sorted(rows, key=[*names].index):
        yield names[table], digits(rows[table])


def _size(engine: Engine) -> int | None:
    """Return the size of the database in bytes; None where it is in memory."""
    if engine.dialect.name == "sqlite":
        file = file_of(engine.url)
        return file.stat().st_size if file is not None and file.is_file() else None
    try:
        with engine.connect() as connection:
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    except SQLAlchemyError as error:
        raise explain(engine, error) from error


def _tables(engine: Engine) -> str:
    try:
        with engine.connect() as connection:
            return current_version(connection) or operator_words()["not_told"]
    except SQLAlchemyError as error:
        raise explain(engine, error) from error


def _versions(tables: str) -> Iterator[tuple[str, str]]:
    said = operator_words()
    for name, package in ((said["program"], "service-reach"), ("Streamlit", "streamlit")):
        try:
            yield name, version(package)
        except PackageNotFoundError:  # run from a folder, without being installed
            yield name, said["not_told"]
    yield "Python", platform.python_version()
    yield said["tables"], tables
    yield said["packs"], str(SCHEMA_VERSION)
