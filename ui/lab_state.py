"""The plan under edit: kept for the session, written to the address, and opened from it."""

import base64
import json
import zlib
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from analysis.scenario import AddSite, History, Point, Scenario
from analysis.scenario_file import MAX_BYTES, from_json, to_dict
from analysis.scenario_lab import Effect, Lab
from geo.errors import InputError, ReachError
from geo.pack import AreaPack
from geo.places import find_place
from ui import session
from ui.lab_store import Plans, Version

UNNAMED = "My plan"
LONGEST_LINK = 3500
"""Characters of a plan in an address; longer ones are cut off by some mail programs, so they go by their stored id."""

_HISTORY, _STORED, _TAKEN, _TOLD = "lab_history", "lab_stored", "lab_taken", "lab_told"
_STORE = "lab_store"


@st.cache_resource(show_spinner="Getting the streets ready …", max_entries=4, hash_funcs={AreaPack: lambda p: p.digest})
def lab_of(pack: AreaPack) -> Lab:
    """Make the area ready to be asked what plans do; one for all visitors, so that a site met once is known."""
    return Lab(pack)


def use_store(opened: Callable[[], Plans]) -> None:
    """Say how the store of plans is opened; the page does, before anything is drawn."""
    st.session_state[_STORE] = opened


def store() -> Plans:
    """Open the store of plans; `ReachError` when that fails."""
    opened: Callable[[], Plans] = st.session_state[_STORE]
    return opened()


def encode(scenario: Scenario) -> str:
    """Return a scenario as a text for an address: its JSON, packed."""
    compact = json.dumps(to_dict(scenario), ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(zlib.compress(compact, 9)).decode().rstrip("=")


def decode(text: str) -> Scenario:
    """Return the scenario that an address holds.

    Raises
    ------
    InputError
        When it is cut off, changed on the way, unpacks to more than a scenario file may hold, or is no scenario.
    """
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(packed, MAX_BYTES + 1)
    except (ValueError, zlib.error):
        raise InputError("the link to this plan is damaged, perhaps cut off: ask for it again") from None
    if not unpacker.eof or len(content) > MAX_BYTES:
        raise InputError("the link to this plan is damaged, perhaps cut off: ask for it again")
    return from_json(content)


def history() -> History:
    """Return the plan under edit with its undo and redo."""
    found: History = st.session_state[_HISTORY]
    return found


def stored() -> tuple[str, int] | None:
    """Id and version of the stored plan that is under edit, or None."""
    found: tuple[str, int] | None = st.session_state.get(_STORED)
    return found


def set_history(made: History) -> None:
    """Make `made` the present state."""
    st.session_state[_HISTORY] = made


def edit(lab: Lab, scenario: Scenario) -> bool:
    """Make an edit if it can be made, otherwise say why not and change nothing; return whether it was made."""
    try:
        lab.effect(scenario)
    except ReachError as error:
        tell(f"This cannot be done: {error}")
        return False
    set_history(history().edit(scenario))
    return True


def open_plan(scenario: Scenario, *, version: Version | None = None) -> None:
    """Put another plan in place of the one under edit; undo brings the old one back."""
    set_history(history().edit(scenario))
    st.session_state[_STORED] = None if version is None else (version.scenario_id, version.number)


def set_stored(version: Version | None) -> None:
    """Note which stored version the plan under edit is."""
    st.session_state[_STORED] = None if version is None else (version.scenario_id, version.number)


def tell(text: str) -> None:
    """Keep a message for the next drawing."""
    st.session_state[_TOLD] = text


def told() -> str:
    """Return the message that was kept, once."""
    return str(st.session_state.pop(_TOLD, ""))


def begin(pack: AreaPack, lab: Lab) -> None:
    """Have a plan to edit: the one that the address holds or names, or the session's, or an empty one."""
    known = st.session_state.get(_HISTORY)
    if known is None or known.now.area != pack.code:
        set_history(History(Scenario(UNNAMED, pack.code, baseline=pack.baselines[0])))
        st.session_state[_STORED] = None
    _take_place(pack, lab)
    taken: set[str] = st.session_state.setdefault(_TAKEN, set())
    asked = {name: st.query_params.get(name, "") for name in ("plan", "scenario", "version")}
    key = "|".join(asked.values())
    if key in taken or not (asked["plan"] or asked["scenario"]):
        return
    taken.add(key)
    try:
        if asked["plan"]:
            scenario, version = decode(asked["plan"]), None
        else:
            number = asked["version"]
            version = (
                store().version(asked["scenario"], int(number))
                if number.isdecimal()
                else store().latest(asked["scenario"])
            )
            scenario = version.scenario
        lab.effect(scenario)
    except ReachError as error:
        tell(f"The link could not be opened: {error}. Your own plan is shown instead.")
        return
    open_plan(scenario, version=version)


def _take_place(pack: AreaPack, lab: Lab) -> None:
    """Start with a hub at the place that another page hands on (``?try=easting,northing`` or a name)."""
    asked = st.query_params.get("try")
    if not asked:
        return
    del st.query_params["try"]
    now = history().now
    try:
        easting, northing = (float(part) for part in asked.split(","))
        name = "New hub"
    except ValueError:
        try:
            place = find_place(session.place_names(pack), asked)
        except ReachError as error:
            tell(f"The link asks for a hub at a place that is not known: {error}.")
            return
        easting, northing, name = place.easting, place.northing, place.name
    at = Point(round(easting, 1), round(northing, 1))
    if not any(getattr(change, "at", None) == at for change in now.changes):
        edit(lab, now.with_change(AddSite(now.new_site_id(), name, at)))


def write_address() -> None:
    """Write the plan to the address, so that the link and a reload open exactly this."""
    now = history().now
    text = encode(now)
    wanted: dict[str, str] = {}
    if now.changes:
        if len(text) <= LONGEST_LINK:
            wanted = {"plan": text}
        elif (kept := stored()) is not None and _is_stored(now, kept):
            wanted = {"scenario": kept[0], "version": str(kept[1])}
    st.session_state[_TAKEN].add("|".join(wanted.get(name, "") for name in ("plan", "scenario", "version")))
    for name in ("plan", "scenario", "version"):
        if name in wanted:
            if st.query_params.get(name) != wanted[name]:
                st.query_params[name] = wanted[name]
        elif name in st.query_params:
            del st.query_params[name]


def _is_stored(scenario: Scenario, kept: tuple[str, int]) -> bool:
    try:
        return replace(store().version(*kept).scenario, version=scenario.version) == scenario
    except ReachError:
        return False


def effect(lab: Lab) -> Effect:
    """Work out what the plan under edit does."""
    return lab.effect(history().now)
