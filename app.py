"""The entry of the dashboard: the list of pages, and the parts that every page shares; start it with ``reach app``."""

from pathlib import Path
from typing import Literal

import streamlit as st

from store.person import Task
from ui.kit import controls, embed_style, print_style
from ui.kit.area import follow_area
from ui.kit.bookmarks import bookmarks_button
from ui.kit.looks import show_looks
from ui.kit.memory import tend_memory
from ui.kit.session import embedded
from ui.kit.sign_in import account_menu, ask_in
from ui.kit.veil import veil_maps
from ui.kit.visitor import Access, access, visitor
from ui.kit.welcome import welcome_button
from ui.wards.since import remember_pack
from wording.people import operator_words, people_words

TITLE = "Service Reach"
ask_in(TITLE)
st.set_page_config(page_title=TITLE, page_icon=str(Path(__file__).parent / "ui" / "icon.png"), layout="wide")
tend_memory()
show_looks()
veil_maps()
controls.follow_history()
area = follow_area()
pages = [
    st.Page("pages/ward_map.py", title="Ward map", icon=":material/map:", url_path="start", default=True),
    # Streamlit serves the first page only at the root; this is for links with the name of that page.
    st.Page("pages/ward_map.py", title="Ward map", url_path="ward_map", visibility="hidden"),
    st.Page("pages/ward.py", title="All about one ward", url_path="ward", visibility="hidden"),
    st.Page("pages/travel_time.py", title="Travel time", icon=":material/directions_walk:"),
    st.Page("pages/gaps.py", title="Gaps", icon=":material/report:"),
    st.Page("pages/scenario_lab.py", title="Scenario lab", icon=":material/science:"),
    st.Page("pages/meeting.py", title="Meeting", icon=":material/groups:"),
    st.Page("pages/compare_areas.py", title="Areas side by side", icon=":material/compare:"),
    st.Page("pages/own_data.py", title="Your data", icon=":material/upload_file:"),
    st.Page("pages/data_and_method.py", title="Data and method", icon=":material/menu_book:"),
    st.Page("pages/accessibility.py", title="Accessibility", icon=":material/accessibility:"),
]
# In the menu only for who looks after other people; who may not use them is told so where an address names them. On
# one's own machine the page Data and method links to them.
leads = access() is Access.SIGNED_IN and visitor().may(Task.OPERATE)
seen: Literal["visible", "hidden"] = "visible" if leads else "hidden"
leading = [
    st.Page("pages/people.py", title=people_words()["list_tab"], icon=":material/manage_accounts:", visibility=seen),
    st.Page("pages/server.py", title=operator_words()["menu"], icon=":material/monitor_heart:", visibility=seen),
]
here = st.navigation([*pages, *leading], position="hidden" if embedded() else "top")
st.html(print_style.CSS)
if embedded():
    st.html(embed_style.CSS)
else:
    if here not in leading:  # they show no view of an area, so there is none to keep or to tell about
        named = {"ward_map": pages[0], **{page.url_path: page for page in pages[2:]}}
        welcome_button(named, here.url_path or "ward_map", area)
        bookmarks_button(named, here.url_path or "ward_map", area)
    account_menu()
here.run()
if area:
    remember_pack(area)
