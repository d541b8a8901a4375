"""What a recipe says of counts: the baselines with their tables, the indices of deprivation, and the ward series.

They are part of a recipe (:mod:`geo.recipe`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from geo.errors import InputError
from geo.particulars import About, Kind

Columns = str | tuple[str, ...]
LevelName = Literal["oa", "lsoa", "ward"]


@dataclass(frozen=True)
class InNext:
    """The table that says in which area of the next level each area lies: its columns `code` and `next`."""

    source: str
    code: str
    next: str


@dataclass(frozen=True)
class Poverty:
    """How a strategy's figures of child poverty are spread: by which index, over which of its rates and totals."""

    index: str
    rate: str


@dataclass(frozen=True)
class CountsTable:
    """One table of counts.

    Attributes
    ----------
    source, code
        The file, and its column with the code of an area.
    measures
        The column of each measure, or several whose sum it is; in a long table, its word there.
    level
        Whose codes they are. Counts of a finer level are summed; those of wards are spread by `spread_by`.
    layout
        ``wide``: a column a measure. ``long``: the columns ``measure`` and ``value``.
    sums
        Checks of the table: a column, and the columns that add up to it.
    via
        A table that turns the codes of this one (`code`) into those of the level (`next`).
    merge
        Whether several rows may have one code, and are added up: parts of an area that was divided later.
    blank
        What a blank figure counts as, where the publisher leaves out small ones.
    fill
        Whether an area without a row has the mean of its small area: one whose code has changed.
    spread_by
        ``baseline.measure`` whose pattern spreads the counts of a ward over its small areas.
    """

    source: str
    code: str
    measures: Mapping[str, Columns]
    level: LevelName = "lsoa"
    layout: Literal["wide", "long"] = "wide"
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    via: InNext | None = None
    merge: bool = False
    blank: float | None = None
    fill: bool = False
    spread_by: str = ""

    def __post_init__(self) -> None:
        if self.level == "ward" and not self.spread_by:
            raise InputError("counts of wards need spread_by, such as census.population")
        if self.fill and self.level != "oa":
            raise InputError("fill is for the finest level, oa, alone")


@dataclass(frozen=True)
class BaselineRecipe:
    """Counts of one date and definition; see :class:`geo.particulars.Baseline`.

    Attributes
    ----------
    tables
        The tables of counts; none for a ``stated`` baseline.
    pattern, calibrated, poverty
        Of a ``stated`` baseline: the baseline whose pattern is scaled, the measures of which the strategy states a
        total of the target wards, and how its child poverty is spread.
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
    tables: tuple[CountsTable, ...] = ()
    pattern: str = ""
    calibrated: tuple[str, ...] = ()
    poverty: Poverty | None = None

    def __post_init__(self) -> None:
        stated = self.kind == "stated"
        if stated and not (self.pattern and self.calibrated):
            raise InputError(f"baseline {self.name!r} is stated: it needs pattern and calibrated")
        if not stated and not self.tables:
            raise InputError(f"baseline {self.name!r} needs at least one table of counts, [[baselines.tables]]")


@dataclass(frozen=True)
class IndexRecipe:
    """One edition of an index of deprivation; see :class:`geo.particulars.Index`.

    Attributes
    ----------
    code, score, decile
        Columns of the table; `decile` may be absent.
    people, people_of
        Column of the people that the score is a mean over, or the ``baseline.measure`` that stands for them.
    merge
        Whether several rows may have one code, and the plain mean is taken: parts of an area that was divided later.
    lowest, highest
        The values that a score may have.
    """

    name: str
    family: str
    label: str
    year: str
    source: str
    code: str
    score: str
    decile: str = ""
    people: str = ""
    people_of: str = ""
    about: About = "everyone"
    share: bool = False
    main: bool = False
    merge: bool = False
    lowest: float = 0.0
    highest: float = 100.0

    def __post_init__(self) -> None:
        if bool(self.people) == bool(self.people_of):
            raise InputError(f"index {self.name!r} needs people (a column) or people_of (baseline.measure)")


@dataclass(frozen=True)
class WardSeriesRecipe:
    """Yearly figures by ward, a column a year; see :class:`geo.particulars.WardSeries`."""

    name: str
    label: str
    short: str
    definition: str
    source: str
    code: str
    title: str
    caution: str = ""
