"""Names of the groups of wards: the target wards, the others, and the whole borough."""

from collections.abc import Mapping

from geo.pack import AreaPack
from wording.languages import english
from wording.numbers import capital, number_word

GROUP_NAMES: Mapping[str, str] = english().named("groups.names")
"""By code, such as ``"Target wards"``: for a column, a row or a heading of its own."""


def group_names(pack: AreaPack) -> dict[str, str]:
    """Name the groups by code as an area calls them: the label of its target wards, and "Whole city"."""
    labels = {group.name: group.label for group in pack.manifest.particulars.groups}
    names = {**GROUP_NAMES, "borough": english().say("groups.whole", whole=pack.manifest.particulars.whole)}
    return {**names, "target": capital(labels["target"])} if "target" in labels else names


def whole_area(pack: AreaPack) -> str:
    """Name the whole area as a heading: "The whole borough"."""
    return english().say("groups.the_whole", whole=pack.manifest.particulars.whole)


def level_names(pack: AreaPack) -> dict[str, str]:
    """Name the sizes of area that a map can show, by code and largest first: ``"Wards"``, ``"Small areas"``."""
    return {level: capital(pack.level(level).plural) for level in ("ward", "lsoa")}


def level_name(pack: AreaPack, level: str) -> str:
    """Name one area of a level, with a capital: ``"Ward"``."""
    return capital(pack.level(level).label)


def all_wards(borough: str) -> dict[str, str]:
    """Name the groups among the names of single wards, by code: ``"All target wards"``, and the borough by its name."""
    return {**english().named("groups.all"), "borough": borough}


def inside_sentence(borough: str | None = None) -> dict[str, str]:
    """Name the groups inside a sentence, by code: ``"target wards"``, ``"other wards"``, and the borough as given."""
    names = dict(english().named("groups.inside"))
    return names if borough is None else {**names, "borough": borough}


def group_words(n_target: int, n_rest: int) -> dict[str, str]:
    """Name the groups of wards by how many they are: "six target wards", "other eleven wards"."""
    counts = {"target": n_target, "rest": n_rest}
    return {
        group: english().counted(f"groups.counted.{group}", number, numeral=number_word(number))
        for group, number in counts.items()
    }
