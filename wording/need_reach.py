"""Words for need and reach in one map: what each class is, and which areas have the most need and the least reach."""

import math
from collections.abc import Sequence
from dataclasses import replace

from analysis.reach.bivariate import HIGH, NO_CLASS, NeedAndReach
from analysis.reach.need import Indicator
from analysis.shown import plain_share
from geo.measures import measure_named
from geo.pack import AreaPack
from geo.services import category_named, with_article
from wording.columns import Column, as_column, value_words
from wording.languages import english
from wording.numbers import capital, no_figure, share_words, small
from wording.rounding import shortest
from wording.scenario import travelling

_NAMED = 4


def need_label(need: Indicator) -> str:
    """Return what a need is called inside a sentence."""
    label = small(need.label)
    return english().say("need_reach.share_of", label=label) if need.index is not None and need.index.share else label


def kind_words(kind: int) -> str:
    """Say what a class is: ``"most need, fewest can reach"``; "no figure" for -1."""
    if kind == NO_CLASS:
        return english().say("need_reach.no_class")
    need, reach = divmod(kind, HIGH + 1)
    words = english()
    return words.say(
        "need_reach.cell",
        need=words.many("need_reach.third_need")[need],
        reach=words.many("need_reach.third_reach")[reach],
    )


def need_reach_tips(found: NeedAndReach, service: str, within_min: float) -> list[str]:
    """Return the rest of each area's tooltip: its class, its need, and its share within reach."""
    return [
        english().say(
            "need_reach.tip",
            kind=capital(kind_words(int(kind))),
            need=capital(need_label(found.need)),
            value=no_figure() if math.isnan(value) else value_words(float(value), found.need),
            share=share_words(plain_share(float(share))),
            service=with_article(category_named(service).label),
            within=shortest(within_min),
        )
        for kind, value, share in found.rows[["kind", "need", "share"]].itertuples(index=False)
    ]


def need_reach_sentence(
    pack: AreaPack, found: NeedAndReach, *, service: str, mode: str, measure: str, within_min: float
) -> str:
    """Name the areas that have the most need and the least reach; of small areas, the wards of most of them."""
    worst = found.both
    values = {
        "need": need_label(found.need),
        "who": measure_named(measure).counted,
        "service": with_article(category_named(service).label),
        "within": shortest(within_min),
        "way": travelling(mode),
    }
    words = english()
    if found.by == "ward":
        names = words.listed([str(name) for name in worst["name"]])
        if not names:
            said = words.say("need_reach.none_ward", **values)
            near = words.listed([str(name) for name in found.nearly["name"]])
            return f"{said} {words.say('need_reach.nearly', names=near)}" if near else said
        return words.say("need_reach.ward" if len(worst) == 1 else "need_reach.wards", names=names, **values)
    if worst.empty:
        return words.say("need_reach.none_lsoa", **values)
    counts = worst["ward"].value_counts()
    order = sorted(counts.index, key=lambda code: (-counts[code], str(pack.wards["name"].get(code, ""))))
    names = words.listed([str(pack.wards["name"].get(code, "")) for code in order[:_NAMED]])
    return words.say("need_reach.small_areas", n=len(worst), of=len(found.rows), names=names, **values)


def need_reach_title(need: Indicator, service: str, within_min: float) -> str:
    """Return the title of the map, its table and its file."""
    return english().say(
        "need_reach.title",
        need=need_label(need),
        service=with_article(category_named(service).label),
        within=shortest(within_min),
    )


def need_reach_columns(need: Indicator, by: str) -> dict[str, Column]:
    """Return the columns of the table, by name."""
    say = english().say
    label = capital(need_label(need))
    ward = {} if by == "ward" else {"ward_name": Column(say("need_reach.column_ward"))}
    return {
        "name": Column(say("need_reach.column_area"), pinned=True),
        **ward,
        "need": replace(as_column(need), label=label),
        "share": Column(say("need_reach.column_share"), "percent"),
        "kind_words": Column(say("need_reach.column_kind")),
    }


def key_words(service: str) -> tuple[str, str, str, str, Sequence[str]]:
    """Return the words of the legend: title, what the axes mean, the whole in a sentence, and each class."""
    say = english().say
    whole = say("need_reach.key_words", service=with_article(category_named(service).label))
    cells = [kind_words(kind) for kind in range((HIGH + 1) ** 2)]
    return say("need_reach.key"), say("need_reach.more_need"), say("need_reach.fewer_reach"), whole, cells
