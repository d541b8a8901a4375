"""The dashboard's entry: page registry and what every page shares. Start it with ``reach app``."""

from pathlib import Path

import streamlit as st

from pages.shared import database
from store.bookmarks import BookmarkStore
from store.packs import PackStore
from ui.kit import session, state
from ui.kit.bookmarks import bookmarks_button
from ui.wards.since import remember_pack, use_packs

st.set_page_config(page_title="Service Reach", page_icon=str(Path(__file__).parent / "ui" / "icon.png"), layout="wide")
state.follow_history()
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
use_packs(lambda: PackStore(database()))
named = {"ward_map": pages[0], **{page.url_path: page for page in pages[2:]}}
bookmarks_button(lambda: BookmarkStore(database()), named, here.url_path or "ward_map", session.chosen_area())
here.run()
remember_pack(session.chosen_area())
