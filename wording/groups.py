"""Names of the groups of wards: the target wards, the others, and the whole borough, as an area calls them."""

from dataclasses import dataclass

from analysis.reach.reach import group_labels
from geo.pack import AreaPack
from geo.services import with_article
from wording.languages import english
from wording.numbers import capital, number_word


@dataclass(frozen=True)
class AreaWords:
    """What an area calls its parts, inside a sentence.

    Attributes
    ----------
    whole
        The whole area: "borough", "city".
    ward, wards
        One of the areas that are shown, and several: "ward", "wards".
    target, targets
        One of the wards that are set against the others, and several: "target ward", "target wards".
    """

    whole: str
    ward: str
    wards: str
    target: str
    targets: str

    @property
    def other(self) -> str:
        """One of the wards that are no target wards: "other ward"."""
        return english().say("groups.other", wards=self.ward)

    @property
    def others(self) -> str:
        """The wards that are no target wards: "other wards"."""
        return english().say("groups.other", wards=self.wards)

    @property
    def a_target(self) -> str:
        """One of the target wards, with its article: "a target ward"."""
        return with_article(self.target)


def area_words(pack: AreaPack) -> AreaWords:
    """Return what an area calls its parts.

    The recipe states the target wards as several. One of them is called so with the word for one ward in place of that
    for several; a label that does not end with that word stands as it is.
    """
    level, named = pack.level("ward"), pack.manifest.particulars.group_words
    targets = named["target"]
    target = f"{targets.removesuffix(level.plural)}{level.label}" if targets.endswith(level.plural) else targets
    return AreaWords(named["borough"], level.label, level.plural, target, targets)


def group_names(pack: AreaPack) -> dict[str, str]:
    """Name the groups by code as headings: the label of the target wards, "Other wards", and "Whole city"."""
    return {**group_labels(pack), "borough": english().say("groups.whole", whole=area_words(pack).whole)}


def whole_area(pack: AreaPack) -> str:
    """Name the whole area as a heading: "The whole borough"."""
    return english().say("groups.the_whole", whole=area_words(pack).whole)


def level_names(pack: AreaPack) -> dict[str, str]:
    """Name the sizes of area that a map can show, by code and largest first: ``"Wards"``, ``"Small areas"``."""
    return {level: capital(pack.level(level).plural) for level in ("ward", "lsoa")}


def level_name(pack: AreaPack, level: str) -> str:
    """Name one area of a level, with a capital: ``"Ward"``."""
    return capital(pack.level(level).label)


def all_wards(pack: AreaPack) -> dict[str, str]:
    """Name the groups among the names of single wards, by code: ``"All target wards"``, and the borough by its name."""
    say, words = english().say, area_words(pack)
    several = {"target": words.targets, "rest": words.others}
    return {code: say("groups.all", wards=wards) for code, wards in several.items()} | {"borough": str(pack.name)}


def group_words(words: AreaWords, n_target: int, n_rest: int) -> dict[str, str]:
    """Name the groups of wards by how many they are: "six target wards", "other eleven wards"."""
    named = {"target": (words.target, words.targets, n_target), "rest": (words.ward, words.wards, n_rest)}
    return {
        group: english().counted(f"groups.counted.{group}", n, numeral=number_word(n), ward=one, wards=several)
        for group, (one, several, n) in named.items()
    }
