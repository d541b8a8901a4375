"""The kinds of place that a journey leads to: what they are called, where they are, and the choice of one of them."""

import pandas as pd

from geo.pack import AreaPack
from geo.services import CATEGORIES, with_article
from ui.kit import controls
from ui.kit.own_places import OwnPlaces
from ui.kit.page import plain
from ui.kit.session import Session
from wording.languages import Words
from wording.story import service_words


def kinds_of(pack: AreaPack, first: str) -> list[str]:
    """Return the kinds of place to go to: the one that the page is about, and then each that the area lists."""
    listed = [name for name, kind in CATEGORIES.items() if kind.shown and len(pack.services_of(name))]
    return [first, *(name for name in listed if name != first)]


def places_of(pack: AreaPack, kind: str, own: OwnPlaces | None) -> pd.DataFrame:
    """Return the places of a kind, with ``name``, ``easting`` and ``northing``."""
    return own.rows if own is not None and kind == own.name else pack.services_of(kind)


def forms(kind: str, words: Words, own: OwnPlaces | None) -> dict[str, str]:
    """Return what a kind of service, or one's own places, is called; not for markdown as it is."""
    if own is None or kind != own.name:
        return service_words(kind, words)
    label, plural = own.category.label, own.category.plural
    return {"one": label, "a": with_article(label), "gen": label, "many": plural}


def marked(named: dict[str, str]) -> dict[str, str]:
    """Return words that markdown shows unchanged: anybody can give one's own places a name."""
    return {form: plain(text) for form, text in named.items()}


def way_choice(kinds: list[str], service: str, words: Words, own: OwnPlaces | None) -> str:
    """Draw the choice of where to go; as long as nobody chooses, it is the service that the page is about."""
    before = Session.way.memory().get()
    if before is not None and before.text is None and Session.way.get() == before.value:
        Session.way.put(service)  # a way that nobody chose follows the service that the page is about
    return controls.choice(
        words.say("journeys.way_to"),
        kinds,
        key=Session.way.key,
        default=service,
        labels={name: words.say("journeys.nearest_kind", **forms(name, words, own)) for name in kinds},
    )
