"""Editing the plan: add by click, name or list; move, close; the list of changes with undo and redo."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from analysis.placement_candidates import venue_categories
from analysis.scenario import (
    AddLink,
    AddOutreach,
    AddSite,
    AtPostcode,
    CloseSite,
    MoveSite,
    Point,
    Scenario,
    SetSpeed,
    Spot,
    Venue,
)
from analysis.scenario_lab import Effect, Lab
from geo.errors import UnknownNameError
from geo.measures import BASELINES
from geo.modes import MODES
from geo.pack import AreaPack
from geo.places import find_place, tidy_postcode
from geo.services import CATEGORIES
from ui import lab_state, session
from ui.deck import read_selection
from ui.lab_words import change_words
from ui.palette import symbol

KINDS = {"hub": "a hub", "session": "a weekly session"}
_TUESDAY = ("tuesday",)


def seeded(key: str, value: Any) -> str:
    """Let the control of that key show the plan's value, whatever it held before; return the key."""
    st.session_state[key] = value
    return key


def question_controls(pack: AreaPack, lab: Lab) -> None:
    """Draw the controls of what is asked: service, mode, minutes and whose figures."""
    now = lab_state.history().now

    def changed(field: str, key: str) -> None:
        lab_state.edit(lab, replace(lab_state.history().now, **{field: st.session_state[key]}))

    services = [name for name, kind in CATEGORIES.items() if kind.shown and len(pack.services_of(name))]
    lists: tuple[tuple[str, str, list[str], dict[str, str]], ...] = (
        ("Reach of …", "service", services, {name: kind.label for name, kind in CATEGORIES.items()}),
        ("Travelling by …", "mode", list(MODES), {name: mode.label for name, mode in MODES.items()}),
        ("Within … minutes", "within_min", [], {}),
        ("Which figures", "baseline", pack.baselines, dict(BASELINES)),
    )
    for column, (label, field, options, words) in zip(st.columns(4), lists, strict=True):
        key = seeded(f"lab-{field}", getattr(now, field))
        if field == "within_min":
            st.session_state[key] = int(now.within_min)
            column.number_input(label, 0, 240, key=key, step=5, on_change=changed, args=(field, key))
        else:
            value = str(getattr(now, field))
            column.selectbox(
                label,
                options if value in options else [*options, value],  # a file may ask for a kind that is not offered
                key=key,
                format_func=words.__getitem__,
                on_change=changed,
                args=(field, key),
            )


def take_click(pack: AreaPack, lab: Lab, map_key: str) -> None:
    """Let a new click on a venue or postcode of the map add a site; call it before anything is drawn."""
    selection = read_selection(st.session_state.get(map_key), among=["services", "homes"])
    clicked = "" if selection is None else f"{selection.layer}:{selection.id or selection.properties.get('title', '')}"
    before = st.session_state.get("lab_clicked", "")
    st.session_state["lab_clicked"] = clicked
    if selection is None or clicked == before:
        return
    if selection.layer == "services":
        add(lab, Venue(selection.id), str(pack.services.loc[selection.id, "name"]))
    else:
        postcode = str(selection.properties.get("title", ""))
        add(lab, AtPostcode(postcode), postcode)


def add(lab: Lab, at: Spot, name: str) -> None:
    """Add a hub or a session, whichever is chosen, at a spot."""
    now = lab_state.history().now
    if isinstance(at, Venue) and at.service in lab.effect(now).after.sites:
        lab_state.tell(f"{name} offers this already; move or close it in the list beside the map.")
        return
    if any(isinstance(change, AddSite | AddOutreach) and change.at == at for change in now.changes):
        lab_state.tell(f"The plan has a site at {name} already.")
        return
    site = now.new_site_id()
    if st.session_state.get("lab-kind") == "session":
        lab_state.edit(
            lab, now.with_change(AddOutreach(site, name, at, _TUESDAY, "10:00", length_min=120, families=12, weeks=39))
        )
    else:
        lab_state.edit(lab, now.with_change(AddSite(site, name, at)))


def spot_named(pack: AreaPack, text: str) -> tuple[Spot, str] | None:
    """Find what was typed; None, with a message, when there is no such place."""
    postcode = tidy_postcode(text)
    if postcode is not None and (pack.postcodes["postcode"] == postcode).any():
        return AtPostcode(postcode), postcode  # spares the list of names, which takes seconds to make once
    try:
        place = find_place(session.place_names(pack), text)
    except UnknownNameError as error:
        hint = f" Did you mean {', '.join(error.valid)}?" if error.valid else ""
        lab_state.tell(f"“{text[:80]}” was not found in or around {pack.name}.{hint}")
        return None
    if place.kind == "postcode":
        return AtPostcode(place.name), place.name
    return Point(round(place.easting, 1), round(place.northing, 1)), place.name


def add_controls(pack: AreaPack, lab: Lab) -> None:
    """Draw the ways to add a site without a mouse: a name, or a list."""

    def typed() -> None:
        text = str(st.session_state["lab-typed"]).strip()
        found = spot_named(pack, text) if text else None
        if found is not None:
            add(lab, *found)
            st.session_state["lab-typed"] = ""

    def picked() -> None:
        venue = st.session_state["lab-picked"]
        if venue is not None:
            add(lab, Venue(venue), str(pack.services.loc[venue, "name"]))
            st.session_state["lab-picked"] = None

    st.segmented_control(
        "Click a venue or a postcode dot on the map to open …",
        list(KINDS),
        key="lab-kind",
        default="hub",
        required=True,
        format_func=lambda kind: KINDS[kind],
        width="stretch",
    )
    left, right = st.columns(2)
    left.text_input(
        "or type a place", key="lab-typed", placeholder="SS3 9PD, Ness Road …", max_chars=80, on_change=typed
    )
    right.selectbox(
        "or pick a venue",
        _venues(pack),
        index=None,
        key="lab-picked",
        placeholder="Any of the venues …",
        format_func=lambda venue: _venue_words(pack, venue),
        on_change=picked,
    )


def _venues(pack: AreaPack) -> list[str]:
    services = pack.services
    venues = services[services["category"].isin(venue_categories()) & (services["status"] == "open")]
    return [str(venue) for venue in venues.sort_values("name").index]


def _venue_words(pack: AreaPack, venue: str) -> str:
    row = pack.services.loc[venue]
    return f"{row['name']} ({symbol(str(row['category'])).label.lower()})"


def site_controls(pack: AreaPack, lab: Lab, effect: Effect) -> None:
    """Draw the list of the sites that there are, to move or close one."""
    sites = effect.after.sites
    with st.expander("Move or close a site", icon=":material/edit_location_alt:"):
        if not sites:
            st.caption("There is no site.")
            return
        site = st.selectbox("Site", list(sites), key="lab-site", format_func=lambda key: sites[key].name)

        def close() -> None:
            now = lab_state.history().now
            lab_state.edit(lab, now.with_change(CloseSite(str(site))))

        def move() -> None:
            text = str(st.session_state["lab-move"]).strip()
            found = spot_named(pack, text) if text else None
            if found is not None:
                lab_state.edit(lab, lab_state.history().now.with_change(MoveSite(str(site), found[0])))
                st.session_state["lab-move"] = ""

        st.button("Close it", key="lab-close", on_click=close, icon=":material/block:")
        st.text_input("Move it to (postcode, street or venue)", key="lab-move", max_chars=80, on_change=move)


def more_controls(pack: AreaPack, lab: Lab) -> None:
    """Draw the rarer changes: a new path, and another speed."""
    with st.expander("A new path or another speed", icon=":material/route:"):
        one, other = st.columns(2)
        start = one.text_input("Path from", key="lab-from", max_chars=80, placeholder="a postcode or street")
        end = other.text_input("to", key="lab-to", max_chars=80, placeholder="a postcode or street")

        def link() -> None:
            ends = [spot_named(pack, text) if text else None for text in (start, end)]
            if ends[0] is None or ends[1] is None:
                return
            (first, one_name), (second, other_name) = ends[0], ends[1]
            name = f"{one_name} to {other_name}"
            lab_state.edit(lab, lab_state.history().now.with_change(AddLink(name, first, second)))

        st.button("Add the path", key="lab-link", on_click=link, disabled=not (start and end))
        mode = MODES[lab_state.history().now.mode]
        if mode.speed_kmh is None:
            return

        def speed() -> None:
            now = lab_state.history().now
            others = tuple(change for change in now.changes if not isinstance(change, SetSpeed))
            wanted = float(st.session_state["lab-speed"])
            changes = others if wanted == mode.speed_kmh else (*others, SetSpeed(wanted))
            lab_state.edit(lab, replace(now, changes=changes))

        st.number_input(
            "Speed, km/h", 0.1, 130.0, step=0.1, key=seeded("lab-speed", _speed_now(mode.speed_kmh)), on_change=speed
        )


def _speed_now(plain: float) -> float:
    found = [change.speed_kmh for change in lab_state.history().now.changes if isinstance(change, SetSpeed)]
    return float(found[-1] if found else plain)


def change_list(pack: AreaPack, lab: Lab, effect: Effect) -> None:
    """Draw the changes of the plan, each with a way to take it out, and undo and redo."""
    held = lab_state.history()
    names = {key: site.name for sites in (effect.before.sites, effect.after.sites) for key, site in sites.items()}
    names |= {change.site: change.name for change in held.now.changes if isinstance(change, AddSite | AddOutreach)}
    with st.container(horizontal=True, vertical_alignment="center"):
        count = len(held.now.changes)
        st.markdown(f"**The plan: {count} change{'' if count == 1 else 's'}**", width="stretch")
        _button("Undo", "undo", not held.past, lambda: lab_state.set_history(lab_state.history().undo()))
        _button("Redo", "redo", not held.future, lambda: lab_state.set_history(lab_state.history().redo()))
    if not held.now.changes:
        st.caption("Nothing yet. Click a venue on the map, type a place or pick one.")
    for position, change in enumerate(held.now.changes):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{position + 1}. {change_words(pack, change, names)}", width="stretch")
            st.button(
                "Remove",
                key=f"lab-remove-{position}",
                icon=":material/close:",
                type="tertiary",
                help=f"Take change {position + 1} out of the plan",
                on_click=_remove,
                args=(lab, position),
            )


def _remove(lab: Lab, position: int) -> None:
    """Take a change out, with the later ones that hang on the site that it opened."""
    now = lab_state.history().now
    gone = now.changes[position]
    left = now.without_change(position)
    if isinstance(gone, AddSite | AddOutreach):
        left = _without_site(left, gone.site)
    lab_state.edit(lab, left)


def _without_site(scenario: Scenario, site: str) -> Scenario:
    kept = tuple(change for change in scenario.changes if getattr(change, "site", None) != site)
    return replace(scenario, changes=kept)


def _button(label: str, icon: str, disabled: bool, done: Callable[[], None]) -> None:
    st.button(label, key=f"lab-{icon}", icon=f":material/{icon}:", disabled=disabled, on_click=done)
