"""Reconciliation: compare the figures of a pack with those that its sources state, one by one."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geo.errors import PackError
from geo.measures import MEASURES
from geo.pack import AreaPack
from geo.packs import open_pack
from geo.vintages import baseline_words

_SQ_MILE_M2 = 1609.344**2


@dataclass(frozen=True)
class Line:
    """One figure of the pack beside the figure that its source states.

    Attributes
    ----------
    figure, stated_by
        What is compared, and who states it.
    stated, pack
        Their figure and the pack's.
    exact
        Whether the two must be equal (to a millionth), or are only shown for comparison, because the source has another
        date or definition.
    """

    figure: str
    stated_by: str
    stated: float
    pack: float
    exact: bool

    @property
    def holds(self) -> bool:
        """Whether an exact figure agrees; a comparison always does."""
        return not self.exact or abs(self.pack - self.stated) < 1e-6


def reconcile(pack: AreaPack) -> list[Line]:
    """Return the reconciliation of a pack: exact figures first, then those shown for comparison."""
    lines = [
        Line(
            f"{MEASURES[record['measure']].label}, {_group_words(pack, control.group)} "
            f"({_baseline_words(pack, record['baseline'])})",
            control.stated_by,
            control.value,
            _total(pack, control.measure, control.baseline, control.group),
            exact=True,
        )
        for control in pack.manifest.controls
        for record in [pack.measure_record(control.measure, control.baseline)]
    ]
    return lines + (_comparisons(pack) if pack.strategy else [])


def check_pack(name: str, root: Path | None = None) -> tuple[AreaPack, list[Line]]:
    """Open a pack, check each file against its checksum and its tables against each other, and reconcile it.

    Raises
    ------
    UnknownNameError
        When there is no such pack.
    PackError
        When a file is missing, damaged or changed, tables do not fit together, or an exact figure does not agree.
    """
    pack = open_pack(name, root)
    _check_tables(pack)
    lines = reconcile(pack)
    missed = [line for line in lines if not line.holds]
    if missed:
        words = "; ".join(f"{line.figure} is {line.pack:,.3f}, stated {line.stated:,.0f}" for line in missed)
        raise PackError(f"the pack {name!r} misses figures that it must give exactly: {words}")
    return pack, lines


def _group_words(pack: AreaPack, group: str) -> str:
    return pack.manifest.particulars.group_words.get(group) or str(pack.wards["name"].get(group, group))


def _baseline_words(pack: AreaPack, baseline: str) -> str:
    """Return the label of a baseline without the remark in brackets."""
    return baseline_words(pack, baseline).partition(" (")[0]


def _total(pack: AreaPack, measure: str, baseline: str, group: str) -> float:
    people, ward = pack.measure(measure, baseline), pack.demand["ward"]
    if group == "borough":
        return float(people.sum())
    stated = pack.areas.index[(pack.areas["level"] == "ward") & pack.areas["target"]]
    inside = ward.isin(stated) if group in ("target", "rest") else ward == group
    return float(people[(~inside if group == "rest" else inside).to_numpy()].sum())


def _comparisons(pack: AreaPack) -> list[Line]:
    stated, by = pack.strategy["borough"], "strategy, for comparison"
    area_m2, named = float(pack.wards.geometry.area.sum()), pack.manifest.particulars.group_words
    whole, targets = named["borough"], named["target"]
    people = _total(pack, "population", "strategy", "borough")
    children = [_total(pack, "children_0_17", "strategy", group) for group in ("target", "borough")]
    stations = pack.services_of("rail_station")
    poverty = [_total(pack, measure, "strategy", "borough") for measure in ("children_in_poverty", "children_0_17")]
    return [
        Line(f"People, {whole} (approximate)", by, stated["population"], people, exact=False),
        Line("Area, square miles", by, stated["area_sq_miles"], area_m2 / _SQ_MILE_M2, exact=False),
        Line("People per km²", by, stated["density_per_km2"], people / area_m2 * 1e6, exact=False),
        Line(
            f"Share of the {whole}'s children 0–17 in the {targets}",
            by,
            pack.strategy["targets"]["share_of_borough_children"],
            children[0] / children[1],
            exact=False,
        ),
        Line(
            f"Share of children aged 0–17 in poverty, {whole} (stated for under 16)",
            by,
            stated["child_poverty_rate_under_16"],
            poverty[0] / poverty[1],
            exact=False,
        ),
        Line("Railway stations", by, stated["railway_stations"], float((stations["ward"] != "").sum()), exact=False),
    ]


def _check_tables(pack: AreaPack) -> None:
    """Check what the tables say together, beyond what is checked whenever a pack is opened."""
    lsoas = set(pack.lsoas.index)
    faults = []
    if set(pack.demand["lsoa"]) != lsoas:
        faults.append("demand and boundaries do not have the same LSOAs")
    if not np.allclose(pack.demand.groupby("lsoa")["share"].sum(), 1.0, atol=1e-9):
        faults.append("the shares of an LSOA's postcodes do not sum to 1")
    if pack.demand["postcode"].duplicated().any():
        faults.append("a postcode stands twice")
    if pack.network.components().max() > 0:
        faults.append("the street network is not in one piece")
    if faults:
        raise PackError(f"the pack {pack.code!r} does not fit together: {'; '.join(faults)}; build it again")
