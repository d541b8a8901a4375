"""What pages share and `ui` may not know of: an area as its reports measure it."""

import streamlit as st

from geo.pack import AreaPack
from reports.facts import Facts


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs={AreaPack: lambda pack: pack.digest})
def facts(pack: AreaPack) -> Facts:
    """Measure an area for its reports, once for all visitors."""
    return Facts.of(pack)
