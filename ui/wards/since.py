"""Change since an earlier pack: causes and effects, by a summary from the store or a file from the reader."""

import logging
from collections.abc import Mapping
from datetime import datetime

import pandas as pd
import streamlit as st

from analysis.reach.basket import Basket, read_basket
from analysis.shown import made_of_shown
from analysis.trends.earlier_pack import MAX_ZIP_BYTES, earlier_of_file
from analysis.trends.pack_changes import PackChanges, pack_changes
from analysis.trends.pack_summary import PackSummary, summarise, to_json
from geo.errors import ReachError
from geo.pack import AreaPack
from store.packs import MetPack, PackStore
from ui.kit import controls, resources, stores
from ui.kit.downloads import download_row
from ui.kit.page import plain, show_error
from ui.kit.session import Session, session
from ui.kit.tables import Column, show_table
from ui.kit.visitor import visitor
from wording.columns import notes_of
from wording.pack_changes import (
    KIND_WORDS,
    WHY_WORDS,
    baseline_words,
    category_words,
    sentences,
    subject_words,
)

_LOG = logging.getLogger(__name__)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs={AreaPack: lambda pack: pack.digest})
def summary_of(pack: AreaPack, basket: Basket) -> PackSummary:
    """Summarise a pack, once for all visitors."""
    return summarise(pack, basket=basket)


@st.cache_resource(show_spinner="Reading the earlier pack …", max_entries=4)
def handed_in(name: str, content: bytes) -> PackSummary:
    """Read an earlier pack from a file, once; errors as for :func:`analysis.trends.earlier_pack.earlier_of_file`."""
    return earlier_of_file(name, content)


def remember_pack(area: str) -> None:
    """Record the pack of an area in the store; tried once a session, without a message when it fails."""
    try:
        pack = resources.area_pack(area)
        if session.pack_met != pack.digest:
            session.pack_met = pack.digest
            _meet(pack)
    except ReachError as error:
        _LOG.warning("the data of %s could not be remembered: %s", area, error)


def _meet(pack: AreaPack) -> tuple[PackStore, MetPack]:
    store = stores.packs()
    return store, store.meet(summary_of(pack, read_basket()), visitor(session.lab_who).name)


def ward_since(pack: AreaPack) -> None:
    """Show what changed since an earlier pack that the reader chooses or uploads."""
    st.subheader("What changed in the data", anchor=False)
    now = summary_of(pack, read_basket())
    known: tuple[str, PackSummary] | None = None
    try:
        known = _remembered(pack, now)
    except ReachError as error:
        st.warning(
            f"Earlier versions of the data cannot be looked up: {plain(str(error))}. An earlier pack can be handed in "
            "below.",
            icon=":material/history:",
        )
    given = _given(pack)
    chosen = given or known
    if chosen is None:
        return
    called, before = chosen
    try:
        changes = pack_changes(before, now)
    except ReachError as error:
        show_error(error)
        return
    told = "\n".join(f"- {plain(sentence)}" for sentence in sentences(changes))
    st.markdown(f"**Compared with {plain(called)}:**\n\n{told}")
    _tables(pack, changes, called)


def _remembered(pack: AreaPack, now: PackSummary) -> tuple[str, PackSummary] | None:
    """Let the reader choose one of the packs in the store, and return its name and summary."""
    store, this = _meet(pack)
    others = {met.digest: met for met in store.list(pack.code) if met.digest != now.digest}
    if not others:
        st.info(
            "This is the first version of the data that this computer has met; it was noted on "
            f"{_date(this.met_at)}. When the data have been refreshed, what changed since is told here.",
            icon=":material/history:",
        )
        return None
    labels = {digest: _met_words(met) for digest, met in others.items()}
    if len(set(labels.values())) < len(labels):
        labels = {digest: _met_words(met, with_time=True) for digest, met in others.items()}
    digest = controls.choice("Compare with the pack …", list(others), key=Session.since.key, labels=labels)
    return f"the pack {labels[digest]}", store.summary(pack.code, digest)


def _met_words(met: MetPack, *, with_time: bool = False) -> str:
    at = met.met_at.astimezone()
    time = f" at {at:%H:%M:%S}" if with_time else ""
    who = f" by {met.met_by}" if met.met_by else ""
    return f"first opened on {_date(met.met_at)}{time}{who}"


def _date(moment: datetime) -> str:
    at = moment.astimezone()
    return f"{at.day} {at:%B %Y}"


def _given(pack: AreaPack) -> tuple[str, PackSummary] | None:
    """Let the reader upload an earlier pack, and return its name and summary."""
    with st.expander("Compare with a pack from elsewhere, or take this one's summary along"):
        file = st.file_uploader(
            "An earlier pack: its folder as .zip, or its summary (JSON)",
            type=["zip", "json"],
            key=Session.since_file.key,
            max_upload_size=MAX_ZIP_BYTES // 1_000_000,
        )
        st.download_button(
            "Download the summary of this pack (JSON)",
            lambda: to_json(summary_of(pack, read_basket())).encode(),
            file_name=f"{pack.code}-{pack.digest}-summary.json",
            mime="application/json",
            key="since-summary",
            on_click="ignore",
            icon=":material/data_object:",
        )
    if file is None:
        return None
    try:
        return f"the file {file.name[:80]}", handed_in(file.name, file.getvalue())
    except ReachError as error:
        show_error(error)
        return None


def _tables(pack: AreaPack, changes: PackChanges, called: str) -> None:
    wards = set(pack.wards.index)
    tables: dict[str, tuple[str, pd.DataFrame, Mapping[str, Column]]] = {
        "services": ("Services", _shown_services(changes), _SERVICES),
        "reach": ("Who can reach what, by ward", _shown_reach(changes), _REACH),
        "figures": ("Figures by ward", _shown_figures(changes), _FIGURES),
        "sources": ("Sources renewed", _shown_sources(changes), _SOURCES),
        "not-compared": ("Not compared", _shown_apart(changes), _NOT_COMPARED),
    }
    for key, (title, frame, columns) in tables.items():
        if frame.empty:
            continue
        st.subheader(title, anchor=False)
        if key in _NOTES:
            st.caption(_NOTES[key])
        if "code" in frame:
            frame = _weightiest_first(frame, wards)
        show_table(
            made_of_shown(frame), columns, key=f"since-{key}", alt=f"{title}: what changed, compared with {called}"
        )
        notes = {
            **notes_of(pack, f"{title}: what changed since an earlier pack", changes.after.baseline),
            "compared with": f"{called}, {changes.before.area} {changes.before.digest}",
        }
        if key not in ("reach", "figures"):
            notes.pop("figures")
        download_row(f"{pack.code}-changes-{key}", made_of_shown(frame), notes, key=f"since-{key}")


_NOTES = {
    "services": "A service that left its list may have closed, or only its register may have changed: check before "
    "acting.",
    "reach": "Children aged 0–3 within the threshold of the default basket.",
    "figures": "Whole numbers. Only figures that were made in the same way are set against each other.",
    "not-compared": "A difference between these would be one of method, not of wards.",
}
_SERVICES = {
    "name": Column("Service", pinned=True),
    "what": Column("What happened"),
    "kind": Column("Kind"),
    "ward": Column("Ward"),
    "before": Column("Before"),
    "after": Column("Now"),
    "moved_m": Column("Moved", "distance"),
}
_REACH = {
    "name": Column("Ward", pinned=True),
    "kind": Column("Service"),
    "threshold_min": Column("Within", "minutes"),
    "before": Column("Before", "percent"),
    "after": Column("Now", "percent"),
    "points": Column("Change, points", "people", help="Percentage points"),
    "because": Column("What explains it"),
}
_FIGURES = {
    "name": Column("Ward", pinned=True),
    "label": Column("Figure"),
    "kind": Column("Counted or estimated"),
    "before": Column("Before", "people"),
    "after": Column("Now", "people"),
    "difference": Column("Change", "people"),
}
_SOURCES = {
    "title": Column("Source"),
    "publisher": Column("Publisher"),
    "change": Column("What happened"),
    "before": Column("Date before"),
    "after": Column("Date now"),
}
_NOT_COMPARED = {
    "subject": Column("Figure", pinned=True),
    "kind": Column("Counted or estimated"),
    "why": Column("Why not"),
    "before": Column("Before"),
    "after": Column("Now"),
}


def _weightiest_first(rows: pd.DataFrame, wards: set[str]) -> pd.DataFrame:
    """Sort wards before groups of wards, the largest changes first, and those that may not be shown last."""
    size = rows["points"] if "points" in rows else rows["difference"]
    ordered = rows.assign(group=~rows["code"].isin(wards), size=size.abs())
    ordered = ordered.sort_values(["group", "size"], ascending=[True, False], kind="stable", ignore_index=True)
    return ordered.drop(columns=["group", "size"])


def _shown_services(changes: PackChanges) -> pd.DataFrame:
    rows = changes.places
    wards = rows["ward"].where(rows["ward"] != "", "outside the area")
    named = rows.assign(what=rows["change"].map(KIND_WORDS), kind=rows["category"].map(category_words), ward=wards)
    again = rows["change"] == "recategorised"
    for side in ("before", "after"):
        named[side] = rows[side].where(~again, rows[side].map(category_words))
    return named[["id", *_SERVICES]]


def _shown_reach(changes: PackChanges) -> pd.DataFrame:
    rows = changes.reach
    return rows.assign(kind=rows["service"].map(category_words), points=rows["difference"].astype(float) * 100).round(
        {"points": 0}
    )[["code", *_REACH]]


def _shown_figures(changes: PackChanges) -> pd.DataFrame:
    rows = changes.figures
    return rows.assign(kind=rows["baseline"].map(baseline_words))[["code", *_FIGURES]]


def _shown_sources(changes: PackChanges) -> pd.DataFrame:
    words = {"relabelled": "given another date"}
    return changes.sources.assign(change=changes.sources["change"].replace(words))[[*_SOURCES]]


def _shown_apart(changes: PackChanges) -> pd.DataFrame:
    rows = changes.not_compared
    if rows.empty:
        return rows
    return rows.assign(
        subject=[subject_words(row) for _, row in rows.iterrows()],
        kind=rows["baseline"].map(baseline_words),
        why=rows["why"].map(WHY_WORDS).fillna(rows["why"]),
    )[[*_NOT_COMPARED]]
