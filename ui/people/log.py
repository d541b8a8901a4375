"""The log of changes: who changed what, when and from where; by pages, searched, and as a file."""

from dataclasses import asdict, fields

import pandas as pd
import streamlit as st

from analysis.shown import nobody_counted
from store.audit import Entry
from store.person import Person
from ui.kit import stores
from ui.kit.downloads import csv_bytes
from ui.kit.keyed import list_search
from ui.kit.paged import paged
from ui.kit.tables import show_words
from wording.people import moment_words, people_words


def log(who: Person) -> None:
    """Draw the log; errors as for :meth:`store.audit.AuditLog.list`."""
    said, store = people_words(), stores.audit_log()
    st.caption(said["log_help"])
    found = paged("changes", lambda search, number: store.list(who, search=search, page=number))
    if not found:
        if not list_search("changes").get():
            st.caption(said["no_log"])
        return
    show_words(pd.DataFrame([_row(entry) for entry in found]), key="people-log", alt=said["log_title"])
    st.download_button(
        said["log_download"],
        lambda: log_file(who),
        file_name="changes.csv",
        mime="text/csv",
        key="people-log-csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _row(entry: Entry) -> dict[str, str]:
    """Return a line of the log in words."""
    said = people_words()
    return {
        said["when"]: moment_words(entry.at),
        said["who"]: f"{entry.person_name or entry.person} ({entry.role})",
        said["what"]: entry.action,
        said["thing"]: f"{entry.kind} “{entry.subject_name}”" if entry.subject_name else entry.kind,
        said["origin"]: entry.origin or "–",
    }


def log_file(who: Person) -> bytes:
    """Return the whole log as CSV, the first line first; errors as for :meth:`store.audit.AuditLog.all`."""
    rows = [asdict(entry) | {"at": entry.at.isoformat(timespec="seconds")} for entry in stores.audit_log().all(who)]
    columns = [field.name for field in fields(Entry)]
    return csv_bytes(nobody_counted(pd.DataFrame(rows, columns=columns)), {"title": people_words()["log_title"]})
