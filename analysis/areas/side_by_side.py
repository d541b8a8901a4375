"""Figures of several areas, worked out in the same way: people, need, reach of services, and how many there are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.areas.definitions import Fact, common_baselines, facts, own_baselines
from analysis.reach.need import INDICATORS, Indicator, group_values
from analysis.reach.reach import reach
from analysis.shown import SHARE_DECIMALS, ShownFrame, row_of
from analysis.travel.access import Access
from geo.errors import InputError, UnknownNameError
from geo.measures import MEASURES
from geo.network.modes import Mode, mode_named
from geo.pack import AreaPack
from geo.services import CATEGORIES, category_named

Nearest = Callable[[AreaPack, str], npt.ArrayLike]

PARTS = ("people", "need", "reach", "minutes", "places", "supply")
PEOPLE = ("children_0_3", "births_per_year", "children_0_17", "population", "households")
NEED: tuple[Indicator, ...] = (
    INDICATORS["child_poverty_rate"],
    INDICATORS["lone_parent_rate"],
    INDICATORS["no_car_rate"],
    INDICATORS["overcrowded_rate"],
)
ABSENT, OTHER = "absent", "other"
"""Why there is no figure: the area's data lack it, or the areas define it in different ways."""
_PER = 1_000
# A count as shown may have many decimals: they say that it is written in words.
_DECIMALS = {"percent": SHARE_DECIMALS, "people": 12}


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Several areas side by side, as shown.

    Attributes
    ----------
    names
        Name of each area, by its code, in the order that was asked for.
    measure, mode, within_min
        Who is counted, how a family travels, and the threshold.
    baselines
        Under which baseline each area counts them; an area that does not count them is left out.
    rows
        Long: ``part`` (one of `PARTS`), ``name`` (of the measure, index or service), ``label``, ``counts`` (label of
        the baseline of people and need), ``unit`` (``people``, ``percent``, ``score``, ``minutes``, ``places``,
        ``per_1000``), ``area``, ``value`` (NaN without a figure) and ``why`` (`ABSENT`, `OTHER`, or empty for
        a figure). The counts and shares are those of :mod:`analysis.shown`.
    facts
        Where the figures come from, and what differs in that.
    """

    names: Mapping[str, str]
    measure: str
    mode: str
    within_min: float
    baselines: Mapping[str, str]
    rows: ShownFrame
    facts: tuple[Fact, ...]


def services_of_any(packs: Sequence[AreaPack]) -> list[str]:
    """Return the kinds of service that any of the areas lists: first those that most list; no bus stops."""
    having = {
        name: sum(len(pack.services_of(name)) > 0 for pack in packs)
        for name, kind in CATEGORIES.items()
        if kind.shown and name != "bus_stop"
    }
    return sorted((name for name, areas in having.items() if areas), key=lambda name: -having[name])


def side_by_side(
    packs: Sequence[AreaPack],
    *,
    measure: str = "children_0_3",
    baseline: str | None = None,
    mode: str = "walk_pram",
    within_min: float = 15.0,
    services: Sequence[str] | None = None,
    nearest: Nearest | None = None,
) -> SideBySide:
    """Set several areas side by side.

    Parameters
    ----------
    packs
        Two areas or more, each once.
    measure, baseline
        Who is counted. Without a baseline it is the latest one that all areas have in one definition; where there is
        none, each area has its own first one, and the facts say so.
    mode, within_min
        How a family travels, and the threshold in minutes.
    services
        Kinds of service; those that any area lists when None.
    nearest
        Gives the seconds, ``(n_demand,)``, from every home of an area to the nearest service of a kind, where they are
        known already; worked out when None.

    Raises
    ------
    InputError
        When there are fewer than two areas, an area is given twice, or the threshold makes no sense.
    UnknownNameError
        When no area has the measure or the baseline, or there is no such service or mode.
    """
    if len({pack.code for pack in packs}) < max(len(packs), 2):
        raise InputError("give two areas or more, each of them once")
    known = list(dict.fromkeys(name for pack in packs for name in pack.measure_names()))
    if measure not in known:
        raise UnknownNameError("measure", measure, known)
    travel = mode_named(mode)
    kinds = services_of_any(packs) if services is None else [category_named(name).name for name in services]
    counted = _counted(packs, measure, baseline)
    times = nearest or _measured(packs, travel)
    rows = [
        *_people(packs, measure, counted),
        *_need(packs),
        *_indices(packs),
        *_of_services(packs, kinds, measure, counted, within_min, times),
    ]
    return SideBySide(
        {pack.code: pack.name for pack in packs},
        measure,
        mode,
        within_min,
        counted,
        ShownFrame(pd.DataFrame(rows)),
        facts(packs, counted, kinds),
    )


def _counted(packs: Sequence[AreaPack], measure: str, baseline: str | None) -> dict[str, str]:
    if baseline is None:
        return common_baselines(packs, [measure]) or own_baselines(packs, [measure])
    having = {pack.code: baseline for pack in packs if measure in pack.measure_names(baseline)}
    if not having:
        raise UnknownNameError("baseline", baseline, list(dict.fromkeys(name for p in packs for name in p.baselines)))
    return having


def _measured(packs: Sequence[AreaPack], mode: Mode) -> Nearest:
    ready = {pack.code: Access.of(pack, mode) for pack in packs}
    return lambda pack, service: ready[pack.code].to_category(service).nearest_s


def _people(packs: Sequence[AreaPack], measure: str, counted: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for name in dict.fromkeys((measure, *PEOPLE)):
        indicator = Indicator(name, MEASURES[name].label, name)
        under = counted if name == measure else common_baselines(packs, [name])
        yield from _values(packs, "people", indicator, "people", under)


def _need(packs: Sequence[AreaPack]) -> Iterator[dict[str, Any]]:
    for indicator in NEED:
        under = common_baselines(packs, [indicator.measure, indicator.per])
        if under != {}:
            yield from _values(packs, "need", indicator, "percent", under)


def _values(
    packs: Sequence[AreaPack], part: str, indicator: Indicator, unit: str, under: Mapping[str, str] | None
) -> Iterator[dict[str, Any]]:
    """Yield a row for each area of a measure or rate, under baselines of one definition; None where they differ."""
    for pack in packs:
        baseline = (under or {}).get(pack.code)
        why = "" if baseline else OTHER if under is None and indicator.baselines(pack) else ABSENT
        value = float(group_values(pack, indicator, baseline)["borough"]) if baseline else np.nan
        counts = pack.baseline_named(baseline).label if baseline else ""
        yield _row(part, indicator.name, indicator.label, unit, pack, value, why, counts)


def _indices(packs: Sequence[AreaPack]) -> Iterator[dict[str, Any]]:
    """Yield the editions of indices that any area uses; an area that has only another edition has no figure."""
    used = [index for pack in packs for about in ("everyone", "children") if (index := pack.main_index(about))]
    for index in {index.name: index for index in used}.values():
        indicator = Indicator(index.name, index.label, index=index, decimals=0 if index.share else 1)
        for pack in packs:
            has = index in pack.indices
            other = any(one.about == index.about for one in pack.indices)
            value = float(group_values(pack, indicator, "")["borough"]) if has else np.nan
            unit = "percent" if index.share else "score"
            yield _row("need", index.name, index.label, unit, pack, value, "" if has else OTHER if other else ABSENT)


def _of_services(
    packs: Sequence[AreaPack],
    kinds: Sequence[str],
    measure: str,
    counted: Mapping[str, str],
    within_min: float,
    nearest: Nearest,
) -> Iterator[dict[str, Any]]:
    for service in kinds:
        label = category_named(service).label
        for pack in packs:
            sites, baseline = pack.services_of(service), counted.get(pack.code)
            found = dict.fromkeys(("reach", "minutes", "places", "supply"), np.nan)
            if len(sites):
                found["places"] = float((sites["ward"] != "").sum())
            if len(sites) and baseline:
                times = nearest(pack, service)
                counts = reach(pack, times, measure=measure, baseline=baseline, within_min=within_min)
                borough = row_of(counts.groups, "borough")
                total = borough["total"]
                found |= {
                    "reach": borough["share"],
                    "minutes": borough["median_min"],
                    "supply": _PER * found["places"] / total if total > 0 else np.nan,
                }
            units = {"reach": "percent", "minutes": "minutes", "places": "places", "supply": "per_1000"}
            for part, value in found.items():
                yield _row(part, service, label, units[part], pack, value, ABSENT if np.isnan(value) else "")


def _row(
    part: str, name: str, label: str, unit: str, pack: AreaPack, value: float, why: str, counts: str = ""
) -> dict[str, Any]:
    return {
        "part": part,
        "name": name,
        "label": label,
        "counts": counts,
        "unit": unit,
        "area": pack.code,
        "value": round(value, _DECIMALS.get(unit, 1)),
        "why": why,
    }
