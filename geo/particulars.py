"""What is particular to one area and is data, not code: its levels, groups, baselines, indices and series.

A recipe states them (``data/recipes``), the builder checks them and writes them into ``pack.json``, and everything else
reads them from the pack. So a name, a year or a definition stands in one place, and another town has its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from geo.errors import InputError

Nesting = Literal["", "exact", "best fit"]
Kind = Literal["stated", "census", "estimate", "index"]
About = Literal["everyone", "children"]


@dataclass(frozen=True)
class Level:
    """One level of areas of a pack.

    Attributes
    ----------
    name
        ``oa`` (the finest, by which postcodes are weighed), ``lsoa`` (the one that has counts) or ``ward`` (the one
        that is shown). These are the usual ones in England; another country's areas take the same three parts.
    label, plural
        What such an area is called, inside a sentence: "output area", "output areas".
    nesting
        How its areas lie in those of the next level: ``exact``, or ``best fit`` (each belongs to the one that has most
        of it). Empty for the level that is shown.
    outside_share
        Share (0 to 1) of the area's homes that lie in another area of the next level than the one they count in; 0 for
        exact nesting.
    """

    name: Literal["oa", "lsoa", "ward"]
    label: str
    plural: str
    nesting: Nesting = ""
    outside_share: float = 0.0


@dataclass(frozen=True)
class Group:
    """Wards that have a name together.

    Attributes
    ----------
    name
        ``target`` for the wards that are set against the others; any other word for further groups.
    label
        What people call them, inside a sentence: "target wards".
    wards
        Their codes.
    """

    name: str
    label: str
    wards: tuple[str, ...]


@dataclass(frozen=True)
class Baseline:
    """A set of counts of one date and definition.

    Attributes
    ----------
    name
        The word used in code, on the command line and in the address of a page.
    label
        What people call it: "Census 2011".
    kind
        ``stated`` (made to agree with what a local strategy states), ``census``, ``estimate`` (of the middle of a
        year) or ``index`` (the numerator of an index of deprivation).
    year, source
        The year that it counts, and the key of its source.
    series, series_label
        Baselines of one series have one definition and may be compared; the name of the series in a chart.
    definition, caution
        What the figures are, and what a reader must know before comparing the years of the series.
    """

    name: str
    label: str
    kind: Kind
    year: str
    source: str
    series: str
    series_label: str
    definition: str
    caution: str = ""


@dataclass(frozen=True)
class Index:
    """One edition of an index of deprivation; higher is more deprived.

    Its columns in the pack's scores are ``<name>_score``, ``<name>_decile`` (1 is the most deprived tenth; where the
    source has it) and ``<name>_people`` (who it is a mean over: its weight).

    Attributes
    ----------
    name
        Such as ``imd2019``.
    family
        Editions of one index, such as ``imd``: never one series, but told one after the other.
    label
        "Deprivation score (IMD 2019)".
    year, source
        The year of the edition, and the key of its source.
    about
        Whom it is about.
    share
        Whether the score is a share of people (0 to 1).
    main
        Whether it is the edition that pages use.
    """

    name: str
    family: str
    label: str
    year: str
    source: str
    about: About = "everyone"
    share: bool = False
    main: bool = False

    @property
    def score(self) -> str:
        """Column of the score."""
        return f"{self.name}_score"

    @property
    def decile(self) -> str:
        """Column of the tenth, which a pack may lack."""
        return f"{self.name}_decile"

    @property
    def people(self) -> str:
        """Column of the people that the score is a mean over."""
        return f"{self.name}_people"


@dataclass(frozen=True)
class WardSeries:
    """Yearly figures that their publisher gives ward by ward.

    Attributes
    ----------
    name
        The measure in the pack's ``ward_series``.
    label
        What is counted: "Children in low-income families".
    short, definition, caution
        Its name in a chart, what the figures are, and what a reader must know before comparing years.
    source
        Key of the source.
    """

    name: str
    label: str
    short: str
    definition: str
    source: str
    caution: str = ""


@dataclass(frozen=True)
class Particulars:
    """All that is particular to an area, besides its code and name.

    Attributes
    ----------
    levels
        Finest first; the last is the one that is shown.
    groups, baselines, indices, ward_series
        None where the area has none. The first baseline is the one that is used unless another is asked for.
    sources
        Key of the source of ``streets``, ``homes``, ``strategy`` and ``base_map``, where there is one.
    homes
        What a demand point is: ``postcode``, or the name of the level whose areas stand for homes.
    currency
        ISO 4217 code of the money that costs are in.
    language
        BCP 47 tag of the language of the names.
    credit
        What stands beside every map of the area; where it is empty, the attributions of its sources do.
    whole
        What the whole area is called inside a sentence: "borough", "city", "district".
    """

    levels: tuple[Level, ...]
    baselines: tuple[Baseline, ...]
    groups: tuple[Group, ...] = ()
    indices: tuple[Index, ...] = ()
    ward_series: tuple[WardSeries, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    homes: Literal["postcode", "oa", "lsoa"] = "postcode"
    currency: str = "GBP"
    language: str = "en-GB"
    credit: str = ""
    whole: str = "borough"

    @property
    def group_words(self) -> dict[str, str]:
        """What the groups of wards are called inside a sentence: "target wards", "other wards", "borough".

        By code: ``target``, ``rest`` (named after the level that is shown) and ``borough``, which is the whole area.
        """
        plural = self.levels[-1].plural
        labels = {group.name: group.label for group in self.groups}
        return {"target": labels.get("target", f"target {plural}"), "rest": f"other {plural}", "borough": self.whole}

    def __post_init__(self) -> None:
        names = [level.name for level in self.levels]
        order = [name for name in ("oa", "lsoa", "ward") if name in names]
        if names != order or names[-2:] != ["lsoa", "ward"]:
            raise InputError(f"levels are {', '.join(names)}; they must be lsoa and ward, with oa before them or not")
        stated: dict[str, list[str]] = {
            "baseline": [one.name for one in self.baselines],
            "index": [one.name for one in self.indices],
            "group": [one.name for one in self.groups],
        }
        for what, found in stated.items():
            twice = sorted({name for name in found if found.count(name) > 1})
            if twice:
                raise InputError(f"{what} {twice[0]!r} stands twice")
        if not self.baselines:
            raise InputError("there is no baseline: at least one table of counts is needed")
