"""All that is kept of a visit, and all that stands in the address, each by a name with its type.

What is kept from one drawing of a page to the next (what a control holds, the plan under edit, a message for the next
drawing) lies in Streamlit's session under a key, and what a link reopens stands in the address under a name. Every one
of these keys and names is spelt in this module, or in :mod:`ui.kit.keyed` where it depends on what is drawn, and in no
other. A name of the object is read and written::

    session.ward = "E05000001"

and the same name of the class gives the slot, for a control that needs the key::

    controls.choice("Ward", codes, key=Session.ward.key)

Not here are the keys of what keeps nothing that is ever read: buttons, charts, tables, containers.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analysis.scenario.scenario import History, Scenario, Spot
from geo.places import Place
from geo.timetable.calendar import WEEKDAYS
from store.bookmarks import Bookmark
from ui.kit.jobs import Search
from ui.kit.slots import Linked, Param, Slot


@dataclass(frozen=True)
class BasketMemory:
    """How far the list of services is changed.

    Attributes
    ----------
    base, code
        The change that the editor began with, and the one that it shows, which stands in the address.
    number
        How often the editor was reset.
    """

    base: str = ""
    code: str = ""
    number: int = 0


class Session:
    """What is kept of the visit on screen; the object holds nothing itself, so any of them does."""

    __slots__ = ()

    # All pages
    area = Param("area")
    area_shown = Slot("area-shown", "")
    """Code of the area that the visit is about; empty until it is known."""
    area_chosen = Slot("area-chosen", "")
    plans_aside = Slot[Mapping[str, Any] | None]("plans-aside", None)
    """The plans under edit of the other areas, by area, as :data:`ui.kit.plan.Kept`."""
    pin = Slot[object]("pin", None)
    """Where the pin is that arrow keys move over a map."""
    ward = Linked("ward", "")
    baseline = Linked("baseline", "")
    window_width = Slot("window-width", 0)
    """Width of the window in pixels; 0 as long as the browser has not told it."""
    window_told = Slot[object]("window-told", None)

    # Who is before the page
    visit_id = Slot("visit-id", "")
    """What this visit is known by where nobody signs in."""

    # People, and the server
    people_told = Slot("people-told", "")
    people_undo = Slot[tuple[str, str, str] | None]("people-undo", None)
    """What can be undone: ``role``, ``team``, ``close`` or ``open``, whose, and what it was before."""
    people_tab = Slot[str | None]("people-tab", None)
    purge_days = Slot("purge-days", 30)
    purge_seen = Slot[int | None]("purge-seen", None)
    """The number of days for which it is on screen what would go."""
    purge_sure = Slot("purge-sure", False)
    purge_told = Slot("purge-told", "")

    # The welcome
    welcome_on = Slot("welcome-on", "")
    """Name of the page over which the welcome is open; leaving that page closes it."""
    tour_step = Slot("tour-step", 0)
    tour_offer = Slot[object]("tour-offer", None)
    """Whether the offer of the tour has just been taken."""

    # Bookmarks
    bookmarks_shown = Slot("bookmarks-shown", False)
    bookmark_chosen = Slot[tuple[str, dict[str, str]] | None]("bookmarks-go", None)
    """Page and query that the next drawing goes to."""
    bookmarks_told = Slot("bookmarks-told", "")
    bookmark_removed = Slot[Bookmark | None]("bookmarks-undo", None)
    bookmark_title = Slot("bookmarks-title", "")
    bookmark_who = Slot("bookmarks-who", "")
    bookmark_as = Slot("bookmarks-as", "")
    """The name that was given last."""

    # Links to the view on screen
    short_link = Slot[tuple[str, str, str] | None]("short-link", None)
    """Page, query and code of the short link that was made last."""
    short_link_fault = Slot("short-link-fault", "")

    # Ward map
    ward_map = Slot[object]("ward-map", None)
    ward_clicked = Slot("ward_clicked", "")
    compared_ward = Slot[str | None]("ward-map:compared", None)
    measure = Linked("measure", "")
    areas = Linked("areas", "")
    services = Linked[Sequence[str]]("services", ())
    closer = Linked("closer", "")
    wards = Linked[Sequence[str]]("wards", ())
    trend = Linked("trend", "")
    trend_groups = Linked[Sequence[str]]("trend_groups", ())
    outcome_of = Linked("outcome_of", "")
    outcome_by = Linked("outcome_by", "")
    outcome_within = Linked[float]("outcome_within", 0)
    outcome_table = Linked("outcome_table", "")
    outcome_plan = Linked("outcome_plan", "")
    since = Linked("since", "")
    since_file = Slot[object]("since-file", None)
    pack_met = Slot[str | None]("since_tried", None)
    """Digest of the pack that this visit has recorded, or has tried to."""

    # Travel time, and the question of a family at a meeting
    travel_map = Slot[object]("travel-map", None)
    travel_shows = Linked("map", "")
    need = Linked("need", "")
    service = Linked("service", "")
    mode = Linked("mode", "")
    timing = Slot("timing", "")
    """Day and window of leaving that were chosen last, as :meth:`geo.timetable.timing.Timing.text` writes them."""
    leave = Linked("leave", "")
    """Minute of leaving of the journey by timetable that is told leg by leg."""
    free_from, free_until = Linked("free_from", ""), Linked("free_until", "")
    """When a family has time to go there and back."""
    visit = Linked[float]("visit", 0)
    visit_day = Linked("day", "")
    """Day of the week of going there and back by what goes by no timetable."""
    within = Linked[float]("within", 0)
    who = Linked("who", "")
    place = Linked("place", "")
    place_clicked = Slot("place_clicked", "")
    way = Linked("way", "")
    site = Linked("site", "")
    """The site whose catchment is shown."""
    dots = Linked("dots", False)
    site_clicked = Slot("site_clicked", "")

    # Gaps
    gaps_map = Slot[object]("gaps-map", None)
    gaps_map_taken = Slot[str | None]("gaps:map:taken", None)
    gaps_table_taken = Slot[str | None]("gaps:table:taken", None)
    gaps_ward = Slot[str | None]("gaps:ward", None)
    gaps_tabs = Slot[str | None]("gaps-more", None)
    """Title of the tab that is open."""
    pocket = Linked[str | None]("pocket", None)
    figure = Linked("figure", "")
    counted = Linked("counted", "")
    by = Linked("by", "")
    gaps_shown = Linked("show", "")
    cut_off_from = Linked("from", "")
    six = Linked("six", False)
    basket = Linked("basket", "")
    basket_memory = Slot("url:basket", BasketMemory())
    supply = Linked("supply", "")
    fairness = Linked("fairness", "")
    sure = Linked("sure", "")
    this = Linked("this", "")
    that = Linked("that", "")

    # Scenario lab: the plan
    history = Slot[History | None]("lab_history", None)
    stored = Slot[Sequence[tuple[int, tuple[str, int] | None]]]("lab_stored", ())
    """From which step on which stored plan and version was under edit."""
    plans_taken = Slot[frozenset[str]]("lab_taken", frozenset())
    """The plans that addresses held and that have been opened."""
    lab_told = Slot("lab_told", ("", ""))
    """A message for the next drawing, and what it is near."""
    plan = Param("plan", longest=7_000)
    scenario = Param("scenario")
    version = Param("version")
    try_place = Param("try")
    try_name = Param("try_name")
    try_service = Param("try_service")
    try_mode = Param("try_mode")
    try_minutes = Param("try_minutes")

    # Scenario lab: its controls
    lab_map = Slot[object]("lab-map", None)
    lab_clicked = Slot("lab_clicked", "")
    lab_clicked_place = Slot("lab_clicked_place", "")
    """Postcode whose dot was clicked, while it is asked what to do there."""
    lab_shown_place = Slot[Place | None]("lab_shown_place", None)
    lab_path_from = Slot[tuple[Spot, str] | None]("lab_path_from", None)
    lab_open_tab = Param("tab")
    lab_tabs = Slot[str | None]("lab-tabs", None)
    """Title of the tab that is open."""
    lab_small = Slot("lab-small", False)
    """Whether the small areas are open."""
    lab_measure = Slot[str | None]("lab-measure", None)
    lab_shows = Slot("lab-shows", "minutes")
    lab_kind = Slot[str | None]("lab-kind", None)
    lab_typed = Slot("lab-typed", "")
    lab_picked = Slot[str | None]("lab-picked", None)
    lab_site = Slot("lab-site", "")
    lab_site_panel = Slot("lab-site-panel", False)
    """Whether the list to move and close is open."""
    lab_moving = Slot("lab-moving", False)
    """Whether the next click moves the chosen site."""
    lab_move = Slot("lab-move", "")
    lab_from = Slot("lab-from", "")
    lab_to = Slot("lab-to", "")
    lab_places = Slot[float | None]("lab-places", None)
    lab_programmes = Slot[Sequence[str]]("lab-programmes", ())
    lab_speed = Slot("lab-speed", 0.0)
    lab_route, lab_of_every = Slot("lab-route", ""), Slot("lab-route-of-every", 1)
    lab_first, lab_last = Slot("lab-route-first", ""), Slot("lab-route-last", "")
    lab_route_name, lab_route_speed = Slot("lab-route-name", ""), Slot("lab-route-speed", 15.0)
    lab_route_stops = Slot[Sequence[str]]("lab-route-stops", ())
    lab_stop, lab_stop_move = Slot("lab-stop", ""), Slot("lab-stop-move", "")
    lab_days, lab_new_days = (
        Slot[Sequence[str]](f"lab-{which}-days", WEEKDAYS[:5]) for which in ("route", "new-route")
    )
    lab_starts, lab_new_starts = Slot("lab-route-starts", "07:00"), Slot("lab-new-route-starts", "07:00")
    lab_until, lab_new_until = Slot("lab-route-until", "19:00"), Slot("lab-new-route-until", "19:00")
    lab_every, lab_new_every = Slot("lab-route-every", 15), Slot("lab-new-route-every", 15)
    lab_service = Slot("lab-service", "")
    lab_mode = Slot("lab-mode", "")
    lab_within = Slot[float]("lab-within_min", 0)
    lab_baseline = Slot("lab-baseline", "")
    lab_growth = Slot("lab-growth", 0.0)
    lab_beside = Slot[Sequence[Scenario]]("lab_beside", ())
    """The plans that were set aside to compare."""
    lab_compare = Slot[Sequence[str]]("lab-compare", ())
    lab_against = Slot[str | None]("lab-against", None)
    """Name of the plan whose difference is on the map."""
    lab_two_maps = Slot("lab-two-maps", False)
    lab_venues = Slot("lab-venues", True)
    """Whether the venues are on the map."""
    lab_who = Slot("lab-who", "")
    lab_name = Slot("lab-name", "")
    lab_file = Slot[Any]("lab-file", None)
    lab_open_which = Slot("lab-open-which", "")

    # Scenario lab: the search for the best sites
    lab_job = Slot[Search | None]("lab_job", None)
    lab_goal = Slot("lab-goal", "reach")
    lab_for = Slot("lab-for", "")
    lab_for_also = Slot[str | None]("lab-for-also", None)
    lab_weight = Slot("lab-weight", 1.0)
    lab_hubs = Slot("lab-hubs", 3)
    lab_room = Slot[int | None]("lab-room", None)
    lab_kinds = Slot[Sequence[str]]("lab-kinds", ("library", "school", "community_hall"))
    lab_in_wards = Slot[Sequence[str]]("lab-in-wards", ())
    lab_postcodes = Slot("lab-postcodes", "")
    lab_own = Slot[Sequence[str]]("lab-own", ())
    """Layers of one's own places among the candidates."""
    lab_forced = Slot[Sequence[str]]("lab-forced", ())
    lab_banned = Slot[Sequence[str]]("lab-banned", ())
    lab_budget = Slot[int | None]("lab-budget", None)
    lab_cost = Slot[int | None]("lab-cost", None)

    # Areas side by side
    compared_areas = Linked[Sequence[str]]("among", ())

    # Your data
    own_layer = Linked("layer", "")
    """Id of the kept layer that is shown; empty while something is added."""
    own_map = Slot[object]("own-map", None)
    own_kind = Slot("own-kind", "services")
    own_real = Slot[str | None]("own-real", None)
    """Whether counts are of real families that a service knows."""
    own_attempt = Slot("own-attempt", 0)
    """How often the form was emptied."""
    own_read = Slot[tuple[Hashable, Any]]("own-read", (None, None))
    """A table that was read, after what it was read from."""
    own_checked = Slot[tuple[Hashable, Any]]("own-checked", (None, None))
    """What was found in it, after what was asked."""
    own_replacing = Slot("own-replacing", "")
    """Id of the layer whose rows the next ones replace."""
    own_measure = Slot[str | None]("own-measure", None)
    own_who = Slot("own-who", "")
    own_new_name = Slot("own-new-name", "")
    own_told = Slot("own-told", ("", ""))
    """What was done last, and the layer that was shown then: it is told as long as that is shown."""
    own_undo = Slot[tuple[str, str, int, int] | None]("own-undo", None)
    """What can be undone: ``removed`` or ``replaced``, the layer, its content before and now."""

    # Meeting
    step = Linked[str | None]("step", None)
    """The step of the story as links name it; :func:`step_held` says where its control holds it."""
    steps_turned = Slot("steps-turned", 0)
    """How often anything but the list of the steps itself has changed the step."""
    story_wards = Linked[Sequence[str]]("story_wards", ())
    story_services = Linked[Sequence[str]]("story_services", ())
    story_lead = Linked[str | None]("story_lead", None)
    story_plan = Linked("story_plan", "")
    language = Linked("lang", "")
    story_file = Slot[Any]("story_file", None)
    meeting_loaded = Slot[Scenario | None]("meeting_loaded", None)
    meeting_file_fault = Slot("meeting_file_fault", "")
    meeting_panel = Slot("meeting_panel", "")
    meeting_asking = Slot("meeting_asking", False)
    meeting_lead = Slot[str | None]("meeting_lead", None)
    """The service that the story follows, for the view of a question, which is without its control."""
    meeting_language = Slot("meeting_language", "")
    meeting_by = Linked("meeting_by", "")
    meeting_ask_map = Slot[object]("meeting-ask-map", None)
    meeting_stage = Slot[object]("meeting_stage", None)


session = Session()


def address() -> dict[str, str]:
    """Return all that stands in the address, whoever wrote it."""
    return {str(name): str(value) for name, value in st.query_params.items()}


def address_becomes(query: Mapping[str, str]) -> None:
    """Let the address say this and nothing else, at one step of the browser's history."""
    st.query_params.from_dict(dict(query))


def went_back() -> bool:
    """Tell whether the reader has just gone back or forward in the browser's history."""
    run = get_script_run_ctx()
    return run is not None and run.is_history_navigation


def embedded() -> bool:
    """Whether the page is shown inside another one (``?embed=1``): without menu and controls.

    Streamlit keeps the name ``embed`` for itself and hides it from a page; of its values it knows only ``true``.
    """
    run = get_script_run_ctx()
    return run is not None and ("embed", "1") in parse_qsl(run.query_string)
