"""Figures and sentences that several reports print, as strings."""

import math
from typing import Any

import numpy as np
import pandas as pd

from analysis.gaps.pockets import ANY_SERVICE
from analysis.reach.basket import BasketItem
from analysis.shown import ShownCount, ShownShare
from geo.network.modes import mode_named
from geo.pack import AreaPack
from geo.services import category_named
from geo.vintages import baseline_words, deprivation_words, strategy_words, streets_words
from reports.facts import Facts, NeedFigure
from wording.columns import value_words
from wording.gaps import HALF, left_out_sentence, listed
from wording.numbers import people, percent, signed
from wording.rounding import digits
from wording.sentences import number_word as number_word
from wording.sentences import with_article

NO_DATA = "no data"


def minutes_cell(value: float) -> str:
    """Minutes to the tenth, as ``reach access`` prints them; a dash where nobody reaches one."""
    return digits(value, 1) if math.isfinite(value) else "–"


def share_cell(share: ShownShare) -> str:
    """Write a share as shown: whole per cents."""
    return percent(share)


def count_cell(count: ShownCount) -> str:
    """Write a count as shown: with thousands marked, or that it is a few."""
    return people(count)


def pounds(value: float) -> str:
    """Write pounds without pence: ``"£12,000"``."""
    return f"{'−' if value < 0 else ''}£{digits(abs(value))}"


def service_label(service: str) -> str:
    """Name a service of the basket, capitalised."""
    if service == ANY_SERVICE:
        return HALF[0].upper() + HALF[1:]
    label = category_named(service).label
    return label[0].upper() + label[1:]


def mode_words(item: BasketItem) -> str:
    """How a family goes to a service: ``"walking with a pram"``."""
    label = mode_named(item.mode).label
    return label[0].lower() + label[1:]


def one_lead(facts: Facts) -> str:
    """Name one place of the service that reports begin with: ``"a children's centre"``."""
    return with_article(category_named(facts.lead).label)


def lead_words(facts: Facts) -> str:
    """Say what the map of a brief is about: ``"children's centre, walking with a pram"``."""
    return f"{category_named(facts.lead).label}, {mode_words(facts.basket.item(facts.lead))}"


def need_rows(facts: Facts, keys: list[str], rank_of: str | None = None) -> list[list[str]]:
    """Rows of the table of who lives here: label, a value for each key, rank (when asked), status, source.

    Parameters
    ----------
    facts
        The area.
    keys
        Ward codes or groups.
    rank_of
        Ward whose rank is printed.
    """
    rows = []
    for figure in facts.need:
        values = [value_words(float(figure.values[key]), figure.indicator) for key in keys]
        rank = [f"{int(figure.rank[rank_of])}"] if rank_of else []
        rows.append([figure.indicator.label, *values, *rank, str(figure.status[keys[0]]), need_source(facts, figure)])
    return rows


def need_source(facts: Facts, figure: NeedFigure) -> str:
    """Name the source of a figure, short enough for a table, as the area's own pack has it."""
    if figure.baseline == "strategy":
        return strategy_words(facts.pack)
    return baseline_words(facts.pack, figure.baseline) if figure.baseline else deprivation_words(facts.pack)


def share_words(share: ShownShare) -> str:
    """Write a share for a sentence: ``"36%"``."""
    return percent(share)


def sure_sentence(facts: Facts, code: str, name: str) -> str:
    """Say how far the share within reach of the lead service depends on what was assumed.

    Of the other contested services the share follows, where another reading of which places count changes it.
    """
    row = facts.centre_band.loc[[code]].iloc[0]
    share, slow, fast = (share_words(row[key]) for key in ("share", "slow", "fast"))
    speed = (
        f"stays at {share} for a slower walk (3.2 km/h) and a faster one (4.8 km/h)"
        if slow == fast == share
        else f"is {share}; it would be {slow} at a slower walk (3.2 km/h) and {fast} at a faster one (4.8 km/h)"
    )
    said = [f"How sure are we? The share of {facts.gaps.who} in {name} within reach of {one_lead(facts)} {speed}."]
    for other in facts.survey.others:
        service = other.reading.service
        figures = facts.readings.loc[[(code, service, other.reading.name)]].iloc[0]
        then, now = (share_words(figures[key]) for key in ("share", "default_share"))
        words = f"{other.reading.words[0].upper()}{other.reading.words[1:]}"
        if service == facts.lead:
            said.append(f"{words} it {'would be' if then != now else 'is also'} {then}.")
        elif then != now:
            place, within = with_article(category_named(service).label), f"{facts.basket.item(service).threshold_min:g}"
            said.append(f"{words} {then} would be within {within} minutes of {place}, not {now}.")
    return " ".join(said)


def barriers_words(rows: pd.DataFrame, service: str, least: float = 0.15) -> str:
    """Name the lines in the way to a service for at least that share of the children, or nothing."""
    if service not in rows.index:
        return ""
    found = rows.loc[[service]]
    names = [str(name) for name in found.loc[found["share"] >= least, "name"].drop_duplicates().head(2)]
    return listed(names)


def pocket_rows(facts: Facts, pockets: pd.DataFrame, *, ward_column: bool = False) -> list[list[str]]:
    """Rows of the table of pockets; counts are as they may be shown."""
    poverty = "children_in_poverty" in facts.pack.measure_names(facts.baseline)
    rows = []
    for _, pocket in pockets.iterrows():
        where = str(pocket["name"]).removeprefix("around ")
        of_basket = pocket["service"] == ANY_SERVICE
        rows.append(
            [
                where,
                *([str(pocket["ward_name"])] if ward_column else []),
                service_label(str(pocket["service"])),
                count_cell(pocket["children"]),
                count_cell(pocket["children_in_poverty"]) if poverty else NO_DATA,
                "–" if of_basket else minutes_cell(float(np.round(pocket["median_min"], 1))),
                "–" if of_basket else str(pocket["nearest"]),
            ]
        )
    return rows


def method_words(facts: Facts) -> list[str]:
    """How the figures were made, in a few sentences."""
    pack = facts.pack
    centre = facts.basket.item(facts.lead)
    mode = facts.survey.access[centre.mode].streets.mode
    speed = "" if mode.speed_kmh is None else f" at {mode.speed_kmh:g} km/h"
    baseline = baseline_words(pack, facts.baseline)
    return [
        f"Travel times are {mode_words(centre)}{speed} along streets and paths ({streets_words(pack)}) from each of "
        f"{len(pack.demand):,} postcodes to the nearest place, those just outside the borough included. A time equal "
        "to the limit counts as within it. Slopes, crossings and pavements are not known.",
        *([left_out_sentence(facts.survey.left_out)] if facts.survey.left_out else []),
        "Can reach is not the same as goes to, is registered with, or gets help from.",
        f"Whose figures: {baseline}. Published: printed by its source; census: counted; modelled: estimated, by us or "
        "by its publisher.",
        "Numbers of people near enough or too far away are to the nearest 5: they are estimates.",
    ]


def licence_words(pack: AreaPack) -> str:
    """Attributions of the sources, which must stay with any copy."""
    return " · ".join(pack.attribution())


def pack_words(pack: AreaPack) -> str:
    """Which data were used."""
    return f"Service Reach, data {pack.code} {pack.digest}"


def plain_key(swatches: Any) -> list[dict[str, str]]:
    """Return the key of a map as a template reads it."""
    return [swatch.plain() for swatch in swatches]


def change_cell(change: ShownCount) -> str:
    """Write a change as shown, with its sign; a dash where there is no figure."""
    return "–" if math.isnan(change) else signed(change)
