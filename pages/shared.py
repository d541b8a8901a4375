"""What pages share and `ui` may not know of: the store of plans, and an area as its reports measure it."""

import os

import streamlit as st
from sqlalchemy import Engine

from geo.pack import AreaPack
from reports.facts import Facts
from store.database import open_engine
from store.scenarios import ScenarioStore


def database() -> Engine:
    """Return the store that the environment names, opened once for all visitors; `StoreError` when it cannot be.

    One that cannot be opened is tried again when it is next asked.
    """
    return _opened(os.environ.get("REACH_DATABASE_URL", ""))


def plans() -> ScenarioStore:
    """Return the store of plans; errors as for :func:`database`."""
    return ScenarioStore(database())


@st.cache_resource(show_spinner=False)
def _opened(url: str) -> Engine:
    return open_engine(url or None)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs={AreaPack: lambda pack: pack.digest})
def facts(pack: AreaPack) -> Facts:
    """Measure an area for its reports, once for all visitors."""
    return Facts.of(pack)
