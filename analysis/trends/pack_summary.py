"""A pack in a few kilobytes: what it was made from, what it counts, and who can reach what.

A summary is what stays of a pack when a newer one takes its place, so that the two can be compared
(:mod:`analysis.trends.pack_changes`). It holds causes (sources, services) and effects (figures, reach) by ward, and
nothing that may not be shown: totals and shares are those of :mod:`analysis.shown`. So a summary can be handed
on like any table of the Gaps page.
"""

import json
import math
import re
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import Annotated, Any, TypeVar

import numpy as np
import pandas as pd
from pydantic import FailFast, Field

from analysis.gaps.gaps import shown, totals_by_area, ward_services
from analysis.reach.basket import Basket, read_basket
from analysis.reach.reach import groups_of
from analysis.reach.rollup import Roll
from analysis.reach.survey import Survey, survey
from analysis.shown import ROUND_TO
from geo.errors import InputError
from geo.measures import MEASURES
from geo.network.modes import mode_named
from geo.pack import AreaPack
from geo.values import made_of, parse_json

VERSION = 2
"""Version of the summary's form; it counts up when a field or the way reach is worked out changes."""

MAX_BYTES = 4_000_000
MOST_VALUES = 300_000
"""Brackets and commas of a file: each becomes a value, which takes tens of bytes. A summary has 14 bytes for each."""
LONGEST_LIST = 20_000
MOST_NAMES = 20
"""Names in one object; a summary has 13. Each that is not known is a fault, which takes two kilobytes."""
PEOPLE = "children_0_3"
_CODE, _DIGEST = re.compile(r"[a-z0-9_-]{1,100}"), re.compile(r"[0-9a-f]{12}")

_Part = TypeVar("_Part")
# What a file may hold. A terminal would act on some control characters.
_Text = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
_Whole = Annotated[int, Field(gt=-1_000_000_000, lt=1_000_000_000)]
_Number = Annotated[float, Field(gt=-1e9, lt=1e9, allow_inf_nan=False)]
# The first fault of a list ends the look at it: a small file of faults alone would fill the memory with what is wrong.
_List = Annotated[tuple[_Part, ...], Field(max_length=LONGEST_LIST), FailFast()]


@dataclass(frozen=True)
class Area:
    """A ward, or the ``target`` wards, the ``rest`` or the ``borough``; `target` says which wards are targets."""

    code: _Text
    name: _Text
    target: bool


@dataclass(frozen=True)
class SourceFile:
    """A publisher's file that the pack was compiled from."""

    key: _Text
    title: _Text
    publisher: _Text
    vintage: _Text
    sha256: _Text


@dataclass(frozen=True)
class PackService:
    """A service; metres of the area's grid, `ward` empty outside the borough."""

    id: _Text
    category: _Text
    name: _Text
    ward: _Text
    status: _Text
    source: _Text
    easting: _Number
    northing: _Number


@dataclass(frozen=True)
class Figure:
    """A counted thing under one baseline: how it was made, and its whole number for each area (None where unknown)."""

    measure: _Text
    baseline: _Text
    label: _Text
    unit: _Text
    year: _Text
    source: _Text
    status: _Text
    method: _Text
    values: _List[_Whole | None]


@dataclass(frozen=True)
class Reached:
    """Who reaches one service of the basket.

    Attributes
    ----------
    service, threshold_min, mode, speed_kmh
        What was asked; no speed for a mode in which each street has its own.
    shares
        Share of the children of each area within the threshold; None where it may not be shown.
    serves
        For each area the ids of the places that are the nearest, within the threshold, for at least five of its
        children; empty for groups of wards.
    """

    service: _Text
    threshold_min: _Number
    mode: _Text
    speed_kmh: _Number | None
    shares: _List[_Number | None]
    serves: _List[_List[_Text]]


@dataclass(frozen=True)
class Checksum:
    """A file of the pack and its SHA-256."""

    file: _Text
    sha256: _Text


@dataclass(frozen=True)
class PackSummary:
    """What is kept of a pack.

    Attributes
    ----------
    version
        `VERSION` of the program that made it.
    area, name, digest
        Whose pack, and which.
    people, baseline, people_digest
        Whose reach is told, and a checksum of their small-area counts.
    areas
        Wards, then groups of wards; every row of figures and shares is in this order.
    sources, places, figures, reach, files
        See their classes.
    """

    version: _Whole
    area: _Text
    name: _Text
    digest: _Text
    people: _Text
    baseline: _Text
    people_digest: _Text
    areas: _List[Area]
    sources: _List[SourceFile]
    places: _List[PackService]
    figures: _List[Figure]
    reach: _List[Reached]
    files: _List[Checksum]

    def __post_init__(self) -> None:
        if self.version != VERSION:
            raise InputError(_other_form(self.version))
        if not _CODE.fullmatch(self.area) or not _DIGEST.fullmatch(self.digest):
            raise InputError("the summary does not name its area and digest as a pack does")
        rows = {len(row.values) for row in self.figures} | {len(row.shares) for row in self.reach}
        rows |= {len(row.serves) for row in self.reach}
        if rows - {len(self.areas)}:
            raise InputError("the summary has rows that are not as long as its list of areas")
        keys: list[list[Any]] = [
            [area.code for area in self.areas],
            [source.key for source in self.sources],
            [service.id for service in self.places],
            [(figure.measure, figure.baseline) for figure in self.figures],
            [row.service for row in self.reach],
        ]
        if any(len(set(every)) < len(every) for every in keys):
            raise InputError("the summary names an area, source, service or figure twice")


def summarise(pack: AreaPack, *, basket: Basket | None = None, measured: Survey | None = None) -> PackSummary:
    """Summarise a pack.

    Parameters
    ----------
    pack
        The pack.
    basket
        The services, thresholds and modes of reach; the default basket when left out.
    measured
        Times measured before, under the same services and modes.

    Notes
    -----
    Reach counts children aged 0–3 under the first baseline of the pack that has them.
    """
    wanted = read_basket() if basket is None else basket
    times = survey(pack, wanted) if measured is None else measured.with_basket(wanted)
    baseline = next(base for base in pack.baselines if PEOPLE in pack.measure_names(base))
    targets = set(pack.target_wards)
    keys = Roll.of(pack, PEOPLE, baseline)
    return PackSummary(
        version=VERSION,
        area=pack.code,
        name=pack.name,
        digest=pack.digest,
        people=PEOPLE,
        baseline=baseline,
        people_digest=_digest(pack.lsoa_counts(PEOPLE, baseline)),
        areas=tuple(Area(key, name, key in targets) for key, name in zip(keys.keys, keys.names, strict=True)),
        sources=tuple(
            SourceFile(**{field.name: _line(source[field.name]) for field in fields(SourceFile)})
            for source in pack.sources
        ),
        places=_services(pack),
        figures=(*_figures(pack), *_series(pack)),
        reach=_reach(times, keys, baseline),
        files=tuple(Checksum(file, digest) for file, digest in sorted(pack.manifest.files.items())),
    )


def _services(pack: AreaPack) -> tuple[PackService, ...]:
    texts = pack.services.reset_index()[["id", "category", "name", "ward", "status", "source"]].fillna("").map(_line)
    xy = pack.services[["easting", "northing"]].round(1)
    rows = zip(texts.itertuples(index=False), xy.itertuples(index=False), strict=True)
    return tuple(PackService(*text, *(float(value) for value in at)) for text, at in rows)


def _figures(pack: AreaPack) -> list[Figure]:
    found = []
    for column in pack.measures.columns:
        baseline, measure = column.split(".")
        record = pack.measure_record(measure, baseline)
        values = tuple(_whole(total) for total in totals_by_area(pack, measure=measure, baseline=baseline).shown)
        found.append(
            Figure(
                measure=measure,
                baseline=baseline,
                label=MEASURES[measure].label if measure in MEASURES else _line(record["label"]),
                unit=_line(record["unit"]),
                year=_line(record["year"]),
                source=_line(record["source"]),
                status=str(record["status"]["ward"]),
                method=_line(record["method"]),
                values=values,
            )
        )
    return found


def _series(pack: AreaPack) -> list[Figure]:
    """Figures that their publisher gives by ward and year; each year stands for itself."""
    found = []
    wards = [str(code) for code in pack.wards.index]
    for (measure, period), rows in pack.ward_series.groupby(["measure", "period"]):
        values = rows.set_index("ward")["value"].reindex(wards)
        known = pack.ward_series_named(str(measure))
        found.append(
            Figure(
                measure=str(measure),
                baseline=str(period),
                label=str(measure).replace("_", " ").capitalize() if known is None else known.label,
                unit="people",
                year=str(period),
                source=str(rows["source"].iloc[0]),
                status=str(rows["status"].iloc[0]),
                method="As published, by ward",
                values=(*(_whole(value) for value in values), *(None for _ in groups_of(pack))),
            )
        )
    return found


def _reach(times: Survey, roll: Roll, baseline: str) -> tuple[Reached, ...]:
    table = ward_services(times, measure=PEOPLE, baseline=baseline)
    shares = shown(table, totals_by_area(times.pack, measure=PEOPLE, baseline=baseline))["share_within"]
    found = []
    for row, item in enumerate(times.basket):
        ids = times.sites[row].index.astype(str).to_numpy()
        near = np.where(times.beyond[row], -1, times.site[row])
        serves: list[tuple[str, ...]] = []
        for inside in roll.inside[: roll.n_wards]:
            served = np.bincount(near[inside] + 1, roll.people[inside], minlength=len(ids) + 1)[1:]
            serves.append(tuple(sorted(ids[served >= ROUND_TO])))
        found.append(
            Reached(
                service=item.service,
                threshold_min=item.threshold_min,
                mode=item.mode,
                speed_kmh=mode_named(item.mode).speed_kmh,
                shares=tuple(_known(share) for share in shares.xs(item.service, level="service")),
                serves=(*serves, *(() for _ in roll.keys[roll.n_wards :])),
            )
        )
    return tuple(found)


def _line(value: object) -> str:
    return " ".join(str(value).split())


def _digest(counts: pd.Series) -> str:
    """Return a checksum of the counts of small areas, from which none of them can be worked out."""
    # A millionth of a person is noise of the arithmetic, not news.
    return sha256(counts.sort_index().round(6).to_csv(header=False).encode()).hexdigest()


def _whole(value: float) -> int | None:
    return math.floor(value + 0.5) if math.isfinite(value) else None


def _known(share: float) -> float | None:
    return float(share) if math.isfinite(share) else None


def to_json(summary: PackSummary) -> str:
    """Write a summary as the text of a file; reading it back gives an equal one."""
    return json.dumps(asdict(summary), ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def from_json(text: str | bytes) -> PackSummary:
    """Read a summary.

    Raises
    ------
    InputError
        When it is too large, not JSON, or not a summary; it says where.
    """
    if sum(text.count(sign if isinstance(text, str) else sign.encode()) for sign in "[{,") > MOST_VALUES:
        raise InputError(f"the summary holds more than {MOST_VALUES:,} values: none of this program does")
    content = parse_json(text, "the summary", most_bytes=MAX_BYTES)
    version = content.get("version") if isinstance(content, dict) else None
    if isinstance(version, int) and version != VERSION:
        raise InputError(_other_form(version))
    try:
        _check_size(content)
        return made_of(PackSummary, content, "the summary")
    except InputError as error:
        raise InputError(f"it is not a summary of a pack: {error}") from error


def _check_size(content: object) -> None:
    """Refuse what is far larger than any summary, before anything looks at what it says."""
    rest = [content]
    while rest:
        part = rest.pop()
        if not isinstance(part, dict | list):
            continue
        most, things = (MOST_NAMES, "names") if isinstance(part, dict) else (LONGEST_LIST, "entries")
        if len(part) > most:
            raise InputError(f"it has {len(part):,} {things} where at most {most:,} are allowed")
        rest += part.values() if isinstance(part, dict) else part


def _other_form(version: int) -> str:
    return (
        f"the summary has form {str(version)[:20]}, this program reads {VERSION}: make it again with reach data summary"
    )
