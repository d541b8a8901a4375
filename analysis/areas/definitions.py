"""Which figures of several areas are of one definition, and what differs in where they come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo.pack import AreaPack
from geo.particulars import Baseline

ABOUT = ("counts", "streets", "index", "child_index", "nesting", "homes", "around", "service")
"""What there is to know, in order."""


@dataclass(frozen=True)
class Fact:
    """One thing to know about where the figures of each area come from.

    Attributes
    ----------
    what
        One of `ABOUT`.
    service
        The category, of ``service``; otherwise empty.
    values
        By the area's code, None where the area has none. Of ``counts`` a `Baseline`; of ``streets`` the day or year; of
        the indices their label; of ``nesting`` pairs of a level's plural and the share of homes that lie outside (None
        for exact nesting); of ``homes`` what a home is; of ``around`` whether services just outside the area are
        listed, too; of ``service`` its vintages.
    same
        Whether it is the same for every area.
    """

    what: str
    values: Mapping[str, Any]
    same: bool
    service: str = ""


def common_baselines(packs: Sequence[AreaPack], measures: Sequence[str]) -> dict[str, str] | None:
    """Return under which baseline each area counts some measures, so that they are of one definition; the latest one.

    A baseline that a strategy states is of that strategy alone, and so of one definition with no other.

    Parameters
    ----------
    packs
        The areas.
    measures
        What is counted, all under the same baseline.

    Returns
    -------
    By the code of each area that has them; empty where none has, and None where several have them, but in no common
    definition.
    """
    found = {pack.code: _having(pack, measures) for pack in packs}
    found = {code: baselines for code, baselines in found.items() if baselines}
    if not found:
        return {}
    first, *others = found.values()
    for definition in sorted(first, key=lambda one: (one[0] != "stated", one[1]), reverse=True):
        if all(definition in other for other in others):
            return {code: baselines[definition].name for code, baselines in found.items()}
    return None


def own_baselines(packs: Sequence[AreaPack], measures: Sequence[str]) -> dict[str, str]:
    """Return the first baseline of each area that has some measures; areas that have none of it are left out."""
    found = {pack.code: list(_having(pack, measures).values()) for pack in packs}
    return {code: baselines[0].name for code, baselines in found.items() if baselines}


def facts(packs: Sequence[AreaPack], baselines: Mapping[str, str], services: Sequence[str]) -> tuple[Fact, ...]:
    """Return what is to be known of the sources of several areas.

    Parameters
    ----------
    packs
        The areas.
    baselines
        By area, the baseline of those who are counted.
    services
        The categories that are compared.
    """
    counts = {code: pack.baseline_named(baselines[code]) for pack in packs if (code := pack.code) in baselines}
    defined = {code: _definition(code, baseline) for code, baseline in counts.items()}
    found = [_fact("counts", packs, counts, defined)]
    streets = {pack.code: str(source["vintage"]) for pack in packs if (source := pack.source_of("streets"))}
    found.append(_fact("streets", packs, streets))
    for what, about in (("index", "everyone"), ("child_index", "children")):
        indices = {pack.code: pack.main_index(about) for pack in packs}  # type: ignore[arg-type]
        found.append(_fact(what, packs, {code: index.label for code, index in indices.items() if index}))
    nesting = {
        pack.code: tuple((level.plural, level.outside_share if level.nesting == "best fit" else None)
                         for level in pack.levels if level.nesting)
        for pack in packs
    }  # fmt: skip
    found.append(_fact("nesting", packs, nesting))
    found.append(_fact("homes", packs, {pack.code: pack.manifest.particulars.homes for pack in packs}))
    around = {pack.code: bool((pack.services["ward"] == "").any()) for pack in packs if len(pack.services)}
    found.append(_fact("around", packs, around))
    for service in services:
        vintages = {pack.code: tuple(sorted(set(pack.services_of(service)["vintage"].astype(str)))) for pack in packs}
        found.append(_fact("service", packs, {code: years for code, years in vintages.items() if years}, of=service))
    return tuple(found)


def _fact(
    what: str,
    packs: Sequence[AreaPack],
    values: Mapping[str, Any],
    compared: Mapping[str, Any] | None = None,
    *,
    of: str = "",
) -> Fact:
    every = {pack.code: values.get(pack.code) for pack in packs}
    by = values if compared is None else compared
    return Fact(what, every, len({by.get(pack.code) for pack in packs}) == 1, of)


def _having(pack: AreaPack, measures: Sequence[str]) -> dict[tuple[str, ...], Baseline]:
    """Return the baselines that have all of the measures by their definition, in the order of the pack."""
    named = [pack.baseline_named(name) for name in pack.baselines]
    return {
        _definition(pack.code, baseline): baseline
        for baseline in named
        if set(measures) <= set(pack.measure_names(baseline.name))
    }


def _definition(code: str, baseline: Baseline) -> tuple[str, ...]:
    whose = code if baseline.kind == "stated" else ""
    return (baseline.kind, baseline.year, baseline.definition, whose)
