"""From what is typed or clicked to a place of the plan: one place, the choice between several, or a ward's own.

What is typed stays in its box until it is clear which place is meant; so the question beneath follows from the box.
"""

from collections.abc import Callable

import streamlit as st

from analysis.placement.candidates import venue_categories
from analysis.scenario.scenario import AtPostcode, Point, Spot, Venue
from geo.pack import AreaPack
from geo.places import Place, place_at
from ui.kit import resources
from ui.kit.finding import ask_back, place_view
from ui.kit.keyed import in_ward
from ui.kit.page import plain
from ui.kit.session import Session, session
from ui.kit.slots import Slot
from ui.kit.view import View, area_view

Take = Callable[[Spot, str], None]


def spot_of(pack: AreaPack, place: Place) -> Spot:
    """Return where a place stands in a plan: at a venue, at a postcode, or at its position in metres."""
    if place.kind == "postcode":
        return AtPostcode(place.name)
    if place.service and str(pack.services.at[place.service, "category"]) in venue_categories():
        return Venue(place.service)
    return Point(round(place.easting, 1), round(place.northing, 1))


def place_typed(pack: AreaPack, box: Slot[str], *, noted: bool = False) -> Place | None:
    """Return the place that the box names beyond doubt; None when there is something to ask first.

    A place of which something should be known is one to ask about, unless it is asked for with `noted`.
    """
    text = box.get().strip()
    answer = resources.finder(pack).find(text) if text else None
    if answer is None or answer.kind != "place" or (answer.places[0].note and not noted):
        return None
    return answer.places[0]


def take_typed(pack: AreaPack, box: Slot[str], take: Take) -> None:
    """Take the place that a box names, and empty the box; leave it, for :func:`ask_panel`, while that is not clear."""
    Session.lab_clicked_place.pop()
    place = place_typed(pack, box)
    if place is not None:
        _chosen(pack, box, place, take)


def take_clicked(postcode: str) -> None:
    """Have it asked whether the plan shall have a site at the postcode whose dot was clicked."""
    session.lab_clicked_place = postcode


def ask_panel(pack: AreaPack, box: Slot[str], question: str, take: Take) -> None:
    """Draw what has to be asked before the place in a box, or the one that was clicked, is taken.

    Parameters
    ----------
    pack
        The area.
    box
        The text box.
    question
        What is asked, with ``{}`` for the name of the place: "Open a hub at {}?"; nothing when it is empty, and the
        place is taken as it is.
    take
        Called with the place and its name.
    """
    finder = resources.finder(pack)
    clicked = session.lab_clicked_place if box is Session.lab_typed else ""
    if clicked in finder.postcodes.known.index:
        place = finder.postcode_place(clicked)
        _agree(pack, box, place, _street(pack, place), question, take)
        return
    text = box.get().strip()
    if not text:
        return
    answer = finder.find(text)
    if answer.kind == "place" and answer.places[0].note and question:
        _agree(pack, box, answer.places[0], answer.places[0].name, question, take)
    elif answer.kind != "place":
        ask_back(answer, key=f"{box.key}-place", choose=lambda place: choose(pack, box, place, take))
        if answer.kind == "ward":
            session.lab_shown_place = answer.places[0]
            _in_ward(pack, box, answer.places[0], take)


def choose(pack: AreaPack, box: Slot[str], place: Place, take: Take) -> None:
    """Take a place that was chosen from a list, unless there is still something to ask about it."""
    if place.kind == "ward" or place.note:
        box.put(place.name)
    else:
        _chosen(pack, box, place, take)


def shown_view(pack: AreaPack) -> View:
    """Return what the lab's map shows: the place that was found last, or the whole area."""
    place = session.lab_shown_place
    return area_view(resources.bounds(pack)) if place is None else place_view(pack, place)


def _agree(pack: AreaPack, box: Slot[str], place: Place, name: str, question: str, take: Take) -> None:
    """Ask whether a place shall be taken, with what should be known of it."""

    def refuse() -> None:
        Session.lab_clicked_place.pop()
        box.put("")

    def agree() -> None:
        clicked = Session.lab_clicked_place.pop()
        box.put("")
        if not clicked:  # the map stays where the reader clicked
            session.lab_shown_place = place
        take(spot_of(pack, place), name)

    with st.container(border=True, gap="small", key=f"{box.key}-agree-box"):
        if place.note:
            st.warning(plain(place.note), icon=":material/warning:")
        st.markdown(f"**{question.format(plain(name))}**")
        with st.container(horizontal=True):
            st.button("Yes", key=f"{box.key}-agree", type="primary", icon=":material/check:", on_click=agree)
            st.button("No", key=f"{box.key}-refuse", icon=":material/close:", on_click=refuse)


def _street(pack: AreaPack, place: Place) -> str:
    """Name a postcode by its street."""
    return place_at(pack, place.easting, place.northing).name


def _chosen(pack: AreaPack, box: Slot[str], place: Place, take: Take) -> None:
    box.put("")
    session.lab_shown_place = place
    take(spot_of(pack, place), place.name)


def _in_ward(pack: AreaPack, box: Slot[str], ward: Place, take: Take) -> None:
    """Let the reader choose a venue or a street in a ward."""
    options = {place.name: place for place in resources.finder(pack).in_ward(ward.name)}
    named = in_ward(box)

    def chosen() -> None:
        name = named.get()
        if name in options:
            choose(pack, box, options[name], take)

    st.selectbox(
        f"{plain(ward.name)} is a ward. Choose a venue or street in it",
        list(options),
        index=None,
        key=named.key,
        placeholder="A venue or street …",
        format_func=lambda name: options[name].label,
        on_change=chosen,
    )
