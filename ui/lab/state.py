"""The plan under edit: changed, written to the address, and opened from it."""

import base64
import json
import logging
import re
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from analysis.scenario.file import from_json, to_dict
from analysis.scenario.lab import Effect, Lab
from analysis.scenario.scenario import AddSite, Scenario, Spot
from geo.errors import InputError, ReachError
from geo.network.modes import LONGEST_THRESHOLD_MIN
from geo.pack import AreaPack
from geo.places import place_at
from geo.services import CATEGORIES, category_named, with_article
from store.scenarios import Version
from ui.kit import resources
from ui.kit.area import in_lasting_area
from ui.kit.controls import keep_entered
from ui.kit.page import plain
from ui.kit.plan import begun, change_to, fresh, history, open_plan, start, stored
from ui.kit.session import Session, session
from ui.kit.slots import Param
from ui.kit.stores import plans
from ui.kit.timetable import usable
from ui.lab.place import spot_of

_LOG = logging.getLogger(__name__)
LONGEST_LINK = 3500
"""Characters of a plan in a link to hand on; longer ones are cut off by some mail programs: they go by their id."""
LONGEST_ADDRESS = Session.plan.longest
"""Characters of a plan in the address of the page itself; web servers refuse lines longer than 8,000 characters."""
MOST_UNPACKED = 256_000
"""Bytes of a plan in a link, unpacked: a thousand characters can stand for a million."""
ADDRESS = (Session.plan, Session.scenario, Session.version)
HANDED_ON = (Session.try_place, Session.try_name, Session.try_service, Session.try_mode, Session.try_minutes)
"""What another page may hand on: see `ui.gaps.panel`."""
_NUMBER = re.compile(r"[0-9]{1,9}")
_POSITION = re.compile(r"\s*(-?[0-9]{1,9}(?:\.[0-9]{0,20})?)\s*,\s*(-?[0-9]{1,9}(?:\.[0-9]{0,20})?)\s*")
_NO_NUMBER = r"[-+]?(?:inf(?:inity)?|nan)"
_NO_POSITION = re.compile(rf"[-+.0-9e]+,[-+.0-9e]+|{_NO_NUMBER}\s*,.*|.*,\s*{_NO_NUMBER}", re.IGNORECASE)
_DAMAGED = "the link to this plan is damaged, perhaps cut off: ask for it again"


def encode(scenario: Scenario) -> str:
    """Return a scenario as a text for an address: its JSON, packed; it may be too long for one, see `_fits`."""
    return base64.urlsafe_b64encode(zlib.compress(_compact(scenario), 9)).decode().rstrip("=")


def _compact(scenario: Scenario) -> bytes:
    return json.dumps(to_dict(scenario), ensure_ascii=False, separators=(",", ":")).encode()


def _fits(scenario: Scenario, packed: str) -> bool:
    """Whether a plan can stand in the address of the page itself."""
    return len(packed) <= LONGEST_ADDRESS and len(_compact(scenario)) <= MOST_UNPACKED


def decode(text: str) -> Scenario:
    """Return the scenario that an address holds.

    Raises
    ------
    InputError
        When it is too long, cut off, changed on the way, unpacks to more than `MOST_UNPACKED`, or is no scenario.
    """
    if len(text) > LONGEST_ADDRESS:
        raise InputError("the link to this plan is longer than any that this program makes: ask for its file instead")
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(packed, MOST_UNPACKED + 1)
    except (ValueError, zlib.error):
        raise InputError(_DAMAGED) from None
    if len(content) > MOST_UNPACKED:
        raise InputError("the plan in this link is larger than any that a link can hold: ask for its file instead")
    if not unpacker.eof:
        raise InputError(_DAMAGED)
    return from_json(content)


def edit(lab: Lab, scenario: Scenario, *, near: str = "") -> bool:
    """Make an edit if it can be made, otherwise say why not (see `tell`) and change nothing; return which."""
    try:
        lab.effect(scenario)
    except ReachError as error:
        tell(f"This cannot be done: {error}", near=near)
        return False
    change_to(scenario)
    return True


def tell(text: str, *, near: str = "") -> None:
    """Keep a message for the next drawing, near what it is about; at the top of the page when nothing is named."""
    session.lab_told = (text, near)


def show_told(near: str = "") -> None:
    """Draw the message that was kept for here, once."""
    with st.container():  # always there, so that what follows keeps its place, and what is opened stays open
        text, where = session.lab_told
        if text and where == near:
            Session.lab_told.pop()
            st.info(plain(text), icon=":material/info:")


def begin(pack: AreaPack, lab: Lab) -> None:
    """Have a plan to edit: the one that the address holds or names, or the session's, or an empty one."""
    keep_entered()
    if not begun() or history().now.area != pack.code:
        start(fresh(pack))
    _take_plan(lab)
    _take_place(pack, lab)


def _take_plan(lab: Lab) -> None:
    """Open the plan that the address holds or names, once."""
    plan, scenario_id, number = asked = tuple(param.get() for param in ADDRESS)
    key = "|".join(asked)
    if key in session.plans_taken or not (plan or scenario_id):
        return
    session.plans_taken |= {key}
    version: Version | None = None
    try:
        if plan:
            scenario = lab.effect(decode(plan)).scenario
        if scenario_id:
            try:
                version = _version(scenario_id, number)
            except ReachError:
                if not plan:
                    raise
                tell("The saved plan that this one came from cannot be found: saving keeps it as a new plan.")
        if version is not None and not plan:
            scenario = lab.effect(version.scenario).scenario
    except ReachError as error:
        tell(f"The link could not be opened: {error}. Your own plan is shown instead.")
        return
    open_plan(scenario, version=version)


def _version(scenario_id: str, number: str) -> Version:
    """Return the version that an address names; the latest when it names none."""
    if not number:
        return plans().latest(scenario_id)
    if not _NUMBER.fullmatch(number):
        raise InputError("the link names a version of a saved plan that cannot be: versions count 1, 2, 3 and so on")
    return plans().version(scenario_id, int(number))


def _take_place(pack: AreaPack, lab: Lab) -> None:
    """Start with a hub at the place that another page hands on: ``?try=`` a postcode, ``easting,northing`` or a name.

    With it may stand what the place is called (``try_name``) and what a hub is wanted for there (``try_service``,
    ``try_mode``, ``try_minutes``): a plan that already asks something else is then put by for a new one.
    """
    asked = {param: text for param in HANDED_ON if (text := param.get())}
    for param in asked:
        param.put("")
    if Session.try_place not in asked:
        return
    try:
        found = _spot_handed_on(pack, asked[Session.try_place])
    except ReachError as error:
        tell(f"The link asks for a hub at a place that is not known: {error}.")
        return
    if found is None:
        return
    at, name = found
    name = asked.get(Session.try_name, name)[:100]
    now = _for_service(pack, asked)
    if any(getattr(change, "at", None) == at for change in now.changes):
        return
    made = now.with_change(AddSite(now.new_site_id(), name, at))
    if now.changes or not history().now.changes:
        edit(lab, made)
        return
    try:
        lab.effect(made)
    except ReachError as error:
        tell(f"The link asks for a hub that cannot be: {error}.")
        return
    open_plan(made)  # no version of what was here
    wanted = with_article(category_named(made.service).label)
    tell(f"A new plan: {wanted} at {name}. The plan that was here asks something else; undo brings it back.")


def _spot_handed_on(pack: AreaPack, text: str) -> tuple[Spot, str] | None:
    """Return a place in an address and its name; None where it is not clear which one, and the box beside the map asks.

    Raises
    ------
    InputError
        When it is a position that cannot be.
    """
    position = _POSITION.fullmatch(text)
    if position is None:
        if _NO_POSITION.fullmatch(text):
            raise InputError("give easting and northing in metres")
        answer = resources.finder(pack).find(text)
        if answer.kind != "place":
            session.lab_typed = answer.text[:80]
            tell("The link asks for a hub at a place that is not clear: see beneath “or type a place”.")
            return None
        place = answer.places[0]
    else:
        place = place_at(pack, float(position[1]), float(position[2]))
    return spot_of(pack, place), place.name


def _for_service(pack: AreaPack, asked: Mapping[Param, str]) -> Scenario:
    """Return the plan to add to: the present one, or a new one where something else is asked than it asks."""
    now = history().now
    wanted: dict[str, Any] = {}
    service, mode, minutes = (asked.get(param, "") for param in HANDED_ON[2:])
    if service in CATEGORIES and CATEGORIES[service].shown and len(pack.services_of(service)):
        wanted["service"] = service
        if written := usable([pack], mode):
            wanted["mode"] = written
        if _NUMBER.fullmatch(minutes) and 0 < int(minutes) <= LONGEST_THRESHOLD_MIN:
            wanted["within_min"] = float(minutes)
    made = replace(now, **wanted)
    return made if made == now or not now.changes else replace(fresh(pack), **wanted)


def write_address(pack: AreaPack) -> None:
    """Write the plan to the address, so that a reload opens exactly this, and its next save follows on the last one.

    With `plan` stands the stored version that it came from; a plan that is too long goes by that version alone.
    """
    now, wanted = history().now, dict[Param, str]()
    came_from = stored()
    if now != fresh(pack) or came_from is not None:
        text = encode(now)
        if _fits(now, text):
            wanted[Session.plan] = text
        if came_from is not None and (Session.plan in wanted or _is_stored(now, came_from)):
            wanted |= {Session.scenario: came_from[0], Session.version: str(came_from[1])}
    session.plans_taken |= {"|".join(wanted.get(param, "") for param in ADDRESS)}
    for param in ADDRESS:
        param.put(wanted.get(param, ""))


def link() -> dict[str, str] | None:
    """Return what a link to the plan as it stands says after the question mark; None when it is too long for one."""
    asked = {param.name: text for param in ADDRESS if (text := param.get())}
    if len(session.plan) <= LONGEST_LINK:
        return in_lasting_area(asked) if session.plan or session.scenario else None
    came_from = stored()
    if came_from is None or not _is_stored(history().now, came_from):
        return None
    del asked[Session.plan.name]
    return in_lasting_area(asked)


def _is_stored(scenario: Scenario, version: tuple[str, int]) -> bool:
    try:
        return replace(plans().version(*version).scenario, version=scenario.version) == scenario
    except ReachError as error:
        _LOG.warning("whether a plan is saved could not be looked up: %s", error)
        return False


def effect(lab: Lab) -> Effect:
    """Work out what the plan under edit does."""
    return lab.effect(history().now)
