"""People page: who may do what, given by an administrator, and the log of what was changed."""

import streamlit as st

from store.person import Task
from ui.kit.page import plain_page
from ui.kit.session import Session
from ui.kit.visitor import visitor
from ui.people.log import log
from ui.people.roster import roster
from wording.people import people_words

said = people_words()

with plain_page(said["title"], said["purpose"]):
    who = visitor()
    who.need(Task.PEOPLE)
    people, changes = st.tabs([said["list_tab"], said["log_tab"]], key=Session.people_tab.key, on_change="rerun")
    if people.open:
        with people:
            roster(who)
    if changes.open:
        with changes:
            log(who)
