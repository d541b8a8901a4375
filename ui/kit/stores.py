"""The store (database) of plans, bookmarks, short links, layers and packs: one for all, opened on first use."""

import os

import streamlit as st
from sqlalchemy import Engine

from store.bookmarks import BookmarkStore
from store.database import open_engine
from store.layers import LayerStore
from store.packs import PackStore
from store.scenarios import ScenarioStore
from store.short_links import ShortLinkStore


def database() -> Engine:
    """Return the database named in the environment, opened once for all visitors.

    `StoreError` when it cannot be opened; the next call then tries again.
    """
    return _opened(os.environ.get("REACH_DATABASE_URL", ""))


@st.cache_resource(show_spinner=False)
def _opened(url: str) -> Engine:
    return open_engine(url or None)


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
