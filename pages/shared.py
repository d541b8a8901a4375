"""What pages share and `ui` may not know of: the store of plans, and an area as its reports measure it."""

import os

import streamlit as st

from geo.pack import AreaPack
from reports.facts import Facts
from store.scenarios import ScenarioStore


def plans() -> ScenarioStore:
    """Return the store of plans, opened once for all visitors; errors as for :meth:`ScenarioStore.open`."""
    return _opened(os.environ.get("REACH_DATABASE_URL", ""))


@st.cache_resource(show_spinner=False)
def _opened(url: str) -> ScenarioStore:
    return ScenarioStore.open(url or None)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs={AreaPack: lambda pack: pack.digest})
def facts(pack: AreaPack) -> Facts:
    """Measure an area for its reports, once for all visitors."""
    return Facts.of(pack)
