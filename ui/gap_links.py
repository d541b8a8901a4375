"""Ways on from a ward or pocket: try a hub there, or see the journeys from there."""

from dataclasses import dataclass

import streamlit as st

from analysis.basket import BasketItem

HUB_PAGE = "pages/scenario_lab.py"
"""Page that tries a hub at a place (``?try=…``)."""

JOURNEYS_PAGE = "pages/travel_time.py"


@dataclass(frozen=True)
class HubWish:
    """What a hub is tried for.

    Attributes
    ----------
    postcode
        Where it would stand.
    name
        What the place is called: its street, or the postcode.
    item
        The service that is worst there, with its mode and limit.
    """

    postcode: str
    name: str
    item: BasketItem

    @property
    def query(self) -> dict[str, str]:
        """What the address of the page says after the question mark."""
        return {
            "try": self.postcode,
            "try_name": self.name,
            "try_service": self.item.service,
            "try_mode": self.item.mode,
            "try_minutes": f"{self.item.threshold_min:g}",
        }


def place_links(wish: HubWish, place: str) -> None:
    """Draw the links from a place.

    Parameters
    ----------
    wish
        The hub that is tried.
    place
        What the travel time page looks up: a postcode, or a street with its ward.
    """
    with st.container(horizontal=True):
        st.page_link(HUB_PAGE, label="Try a hub here", icon=":material/add_location_alt:", query_params=wish.query)
        st.page_link(
            JOURNEYS_PAGE,
            label="See the journeys from here",
            icon=":material/directions_walk:",
            query_params={"place": place},
        )
