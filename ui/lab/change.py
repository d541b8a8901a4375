"""Changing what is there: move or close a site, change what it offers; a new path, and another speed."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from analysis.scenario.lab import Effect, Lab
from analysis.scenario.scenario import AddOutreach, AddSite, ChangeOffer, CloseSite, MoveSite, Scenario, SetSpeed, Spot
from analysis.scenario.sites import Site
from geo.network.modes import HIGHEST_SPEED_KMH, LOWEST_SPEED_KMH, mode_named
from geo.pack import AreaPack
from ui.kit import plan
from ui.kit.controls import seeded
from ui.kit.session import Session, session
from ui.kit.slots import Slot
from ui.lab import state as lab_state
from ui.lab.edit import make, path
from ui.lab.place import ask_panel, place_typed, spot_of, take_typed
from wording.particulars import typed_words
from wording.rounding import shortest


def site_controls(pack: AreaPack, lab: Lab, effect: Effect) -> None:
    """Draw the list of the sites that there are, to move or close one or change what it offers."""
    sites = effect.after.sites
    panel = st.expander(
        "Move, close or change a site",
        icon=":material/edit_location_alt:",
        key=Session.lab_site_panel.key,
        on_change="rerun",
    )
    with panel:
        if not sites:
            st.caption("There is no site.")
            return
        chosen = st.selectbox("Site", list(sites), key=Session.lab_site.key, format_func=lambda key: sites[key].name)
        site = sites[str(chosen)]

        def close() -> None:
            lab_state.edit(lab, plan.history().now.with_change(CloseSite(site.site)))

        def take(at: Spot, _: str) -> None:
            lab_state.edit(lab, plan.history().now.with_change(MoveSite(site.site, at)))

        def move() -> None:
            take_typed(pack, Session.lab_move, take)

        st.button("Close it", key="lab-close", on_click=close, icon=":material/block:")
        st.toggle("Move it with a click on the map", key=Session.lab_moving.key)
        st.text_input(
            f"Move it to ({typed_words(pack)} or venue)", key=Session.lab_move.key, max_chars=80, on_change=move
        )
        ask_panel(pack, Session.lab_move, f"Move {site.name} to {{}}?", take)
        _offer_controls(lab, site)


def _offer_controls(lab: Lab, site: Site) -> None:
    """Draw how many a site has room for and what it offers."""

    def places() -> None:
        wanted = session.lab_places
        lab_state.edit(lab, with_offer(lab, site, site.programmes, None if wanted is None else float(wanted)))

    def programmes() -> None:
        wanted = tuple(name for name in lab.ground.programmes if name in session.lab_programmes)
        if wanted:
            lab_state.edit(lab, with_offer(lab, site, wanted, site.capacity))
        else:
            lab_state.tell(f"{site.name} has to offer something; close it if it offers nothing.")

    if site.session is None:
        st.number_input(
            "Places a week",
            min_value=0,
            max_value=100_000,
            step=5,
            key=seeded(Session.lab_places, None if site.capacity is None else int(site.capacity)),
            placeholder="no stated limit",
            help="How many children can come in a week. “Cost” sets them against the children in reach.",
            on_change=places,
        )
    else:
        st.caption("A session's places follow from its families, days and weeks: see “Cost”.")
    if lab.ground.programmes:
        st.multiselect(
            "What it offers",
            list(lab.ground.programmes),
            key=seeded(Session.lab_programmes, list(site.programmes)),
            help="No open source says what each site offers, so each is taken to offer everything to begin with.",
            on_change=programmes,
        )


def with_offer(lab: Lab, site: Site, programmes: tuple[str, ...], places: float | None) -> Scenario:
    """Return the plan under edit in which a site offers this: in the change that opens it, or in one change for it."""
    now = plan.history().now
    offered = None if set(programmes) == set(lab.ground.programmes) else programmes
    changes = list(now.changes)
    for row, change in enumerate(changes):
        if isinstance(change, AddSite) and change.site == site.site:
            changes[row] = replace(change, programmes=offered, places=places)
            return replace(now, changes=tuple(changes))
        if isinstance(change, AddOutreach) and change.site == site.site:
            changes[row] = replace(change, programmes=offered)
            return replace(now, changes=tuple(changes))
    held = [row for row, change in enumerate(changes) if isinstance(change, ChangeOffer) and change.site == site.site]
    if offered is None and places is None:  # as it is today
        return replace(now, changes=tuple(change for row, change in enumerate(changes) if row not in held))
    if not held:
        return now.with_change(ChangeOffer(site.site, offered, places))
    first = changes[held[0]]
    kept = first if isinstance(first, ChangeOffer) else ChangeOffer(site.site)
    changes[held[0]] = replace(kept, programmes=offered, places=places)
    return replace(now, changes=tuple(change for row, change in enumerate(changes) if row not in held[1:]))


def more_controls(pack: AreaPack, lab: Lab) -> None:
    """Draw the rarer changes: a new path, and another speed."""
    with st.expander("A new path or another speed", icon=":material/route:"):
        one, other = st.columns(2)
        one.text_input("Path from", key=Session.lab_from.key, max_chars=80, placeholder=f"a {typed_words(pack)}")
        other.text_input("to", key=Session.lab_to.key, max_chars=80, placeholder=f"a {typed_words(pack)}")
        for box in (Session.lab_from, Session.lab_to):
            ask_panel(pack, box, "", _path_end(box))
        st.button("Add the path", key="lab-link", on_click=_typed_path(pack, lab))
        mode = mode_named(plan.history().now.mode)
        if mode.speed_kmh is None:
            st.caption(f"{mode.label} has no single speed: it goes by each street's own.")
            return
        usual = mode.speed_kmh

        def speed() -> None:
            now = plan.history().now
            others = tuple(change for change in now.changes if not isinstance(change, SetSpeed))
            wanted = session.lab_speed
            lab_state.edit(lab, replace(now, changes=others if wanted == usual else (*others, SetSpeed(wanted))))

        st.number_input(
            "Speed, km/h",
            LOWEST_SPEED_KMH,
            HIGHEST_SPEED_KMH,
            step=0.1,
            format="%.1f",
            key=seeded(Session.lab_speed, _speed_now(usual)),
            on_change=speed,
            help=f"{mode.label}: {shortest(usual)} km/h otherwise. It holds for “now” and the plan alike: no gain "
            "comes of it.",
        )


def _typed_path(pack: AreaPack, lab: Lab) -> Callable[[], None]:
    def link() -> None:
        boxes = (Session.lab_from, Session.lab_to)
        if not all(box.get().strip() for box in boxes):
            lab_state.tell("Say where the path starts and where it ends, each by its name.")
            return
        ends = [place_typed(pack, box, noted=True) for box in boxes]
        if ends[0] is not None and ends[1] is not None:
            one, other = ((spot_of(pack, place), place.name) for place in ends if place is not None)
            make(lab, path(one, other))
            session.lab_from = session.lab_to = ""
        else:
            lab_state.tell("It is not clear yet where the path starts or ends: choose a place beneath “Path from”.")

    return link


def _path_end(box: Slot[str]) -> Callable[[Spot, str], None]:
    """Write the place that is chosen for an end of a path in its box."""

    def take(_: Spot, name: str) -> None:
        box.put(name)

    return take


def _speed_now(usual: float) -> float:
    found = [change.speed_kmh for change in plan.history().now.changes if isinstance(change, SetSpeed)]
    return float(found[-1] if found else usual)
