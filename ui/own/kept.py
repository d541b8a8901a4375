"""Keep what was given under a name; the list of what is kept: open, rename, replace, remove, and undo."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from geo.errors import ReachError
from geo.own.counts import Counts
from geo.pack import AreaPack
from store.layers import Layer
from store.person import Task
from ui.kit import stores
from ui.kit.keyed import list_search, own_name
from ui.kit.links import page_address
from ui.kit.page import plain
from ui.kit.paged import paged
from ui.kit.session import Session, session
from ui.kit.visitor import visitor
from ui.kit.who import belongs, may_change, name_field, other_owner, team_box
from ui.own.given import Given
from wording.own import about_layer, own_words, say_own

_MOST_REMOVED = 10


def keep_form(pack: AreaPack, given: Given, replacing: Layer | None) -> None:
    """Draw the name and the button that keeps the rows that can be used."""
    said, found = own_words(), given.found
    used = found.used if isinstance(found, Counts) else len(found.rows)
    name = own_name(session.own_attempt)
    if replacing is None:
        if not name.held:
            name.put(given.stem[:100])
        st.text_input(said["keep_name"], key=name.key, max_chars=100)
    name_field(Session.own_who, said["keep_who"])
    shared = team_box(f"data-{session.own_attempt}", visitor()) if replacing is None else None
    st.button(
        said["keep"] if replacing is None else said["keep_replace"],
        key="own-keep",
        type="primary",
        icon=":material/save:",
        disabled=not used,
        on_click=_keep,
        args=(pack.code, given, replacing, bool(shared)),
    )
    st.caption(said["keep_help"])


def _keep(area: str, given: Given, replacing: Layer | None, for_team: bool) -> None:
    def work() -> str:
        store, rows, who = stores.layers(), given.found.rows, visitor(session.own_who)
        session.own_undo = None
        if replacing is None:
            called = own_name(session.own_attempt).get()
            made = store.add(area, given.kind, called, rows, who, for_team=for_team)
            said = say_own("told_kept", name=made.name)
        else:
            made = store.replace(replacing.id, rows, who, based_on=replacing.number)
            said = say_own("told_replaced", name=made.name)
            session.own_undo = ("replaced", made.id, replacing.number, made.number)
        session.own_replacing = ""
        session.own_attempt += 1
        Session.own_read.pop()
        Session.own_checked.pop()
        session.own_layer = made.id
        return said

    _do(work)


def _do(work: Callable[[], str]) -> None:
    """Do something with the store, and keep what there is to say about it for the next drawing."""
    try:
        said = work()
    except ReachError as error:
        session.own_undo = None
        said = say_own("told_failed", why=error)
    session.own_told = (said, session.own_layer)
    st.toast(plain(said))  # the button may be far below the place where it is told


def told(chosen: str) -> None:
    """Draw what was done last, with a button that undoes it, as long as the layer that was `chosen` then is shown."""
    (said, shown), undo = session.own_told, session.own_undo
    if shown != chosen:
        Session.own_told.pop()
        said = ""
    with st.container(key="own-told"):  # always there, so that what follows keeps its place
        if not said:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(plain(said), icon=":material/info:")
            if undo is not None:
                label = own_words()["undo"]
                st.button(label, key="own-undo-last", icon=":material/undo:", on_click=_undo, args=(undo,))


def _undo(what: tuple[str, str, int, int]) -> None:
    def work() -> str:
        kind, layer, before, now = what
        session.own_undo = None
        store, who = stores.layers(), visitor(session.own_who)
        made = store.restore(layer, who) if kind == "removed" else store.put_back(layer, before, who, based_on=now)
        session.own_layer = made.id
        return say_own("told_back", name=made.name)

    _do(work)


def _remove(layer: Layer) -> None:
    def work() -> str:
        gone = stores.layers().remove(layer.id, visitor(session.own_who))
        session.own_layer = ""
        session.own_undo = ("removed", gone.id, 0, 0)
        return say_own("told_removed", name=gone.name)

    _do(work)


def _rename(layer: Layer) -> None:
    def work() -> str:
        session.own_undo = None
        renamed = stores.layers().rename(layer.id, own_name(layer.id).get(), visitor(session.own_who))
        return say_own("told_renamed", name=renamed.name)

    _do(work)


def _open(layer: Layer) -> None:
    session.own_layer = layer.id


def _replace(layer: Layer) -> None:
    session.own_replacing = layer.id
    session.own_layer = ""


def _add_as_new() -> None:
    session.own_replacing = ""


def replacing_layer(kept: Mapping[str, Layer]) -> Layer | None:
    """Draw which layer the next rows replace, with a way out; None for none."""
    layer = kept.get(session.own_replacing)
    if layer is None or not may_change(Task.DATA, layer.owner):
        return None
    st.info(say_own("keep_replacing", name=plain(layer.name)), icon=":material/swap_horiz:")
    st.button(own_words()["not_replacing"], key="own-not-replacing", on_click=_add_as_new)
    return layer


def kept_list(pack: AreaPack) -> None:
    """Draw the list of what is kept, and of what was removed and can be put back."""
    said, store = own_words(), stores.layers()
    st.header(said["empty_title"], anchor=False)
    kept = paged("layers", lambda search, number: store.list(pack.code, search=search, page=number))
    if not kept and not list_search("layers").get():
        st.caption(said["empty"])
    before = (kept.number - 1) * kept.size
    for number, layer in enumerate(kept, start=before + 1):  # so that no two buttons have the same name
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(gap=None, width="stretch"):
                st.markdown(f"{number}\\. **{plain(layer.name)}**")
                st.caption(plain(about(layer)))
            label, hint = say_own("open", n=number), say_own("open_help", name=plain(layer.name))
            st.button(label, key=f"own-open-{layer.id}", help=hint, on_click=_open, args=(layer,))
    count = store.list(pack.code, removed=True, size=1).total
    if count:
        with st.expander(say_own("removed_title", n=count)):
            removed = paged(
                "layers_removed",
                lambda search, number: store.list(
                    pack.code, search=search, page=number, size=_MOST_REMOVED, removed=True
                ),
            )
            for number, layer in enumerate(removed, start=(removed.number - 1) * removed.size + 1):
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.markdown(f"{number}\\. {plain(layer.name)}", width="stretch")
                    label = say_own("put_back", n=number)
                    back = ("removed", layer.id, 0, 0)
                    if may_change(Task.DATA, layer.owner):
                        st.button(label, key=f"own-back-{layer.id}", on_click=_undo, args=(back,))


def about(layer: Layer) -> str:
    """Say what a layer is, when and by whom it was kept, and whom it belongs to where that is somebody else."""
    said = about_layer(layer.kind, layer.rows, layer.saved_at.astimezone().date(), layer.saved_by)
    whose = other_owner(layer.owner, layer.saved_by)
    return f"{said}, {whose}" if whose else said


def actions(pack: AreaPack, layer: Layer, file: Callable[[], bytes]) -> None:
    """Draw what can be done with a layer: download its `file`, send a link, rename, replace and remove it."""
    said = own_words()
    st.caption(plain(about(layer)))
    with st.container(horizontal=True):
        st.download_button(
            said["download"],
            file,
            file_name=f"{pack.code}-{layer.id}.csv",
            mime="text/csv",
            key="own-download",
            on_click="ignore",
            icon=":material/download:",
        )
        with st.popover(said["link"], icon=":material/link:"):
            query = urlencode({Session.area.name: pack.code, Session.own_layer.key: layer.id})
            st.code(f"{page_address().partition('?')[0]}?{query}", language=None, wrap_lines=True)
        if may_change(Task.DATA, layer.owner):
            with st.popover(said["manage"], icon=":material/edit:"):
                name = own_name(layer.id)
                if not name.held:
                    name.put(layer.name)
                st.text_input(said["keep_name"], key=name.key, max_chars=100)
                st.button(said["rename"], key="own-rename", on_click=_rename, args=(layer,))
                st.button(said["replace"], key="own-replace", on_click=_replace, args=(layer,))
                st.button(said["remove"], key="own-remove", icon=":material/delete:", on_click=_remove, args=(layer,))
        elif visitor().may(Task.DATA):
            belongs(layer.owner)


def places_file(rows: pd.DataFrame) -> bytes:
    """Return places as a CSV file that this page reads again as they are."""
    return ("\ufeff" + rows.to_csv(index=False, lineterminator="\r\n")).encode()
