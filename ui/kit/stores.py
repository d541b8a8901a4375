"""The store (database) of plans, bookmarks, data, people and the log of changes: one for all, opened on first use."""

import os
from pathlib import Path

import streamlit as st
from sqlalchemy import Engine

from store.audit import AuditLog
from store.bookmarks import BookmarkStore
from store.database import database_url, open_engine
from store.integrity import set_aside_files, set_aside_on
from store.layers import LayerStore
from store.packs import PackStore
from store.people import PeopleStore
from store.scenarios import ScenarioStore
from store.short_links import ShortLinkStore
from ui.kit.page import plain
from wording.dates import date_words
from wording.languages import english


def database() -> Engine:
    """Return the database named in the environment, opened once for all visitors.

    `StoreError` when it cannot be opened; the next call then tries again.
    """
    return _opened(os.environ.get("REACH_DATABASE_URL", ""))


@st.cache_resource(show_spinner=False)
def _opened(url: str) -> Engine:
    return open_engine(url or None, begin_anew=True)


def note_set_aside() -> None:
    """Draw a warning where a damaged file was set aside, as long as it stands beside the one that was begun."""
    aside = set_aside_files(database_url())
    if aside:
        file, day = Path(str(database_url().database)).name, date_words(set_aside_on(aside[-1]))
        st.warning(
            plain(english().say("kept.set_aside", day=day, aside=aside[-1].name, file=file)), icon=":material/healing:"
        )


def plans() -> ScenarioStore:
    """Return the store of plans; errors as for :func:`database`."""
    return ScenarioStore(database())


def bookmarks() -> BookmarkStore:
    """Return the store of bookmarks; errors as for :func:`database`."""
    return BookmarkStore(database())


def packs() -> PackStore:
    """Return the store of the packs that were opened; errors as for :func:`database`."""
    return PackStore(database())


def short_links() -> ShortLinkStore:
    """Return the store of short links; errors as for :func:`database`."""
    return ShortLinkStore(database())


def layers() -> LayerStore:
    """Return the store of layers of one's own data; errors as for :func:`database`."""
    return LayerStore(database())


def people() -> PeopleStore:
    """Return the store of people; errors as for :func:`database`."""
    return PeopleStore(database())


def audit_log() -> AuditLog:
    """Return the log of changes; errors as for :func:`database`."""
    return AuditLog(database())
