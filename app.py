"""The dashboard's entry: page registry and what every page shares. Start it with ``reach app``."""

import os
from pathlib import Path

import streamlit as st
from sqlalchemy import Engine

from store.bookmarks import BookmarkStore
from store.database import open_engine
from store.packs import PackStore
from ui import session
from ui.bookmarks import bookmarks_button
from ui.ward_since import remember_pack, use_packs


@st.cache_resource(show_spinner=False)
def database(url: str) -> Engine:
    """Open the store, once for all visitors; one that cannot be opened is tried again when it is next asked."""
    return open_engine(url or None)


def kept() -> Engine:
    """Open the store that the environment names."""
    return database(os.environ.get("REACH_DATABASE_URL", ""))


st.set_page_config(page_title="Service Reach", page_icon=str(Path(__file__).parent / "ui" / "icon.png"), layout="wide")
pages = [
    st.Page("pages/ward_map.py", title="Ward map", icon=":material/map:", url_path="start", default=True),
    # Streamlit serves the first page at the root alone; this is for links that name it.
    st.Page("pages/ward_map.py", title="Ward map", url_path="ward_map", visibility="hidden"),
    st.Page("pages/travel_time.py", title="Travel time", icon=":material/directions_walk:"),
    st.Page("pages/gaps.py", title="Gaps", icon=":material/report:"),
    st.Page("pages/scenario_lab.py", title="Scenario lab", icon=":material/science:"),
    st.Page("pages/meeting.py", title="Meeting", icon=":material/groups:"),
    st.Page("pages/data_and_method.py", title="Data and method", icon=":material/menu_book:"),
    st.Page("pages/accessibility.py", title="Accessibility", icon=":material/accessibility:"),
]
here = st.navigation(pages, position="top")
use_packs(lambda: PackStore(kept()))
named = {"ward_map": pages[0], **{page.url_path: page for page in pages[2:]}}
bookmarks_button(lambda: BookmarkStore(kept()), named, here.url_path or "ward_map", session.chosen_area())
here.run()
remember_pack(session.chosen_area())
