"""Vintages: words for the source and year of an area's figures, taken from its own pack."""

import re

from geo.pack import AreaPack

_UNKNOWN = "of a year that is not stated"


def source_year(pack: AreaPack, key: str) -> str:
    """Return the year of a source, such as ``"2021"``; words that no year is stated where the pack lacks the source."""
    for source in pack.provenance["sources"]:
        if source["key"] == key:
            found = re.search(r"\d{4}", str(source["vintage"]))
            return found[0] if found else _UNKNOWN
    return _UNKNOWN


def strategy_words(pack: AreaPack) -> str:
    """Name the local strategy and its year, or ``"Local strategy"`` for none."""
    source = pack.source_of("strategy")
    if source is None:
        return "Local strategy"
    title = str(source["title"]).removeprefix(f"{pack.name}: ")
    return f"{title} {source_year(pack, str(source['key']))}"


def strategy_year(pack: AreaPack) -> str:
    """Return the year of the local strategy; words that no year is stated where there is none."""
    source = pack.source_of("strategy")
    return _UNKNOWN if source is None else source_year(pack, str(source["key"]))


def baseline_words(pack: AreaPack, baseline: str) -> str:
    """Name the counts of a baseline; those of a strategy with its year."""
    known = pack.baseline_named(baseline)
    if known.kind == "stated":
        return f"Strategy of {known.year} (census pattern, strategy totals)"
    return known.label


def baseline_labels(pack: AreaPack) -> dict[str, str]:
    """Name every baseline of the pack, by its key."""
    return {baseline: baseline_words(pack, baseline) for baseline in pack.baselines}


def deprivation_words(pack: AreaPack) -> str:
    """Name the indices of deprivation and the year of the edition: ``"English indices of deprivation 2019"``."""
    index = pack.main_index()
    if index is None:
        return "Indices of deprivation"
    for source in pack.provenance["sources"]:
        if source["key"] == index.source:
            name = re.split(r"[\d,]", str(source["title"]))[0].strip()
            return f"{name} {index.year}"
    return index.label


def streets_words(pack: AreaPack) -> str:
    """Name the source of the streets and its year: ``"OpenStreetMap, 2021"``."""
    source = pack.source_of("streets")
    if source is None:
        return "source not stated"
    publisher = str(source["publisher"]).removesuffix(" contributors")
    return f"{publisher}, {source_year(pack, str(source['key']))}"
