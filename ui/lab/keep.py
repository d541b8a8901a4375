"""Keep the plan: save, open, duplicate, delete; share as a link; take it away and bring it back as a file."""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

import geopandas as gpd
import pandas as pd
import streamlit as st

from analysis.scenario.file import MAX_BYTES, from_json, to_json
from analysis.scenario.lab import Effect, Lab
from analysis.shown import made_of_shown
from drawing.offers import Offer
from geo.errors import InputError, ReachError
from geo.pack import AreaPack
from store.person import Owner, Person, Task
from store.scenarios import Listed, Version
from ui.kit import controls, plan, stores
from ui.kit.downloads import download_row
from ui.kit.keyed import list_search
from ui.kit.page import plain, show_error
from ui.kit.paged import paged
from ui.kit.report_buttons import report_buttons
from ui.kit.session import Session, session
from ui.kit.visitor import visitor
from ui.kit.who import becomes_copy, belongs, may, may_change, name_field, other_owner, team_box
from ui.lab import state as lab_state
from wording.columns import notes_of
from wording.groups import group_names
from wording.languages import english
from wording.people import say_people
from wording.rounding import digits
from wording.scenario import question

_LOG = logging.getLogger(__name__)
_MOST_DELETED, _MOST_VERSIONS = 10, 50


def keep_panel(pack: AreaPack, lab: Lab, effect: Effect, reports: Callable[[], Sequence[Offer]]) -> None:
    """Draw saving, the saved plans, sharing and files; `reports` gives the reports that can be made."""
    _save()
    try:
        _saved(pack, lab)
    except ReachError as error:
        show_error(error)
    _share(pack)
    _files(pack, lab, effect, reports)


def _who() -> Person:
    controls.kept(Session.lab_who)
    return visitor(session.lab_who)


def _save() -> None:
    st.subheader("Save", anchor=False)
    if not may(Task.PLAN):
        lab_state.show_told("keep")
        return
    now, who = plan.history().now, visitor()
    kept = plan.stored()
    owner = None if kept is None else _owner_of(kept)
    mine = owner is None or who.may_change(owner)

    def named() -> None:
        held = plan.history()
        name = session.lab_name.strip()[:100]
        if name and name != held.now.name:
            plan.change_to(replace(held.now, name=name))

    def save(as_new: bool) -> None:
        scenario = plan.history().now
        known = None if as_new else plan.stored()
        try:
            done = stores.plans().save(
                scenario,
                _who(),
                scenario_id=None if known is None else known[0],
                based_on=None if known is None else known[1],
                for_team=shared,
            )
        except ReachError as error:
            lab_state.tell(f"Not saved: {error}", near="keep")
            return
        plan.set_stored(done.version)
        if done.version.scenario.name != scenario.name:
            plan.change_to(done.version.scenario)
        lab_state.tell(done.message, near="keep")

    session.lab_name = now.name
    st.text_input("Name of the plan", key=Session.lab_name.key, max_chars=100, on_change=named)
    name_field(Session.lab_who, "Your name", "Stands beside the version that you save.")
    shared = team_box("" if kept is None else kept[0], who, owner)
    if owner is not None and not mine:
        becomes_copy(owner)
    with st.container(horizontal=True):
        label = "Save" if kept is None else f"Save as version {kept[1] + 1}" if mine else say_people("copy")
        renamed = mine and kept is not None and _name_of(kept) not in ("", now.name)
        icon = ":material/save:"
        ways = [(label, "lab-save", False)]
        if kept is not None and mine:
            ways.append(("Save as a new plan", "lab-save-new", True))
        for words, key, as_new in reversed(ways) if renamed else ways:  # the main one comes first
            main = as_new == renamed
            look: Literal["primary", "secondary"] = "primary" if main else "secondary"
            st.button(words, key=key, type=look, icon=icon if main else None, on_click=save, args=(as_new,))
    if renamed and kept is not None:
        st.caption(f"It has another name than the plan that was opened ({plain(_name_of(kept))}).")
    lab_state.show_told("keep")


def _name_of(kept: tuple[str, int]) -> str:
    """Return the name under which a version was saved; empty when it cannot be read."""
    try:
        return next((one.name for one in stores.plans().versions(kept[0]) if one.number == kept[1]), "")
    except ReachError as error:
        _LOG.warning("the name of a saved plan could not be looked up: %s", error)
        return ""


def _owner_of(kept: tuple[str, int]) -> Owner | None:
    """Return whom a saved plan belongs to; None where it is deleted or cannot be read, which the save will tell."""
    try:
        listed = stores.plans().listed(plan.history().now.area, [kept[0]])
    except ReachError as error:
        _LOG.warning("the owner of a saved plan could not be looked up: %s", error)
        return None
    return listed[kept[0]].owner if kept[0] in listed else None


def _saved(pack: AreaPack, lab: Lab) -> None:
    store, said = stores.plans(), english()
    st.subheader(said.say("kept.plans"), anchor=False)
    stores.note_set_aside()
    page = paged("plans", lambda search, number: store.list(pack.code, search=search, page=number))
    by_id = {one.scenario_id: one for one in page}
    if by_id:
        chosen = st.selectbox(
            "Saved plan",
            list(by_id),
            key=controls.kept(Session.lab_open_which, list(by_id), default=next(iter(by_id))),
            format_func=lambda key: _version_words(by_id[key]) if key in by_id else key,
            label_visibility="collapsed",
        )
        _act(lab, by_id[str(chosen)])
    elif not list_search("plans").get():
        st.caption(said.say("kept.no_plans"))
    gone = store.list(pack.code, deleted=True, size=1).total
    if gone:
        with st.expander(said.say("kept.deleted", count=digits(gone))):
            listed = paged(
                "plans_deleted",
                lambda search, number: store.list(
                    pack.code, search=search, page=number, size=_MOST_DELETED, deleted=True
                ),
            )
            for one in listed:
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.markdown(plain(_version_words(one)), width="stretch")
                    if may_change(Task.PLAN, one.owner):
                        st.button(
                            f"Bring back {plain(one.name)}",
                            key=f"lab-restore-{one.scenario_id}",
                            on_click=_mark,
                            args=(one, "restore"),
                        )


def _version_words(one: Listed) -> str:
    whose = other_owner(one.owner, one.saved_by)
    return f"{one.name} (version {one.number}, {one.saved_by}, {_when(one.saved_at)}{whose and f'; {whose}'})"


def _when(moment: datetime) -> str:
    return f"{moment:%d %b %Y %H:%M}"


def _act(lab: Lab, listed: Listed) -> None:
    def open_it(which: Listed, copy: Version | None = None) -> None:
        try:
            version = copy or stores.plans().version(which.scenario_id, which.number)
            lab.effect(version.scenario)
        except ReachError as error:
            lab_state.tell(english().say("kept.unreadable", name=which.name, why=error), near="keep")
            return
        plan.open_plan(version.scenario, version=version)
        lab_state.tell(f"Opened {version.scenario.name}; undo brings back what was here before.", near="keep")

    def duplicate() -> None:
        try:
            copy = stores.plans().duplicate(listed.scenario_id, _who(), f"{listed.name[:90]} (copy)")
        except ReachError as error:
            lab_state.tell(f"Not duplicated: {error}", near="keep")
            return
        open_it(listed, copy)

    with st.container(horizontal=True):
        st.button("Open", key="lab-open", icon=":material/folder_open:", on_click=open_it, args=(listed,))
        if visitor().may(Task.PLAN):
            st.button("Duplicate", key="lab-copy", icon=":material/content_copy:", on_click=duplicate)
        if may_change(Task.PLAN, listed.owner):
            st.button("Delete", key="lab-delete", icon=":material/delete:", on_click=_mark, args=(listed, "delete"))
        elif visitor().may(Task.PLAN):
            belongs(listed.owner)
    if listed.number > 1:
        with st.expander("Earlier versions"):
            for old in stores.plans().versions(listed.scenario_id)[-2 : -2 - _MOST_VERSIONS : -1]:
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.markdown(plain(f"{_version_words(old)}: {old.kind}"), width="stretch")
                    label = f"Open version {old.number}"
                    st.button(label, key=f"lab-old-{old.number}", on_click=open_it, args=(old,))


def _mark(one: Listed, how: str) -> None:
    store = stores.plans()
    try:
        (store.delete if how == "delete" else store.restore)(one.scenario_id, _who())
    except ReachError as error:
        lab_state.tell(f"Not done: {error}", near="keep")
        return
    lab_state.tell(
        f"{one.name} is deleted; “Deleted plans” brings it back." if how == "delete" else f"{one.name} is back.",
        near="keep",
    )


def _share(pack: AreaPack) -> None:
    st.subheader("Share", anchor=False)
    asked = lab_state.link()
    if asked is not None:
        url = (st.context.url or "").partition("?")[0]
        st.caption("This link opens exactly this plan, as it is now:")
        st.code(f"{url}?{urlencode(asked)}", language=None, wrap_lines=True)
    elif plan.history().now == plan.fresh(pack):
        st.caption("An empty plan needs no link.")
    else:
        st.caption("This plan is too long for a link of its own: save it first, and the link then names the saved one.")


def _files(pack: AreaPack, lab: Lab, effect: Effect, reports: Callable[[], Sequence[Offer]]) -> None:
    scenario = effect.scenario
    st.subheader("Reports", anchor=False)
    report_buttons(reports, key="lab-report")
    st.subheader("Files", anchor=False)
    name = re.sub(r"[^a-z0-9]+", "-", scenario.name.casefold()).strip("-")[:60] or "plan"
    notes = {
        **notes_of(pack, f"{scenario.name}: who can reach {question(scenario)}", scenario.baseline),
        "status": "modelled; parts of wards to the nearest 5",
    }
    st.download_button(
        "Download the plan (JSON)",
        lambda: to_json(scenario).encode(),
        file_name=f"{name}.json",
        mime="application/json",
        key="lab-json",
        on_click="ignore",
        icon=":material/data_object:",
    )
    download_row(name, made_of_shown(_table(effect)), notes, key="lab", layers=_layers(pack, effect))

    def take() -> None:
        file = session.lab_file
        if file is None:
            return
        try:
            if file.size > MAX_BYTES:
                raise InputError(f"the file is larger than {MAX_BYTES // 1000} kB: no plan of this program is")
            scenario = lab.effect(from_json(file.getvalue())).scenario
        except ReachError as error:
            lab_state.tell(f"{file.name[:80]} was not opened, and nothing has changed: {error}", near="file")
            return
        plan.open_plan(scenario)
        lab_state.tell(
            f"Opened {scenario.name} from {file.name[:80]}; undo brings back what was here before.", near="file"
        )

    st.file_uploader(
        "Open a plan from a file (JSON)", type=["json"], key=Session.lab_file.key, on_change=take, max_upload_size=20
    )
    lab_state.show_told("file")


def _table(effect: Effect) -> pd.DataFrame:
    groups = effect.shown("group")
    return pd.concat(
        [groups.assign(name=groups["code"].map(group_names(effect.counts.pack))), effect.shown("ward")],
        ignore_index=True,
    )


def _layers(pack: AreaPack, effect: Effect) -> dict[str, gpd.GeoDataFrame]:
    """Return the sites and the wards with the plan."""
    sites = [
        (key, site.name, "closed" if key not in effect.after.sites else "open", site.easting, site.northing)
        for key, site in {**effect.before.sites, **effect.after.sites}.items()
    ]
    frame = pd.DataFrame(sites, columns=["id", "name", "with_the_plan", "easting", "northing"])
    points = gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["easting"], frame["northing"], crs=pack.crs))
    wards = effect.shown("ward").drop(columns="name")
    wide = wards.pivot_table(index="code", columns="measure", values=["reached_before", "reached_after", "share_after"])
    wide.columns = pd.Index([f"{column[1]}_{column[0]}" for column in wide.columns])
    drawn = pack.wards[["name", "geometry"]].join(wide)
    return {"sites": points, "wards": drawn.reset_index()}
