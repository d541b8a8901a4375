"""Columns of a table, the same on the screen and in a workbook: an indicator's values in words, and its notes."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

from analysis.reach.need import Indicator
from analysis.shown import as_shown, plain_share
from geo.pack import AreaPack
from geo.vintages import baseline_words, deprivation_words
from wording.languages import english
from wording.numbers import no_figure, people, percent
from wording.rounding import digits

Kind = Literal["text", "people", "percent", "minutes", "distance", "score", "rank"]


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading (with unit), what kind of figure it holds, and its explanation."""

    label: str
    kind: Kind = "text"
    help: str | None = None
    pinned: bool = False


def value_words(value: float, indicator: Indicator) -> str:
    """Write a value of `indicator`: people, a percentage, or a score."""
    if indicator.kind == "count":
        return people(as_shown(value))
    if indicator.kind == "rate":
        return percent(plain_share(value), decimals=indicator.decimals)
    return no_figure() if math.isnan(value) else digits(value, indicator.decimals)


def as_column(indicator: Indicator) -> Column:
    """Return the table column of an indicator's values."""
    kind = {"count": "people", "rate": "percent", "score": "score"}[indicator.kind]
    return Column(indicator.label, kind)  # type: ignore[arg-type]


def licence_note(pack: AreaPack) -> str:
    """Name the licences of the sources of `pack`, each once; a source that only asks to be named has none here."""
    codes = dict.fromkeys(str(source["licence"]) for source in pack.sources)
    known = english().named("columns.licences")
    # In the order of the words, so that the licence of most figures comes first.
    found = [*(words for code, words in known.items() if code in codes), *(code for code in codes if code not in known)]
    return "; ".join(words for words in found if words)


def notes_of(pack: AreaPack, title: str, baseline: str) -> dict[str, str]:
    """Return what must travel with a download of `pack`: what it is, which figures, from which pack, and credits."""
    return {
        "title": f"{title}, {pack.name}",
        "figures": baseline_words(pack, baseline) if baseline else deprivation_words(pack),
        "pack": f"{pack.code} {pack.digest}",
        "written": date.today().isoformat(),
        "licence": licence_note(pack),
        "attribution": "; ".join(pack.attribution()),
    }
