"""Table rows, as strings, that several reports print."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.gaps.pockets import ANY_SERVICE
from reports.facts import Facts
from wording.columns import value_words
from wording.gaps import service_label
from wording.numbers import people
from wording.reports import source_words
from wording.rounding import minutes_cell

NO_DATA = "no data"


def need_rows(facts: Facts, keys: list[str], rank_of: str | None = None) -> list[list[str]]:
    """Return the rows of need indicators: label, a value for each key, rank (of `rank_of`), status, source.

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
        rows.append(
            [
                figure.indicator.label,
                *values,
                *rank,
                str(figure.status[keys[0]]),
                source_words(facts.pack, figure.baseline),
            ]
        )
    return rows


def pocket_rows(facts: Facts, pockets: pd.DataFrame, *, ward_column: bool = False) -> list[list[str]]:
    """Return the rows of the table of pockets, with shown counts."""
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
                people(pocket["children"]),
                *([people(pocket["children_in_poverty"])] if poverty else []),
                "–" if of_basket else minutes_cell(float(np.round(pocket["median_min"], 1)), 1),
                "–" if of_basket else str(pocket["nearest"]),
            ]
        )
    return rows


def plain_key(swatches: Any) -> list[dict[str, str]]:
    """Return the key of a map as plain values for a template."""
    return [swatch.plain() for swatch in swatches]
