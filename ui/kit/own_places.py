"""One's own places, kept as a layer: times to them, their words as a destination, and their dots on a map."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pydeck as pdk
import streamlit as st

from analysis.travel.times import TravelTimes
from drawing.legend import Legend, Swatch
from drawing.palette import CATEGORICAL
from geo.errors import UnknownNameError
from geo.own.places import Question
from geo.pack import AreaPack
from geo.services import Category
from store.errors import StoreError
from store.layers import COUNTS, KINDS, Layer
from ui.kit import resources, stores
from ui.kit.points import point_layer
from wording.own import own_category, own_words

MOST_DRAWN = 2_000
"""Places that are sent with the page; more would make each click wait."""
MOST_LAYERS = 200
"""Layers, the latest, among which a page lets one choose."""
_OWN, _DOUBT = CATEGORICAL[1], CATEGORICAL[3]  # the place that the reader asks about has the colour between
_START = "own-"


@dataclass(frozen=True, eq=False)
class OwnPlaces:
    """The places of a layer, as something to travel to.

    Attributes
    ----------
    layer
        The layer.
    rows
        ``name, easting, northing, postcode``, indexed by the number of the row as text.
    """

    layer: Layer
    rows: pd.DataFrame

    @classmethod
    def of(cls, layer: Layer) -> "OwnPlaces":
        """Read the places of a layer; errors as for :meth:`store.layers.LayerStore.content`."""
        rows = stores.layers().content(layer.id, layer.number)
        return cls(layer, rows.set_axis([str(number) for number in range(len(rows))]))

    @property
    def name(self) -> str:
        """The word that they go by in an address."""
        return _name_of(self.layer)

    @property
    def category(self) -> Category:
        """What they are called, as it was typed: not for markdown."""
        return own_category(self.layer.name)

    def times(self, pack: AreaPack, mode: str) -> TravelTimes:
        """Time every home to them."""
        return own_times(pack, mode, self.layer.id, self.layer.number)


def own_layers(pack: AreaPack) -> dict[str, Layer]:
    """Return the layers of places of an area, by the word that each goes by in an address.

    There are none while the store cannot be used: what a page says without them stays true.
    """
    try:
        kinds = tuple(kind for kind in KINDS if kind != COUNTS)
        found = stores.layers().list(pack.code, kinds=kinds, size=MOST_LAYERS)
    except StoreError:
        return {}
    return {_name_of(layer): layer for layer in found}


def removed_layer(pack: AreaPack, name: str) -> Layer | None:
    """Return the removed layer that a link asks for; None where it asks for none, or for one that never was."""
    if not name.startswith(_START):
        return None
    try:
        layer = stores.layers().find(name.removeprefix(_START))
    except (StoreError, UnknownNameError):
        return None
    return layer if layer.removed_at is not None and layer.area == pack.code else None


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs={AreaPack: lambda pack: pack.digest})
def own_times(pack: AreaPack, mode: str, layer: str, number: int) -> TravelTimes:
    """Time every home to the places of a layer; what a layer holds under a number never changes."""
    return resources.access(pack, mode).to_sites(stores.layers().content(layer, number))


def place_layers(pack: AreaPack, rows: pd.DataFrame, questions: Sequence[Question] = ()) -> list[pdk.Layer]:
    """Draw places, the first `MOST_DRAWN` of them, and above them the rows in doubt at both their places."""
    drawn = rows.head(MOST_DRAWN)
    layers = [
        point_layer(_points(pack, drawn, drawn["postcode"].tolist()), layer_id="own-places", colour=_OWN, radius_px=7)
    ]
    said = [
        (question.name, words, at)
        for question in questions[:MOST_DRAWN]
        for words, at in ((question.one, question.one_at), (question.other, question.other_at))
        if np.isfinite(at).all()
    ]
    if said:
        at = np.array([place for _, _, place in said])
        doubt = pd.DataFrame({"name": [name for name, _, _ in said], "easting": at[:, 0], "northing": at[:, 1]})
        tips = [f"{own_words()['in_doubt']}: {words}" for _, words, _ in said]
        layers.append(point_layer(_points(pack, doubt, tips), layer_id="own-doubt", colour=_DOUBT, radius_px=7))
    return layers


def _points(pack: AreaPack, rows: pd.DataFrame, tips: list[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"id": [str(number) for number in range(len(rows))], "title": rows["name"].to_numpy(), "tip": tips},
        geometry=gpd.points_from_xy(rows["easting"], rows["northing"], crs=pack.crs),
    )


def places_legend(name: str, *, doubt: bool = False) -> Legend:
    """Return the legend of places, and of rows in doubt."""
    entries = [Swatch("disc", _OWN, name)]
    if doubt:
        entries.append(Swatch("disc", _DOUBT, own_words()["in_doubt"]))
    return Legend("", tuple(entries))


def _name_of(layer: Layer) -> str:
    """Return the word that the places of a layer go by in an address."""
    return f"{_START}{layer.id}"
