"""Names of the groups of wards: the target wards, the others, and the whole borough."""

from collections.abc import Mapping

from wording.numbers import number_word

GROUP_NAMES: Mapping[str, str] = {"target": "Target wards", "rest": "Other wards", "borough": "Whole borough"}
"""By code: for a column, a row or a heading of its own."""


def all_wards(borough: str) -> dict[str, str]:
    """Name the groups among the names of single wards, by code: ``"All target wards"``, and the borough by its name."""
    return {"target": "All target wards", "rest": "All other wards", "borough": borough}


def inside_sentence(borough: str = "whole borough") -> dict[str, str]:
    """Name the groups inside a sentence, by code: ``"target wards"``, ``"other wards"``, and the borough as given."""
    return {"target": "target wards", "rest": "other wards", "borough": borough}


def group_words(n_target: int, n_rest: int) -> dict[str, str]:
    """Name the groups of wards by how many they are: "six target wards", "other eleven wards"."""
    return {
        "target": f"{number_word(n_target)} target {_wards(n_target)}",
        "rest": f"other {_wards(1) if n_rest == 1 else f'{number_word(n_rest)} {_wards(n_rest)}'}",
    }


def _wards(number: int) -> str:
    return "ward" if number == 1 else "wards"
