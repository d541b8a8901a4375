"""Caches that pages share but `ui` may not import: the figures of an area for its reports."""

import streamlit as st

from geo.pack import AreaPack
from reports.facts import Facts


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs={AreaPack: lambda pack: pack.digest})
def facts(pack: AreaPack) -> Facts:
    """Measure an area for its reports, once for all visitors."""
    return Facts.of(pack)
