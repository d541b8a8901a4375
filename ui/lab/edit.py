"""Editing the plan: add by click, name or list; the list of changes with undo and redo."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analysis.placement.candidates import venue_categories
from analysis.placement.templates import TEMPLATES, weekly_session
from analysis.scenario.lab import Effect, Lab
from analysis.scenario.scenario import (
    AddLink,
    AddOutreach,
    AddSite,
    Change,
    History,
    MoveSite,
    Scenario,
    Spot,
    Venue,
)
from drawing.palette import symbol
from geo.errors import ReachError
from geo.network.modes import mode_named
from geo.pack import AreaPack
from geo.services import CATEGORIES
from geo.vintages import baseline_labels
from ui.kit import plan
from ui.kit.controls import seeded
from ui.kit.deck import read_selection
from ui.kit.ground import LAYER as GROUND
from ui.kit.kept import kept
from ui.kit.page import plain
from ui.kit.session import Session, session
from ui.kit.slots import Slot
from ui.kit.timetable import offered_at, time_controls, usable
from ui.lab import state as lab_state
from ui.lab.place import ask_panel, take_clicked, take_typed
from wording import scenario as scenario_words
from wording.lab import template_words
from wording.numbers import capital, distance
from wording.particulars import by_postcode, example_place
from wording.scenario import site_names
from wording.steps import step_words

KINDS = {"hub": "a hub", "session": "a weekly session", "path": "a path"}
_QUESTIONS = {
    "hub": "Open a hub at {}?",
    "session": "Run a weekly session at {}?",
    "path": "Let the path begin or end at {}?",
}
_LONGEST_STEP = 44


def question_controls(pack: AreaPack, lab: Lab, when: DeltaGenerator) -> None:
    """Draw the controls of what is asked: service, mode, minutes and whose figures; day and hours in `when`."""
    now = plan.history().now

    def changed(field: str, slot: Slot[Any]) -> None:
        lab_state.edit(lab, replace(plan.history().now, **{field: slot.get()}))

    kinds = CATEGORIES
    services = [name for name, kind in kinds.items() if kind.shown and len(pack.services_of(name))]
    modes = {mode.name: mode.label for mode in (*offered_at([pack], now.mode), mode_named(now.mode))}
    offered = [name for name in modes if usable([pack], name)]
    lists: tuple[tuple[str, str, Slot[Any], list[str], dict[str, str]], ...] = (
        ("Reach of …", "service", Session.lab_service, services, {name: kind.label for name, kind in kinds.items()}),
        ("Travelling by …", "mode", Session.lab_mode, offered, modes),
        ("Within … minutes", "within_min", Session.lab_within, [], {}),
        ("Which figures", "baseline", Session.lab_baseline, pack.baselines, baseline_labels(pack)),
    )
    for column, (label, field, slot, options, words) in zip([*st.columns(2), *st.columns(2)], lists, strict=True):
        key = seeded(slot, getattr(now, field))
        if field == "within_min":
            slot.put(int(now.within_min))
            column.number_input(label, 0, 240, key=key, step=5, on_change=changed, args=(field, slot))
        else:
            value = str(getattr(now, field))
            column.selectbox(
                label,
                options if value in options else [*options, value],  # a file may ask for a kind that is not offered
                key=key,
                format_func=words.__getitem__,
                on_change=changed,
                args=(field, slot),
            )
    if usable([pack], now.mode):

        def at_time(mode: str) -> None:
            lab_state.edit(lab, replace(plan.history().now, mode=mode))

        time_controls([pack], now.mode, at_time, key=Session.lab_mode.key, when=when)


def take_click(pack: AreaPack, lab: Lab) -> None:
    """Let a new click on the map do what `click_words` says; call it before anything is drawn."""
    selection = read_selection(session.lab_map, among=["plan", "services", "homes", GROUND])
    clicked = "" if selection is None else f"{selection.layer}:{selection.id or selection.properties.get('title', '')}"
    before = session.lab_clicked
    session.lab_clicked = clicked
    if selection is None or clicked == before:
        return
    if selection.layer == "plan":
        choose_site(lab, selection.id)
    elif selection.layer == "services":
        add(lab, Venue(selection.id), str(pack.services.loc[selection.id, "name"]))
    else:
        take_clicked(selection.id or str(selection.properties.get("title", "")))


def click_words(lab: Lab) -> tuple[str, str]:
    """Say what a click on the map does: with ``{}`` for the name of the place, and without one."""
    if _moving(lab) is not None:  # not by its name: these words become a part of files that are published
        return "Click: move it to {}", "Click: move it here"
    match session.lab_kind:
        case "session":
            return "Click: run a weekly session at {}", "Click: run a weekly session here"
        case "path" if session.lab_path_from is None:
            return "Click: start a path at {}", "Click: start a path here"
        case "path":
            return "Click: end the path at {}", "Click: end the path here"
    return "Click: open a hub at {}", "Click: open a hub here"


def _moving(lab: Lab) -> tuple[str, str] | None:
    """Id and name of the site that the next click moves; None when it moves none."""
    site = session.lab_site
    sites = lab.effect(plan.history().now).after.sites
    return (site, sites[site].name) if session.lab_moving and site in sites else None


def choose_site(lab: Lab, site: str) -> None:
    """Choose a site in the list beside the map, to move or close it."""
    sites = lab.effect(plan.history().now).after.sites
    if site in sites:
        session.lab_site = site
        session.lab_moving = False
        session.lab_site_panel = True
        lab_state.tell(f"{sites[site].name} is chosen: move, close or change it in the list beside the map.")


def add(lab: Lab, at: Spot, name: str) -> None:
    """Add a hub, a session or an end of a path, or move a site, whichever is chosen, to a spot."""
    moving = _moving(lab)
    if moving is not None:
        make(lab, MoveSite(moving[0], at))
    elif session.lab_kind == "path":
        start = Session.lab_path_from.pop()
        if start is None or start[0] == at:
            session.lab_path_from = (at, name)
            lab_state.tell(f"The path starts at {name}. Now click, type or pick where it ends.")
        else:
            make(lab, path(start, (at, name)))
    elif isinstance(at, Venue) and at.service in lab.effect(plan.history().now).after.sites:
        choose_site(lab, at.service)
    elif any(isinstance(one, AddSite | AddOutreach) and one.at == at for one in plan.history().now.changes):
        lab_state.tell(f"The plan has a site at {name} already.")
    else:
        site = plan.history().now.new_site_id()
        make(lab, weekly_session(site, name, at) if session.lab_kind == "session" else AddSite(site, name, at))


def path(start: tuple[Spot, str], end: tuple[Spot, str]) -> AddLink:
    """Return the new path between two spots with their names."""
    (one, one_name), (other, other_name) = start, end
    return AddLink(f"{one_name} to {other_name}", one, other)


def make(lab: Lab, change: Change, *, near: str = "") -> bool:
    """Make one more change, if it can be made, and say what cannot be seen of it; return whether it is made."""
    if not lab_state.edit(lab, plan.history().now.with_change(change), near=near):
        return False
    if isinstance(change, MoveSite):
        session.lab_moving = False
    if isinstance(change, AddLink):
        length_m = math.dist(lab.ground.position(change.one_end), lab.ground.position(change.other_end))
        lab_state.tell(
            f"A straight path of {distance(length_m)} from {change.name}, open to people on foot and "
            "cycles. It is the dark line on the map."
        )
    return True


def _example(pack: AreaPack) -> str:
    postcode, street = example_place(pack)
    return f"{postcode}, {street} …" if by_postcode(pack) else f"{street} …"


def add_controls(pack: AreaPack, lab: Lab) -> None:
    """Draw the ways to add a site without a mouse: a name, or a list."""

    def take(at: Spot, name: str) -> None:
        add(lab, at, name)

    def typed() -> None:
        take_typed(pack, Session.lab_typed, take)

    def picked() -> None:
        venue = session.lab_picked
        if venue is not None:
            add(lab, Venue(venue), str(pack.services.loc[venue, "name"]))
            session.lab_picked = None

    st.segmented_control(
        "A click on the map, or a place below, opens …",
        list(KINDS),
        key=Session.lab_kind.key,
        default="hub",
        required=True,
        format_func=lambda kind: KINDS[kind],
        width="stretch",
    )
    venues = _venues(pack)
    left, right = st.columns(2)
    left.text_input(
        "or type a place", key=Session.lab_typed.key, placeholder=_example(pack), max_chars=80, on_change=typed
    )
    right.selectbox(
        "or pick a venue",
        list(venues),
        index=None,
        key=Session.lab_picked.key,
        placeholder="Any of the venues …",
        format_func=lambda venue: venues.get(venue, venue),
        on_change=picked,
    )
    moving = _moving(lab)
    question = _QUESTIONS.get(str(session.lab_kind), _QUESTIONS["hub"])
    if moving is not None:
        question = f"Move {moving[1].replace('{', '').replace('}', '')} to {{}}?"
    ask_panel(pack, Session.lab_typed, question, take)


@kept(most=8)
def _venues(pack: AreaPack) -> dict[str, str]:
    """Name the venues where a hub could open, with their kinds, by the id of each."""
    services = pack.services
    venues = services[services["category"].isin(venue_categories()) & (services["status"] == "open")]
    venues = venues.sort_values("name")
    kinds = [symbol(str(category)).label.lower() for category in venues["category"]]
    return {
        str(venue): f"{name} ({kind})" for venue, name, kind in zip(venues.index, venues["name"], kinds, strict=True)
    }


def plan_head(pack: AreaPack) -> None:
    """Draw how many changes the plan has, with undo and redo."""
    held = plan.history()
    count = len(held.now.changes)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"The plan: {count} change{'' if count == 1 else 's'}", anchor=False, width="content")
        undone = step_words(pack, held.past[-1], held.now) if held.past else ""
        redone = step_words(pack, held.now, held.future[0]) if held.future else ""
        _button("Undo", undone, lambda: _step(held.undo(), f"Undone: {undone}."))
        _button("Redo", redone, lambda: _step(held.redo(), f"Done again: {redone}."))


def change_list(pack: AreaPack, lab: Lab, effect: Effect) -> None:
    """Draw the changes of the plan, each with a way to take it out."""
    held = plan.history()
    names = {change.site: change.name for change in held.now.changes if isinstance(change, AddSite | AddOutreach)}
    names |= site_names(effect)
    if not held.now.changes:
        _templates(lab)
    for position, change in enumerate(held.now.changes):
        words, out = st.columns([7, 3], vertical_alignment="center", gap="small")
        with words:
            st.markdown(f"{position + 1}. {change_words(pack, change, names)}")
        with out:
            st.button(
                f"Remove {position + 1}",
                key=f"lab-remove-{position}",
                icon=":material/close:",
                type="tertiary",
                help=f"Take change {position + 1} out of the plan",
                on_click=_remove,
                args=(lab, position),
            )


def _templates(lab: Lab) -> None:
    """Offer plans to start from, in the place of the list of changes."""

    def start(name: str) -> None:
        try:
            lab_state.edit(lab, TEMPLATES[name](lab, plan.history().now))
        except ReachError as error:
            lab_state.tell(capital(str(error)))

    words = template_words()
    st.caption(words["start"])
    with st.container(horizontal=True, gap="small"):
        for name in TEMPLATES:
            st.button(
                words[name],
                key=f"lab-template-{name}",
                help=words[f"{name}_help"],
                on_click=start,
                args=(name,),
            )


def _remove(lab: Lab, position: int) -> None:
    """Take a change out, with the later ones that depend on the site that it opened."""
    now = plan.history().now
    gone = now.changes[position]
    left = now.without_change(position)
    if isinstance(gone, AddSite | AddOutreach):
        left = _without_site(left, gone.site)
    lab_state.edit(lab, left)


def _without_site(scenario: Scenario, site: str) -> Scenario:
    kept = tuple(change for change in scenario.changes if getattr(change, "site", None) != site)
    return replace(scenario, changes=kept)


def _step(made: History, said: str) -> None:
    plan.set_history(made)
    lab_state.tell(said)


def _button(label: str, step: str, done: Callable[[], None]) -> None:
    """Draw undo or redo, with what it takes back on it; whole in its help where that is long."""
    short = step if len(step) <= _LONGEST_STEP else f"{step[:_LONGEST_STEP].rstrip()} …"
    st.button(
        f"{label}: {plain(short)}" if step else label,
        key=f"lab-{label.lower()}",
        icon=f":material/{label.lower()}:",
        disabled=not step,
        help=plain(f"{label}: {step}") if short != step else None,
        on_click=done,
    )


def change_words(pack: AreaPack, change: Change, names: Mapping[str, str]) -> str:
    """Say in markdown what one change is, its first word bold; see :func:`wording.scenario.change_words`."""
    return re.sub(r"^\w+", r"**\g<0>**", plain(scenario_words.change_words(pack, change, names)), count=1)
