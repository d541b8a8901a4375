"""Dot density: one dot for so many people, at random places beside the residential streets of their small area.

A dot says how many people live around there, never where one of them lives:

- the number of dots of a small area follows from its shown count alone, and an area with fewer than 5 people has none;
- a dot stands for at least `LEAST_PER` people, and lies anywhere within `BESIDE_M` of a residential street of the area,
  each place being as likely as any other. Where people live inside the area plays no part;
- no dot lies within `APART_M` of a postcode, so none can be read as a house.

The same seed gives the same dots. Random dots of this kind are set out in Kimerling 2009
(https://doi.org/10.1559/152304009788188754).
"""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from analysis.shown import ROUND_TO, shown_totals
from geo.errors import InputError
from geo.pack import AreaPack

Floats = npt.NDArray[np.float64]
PER = 20
"""People for each dot, when nothing else is asked."""
LEAST_PER = 10
BESIDE_M = 60.0
APART_M = 15.0
RESIDENTIAL = ("residential", "living_street", "tertiary")
"""Classes of street that people live along; there are homes on others too, and shops and yards more often."""
_LEAST_GROUND_M2 = 5_000.0
_TRIES = 60


@dataclass(frozen=True, eq=False)
class Dots:
    """Dots of people.

    Attributes
    ----------
    measure, baseline
        Who is counted.
    per
        People for each dot.
    xy
        ``(n, 2)`` positions, metres.
    area
        ``(n,)`` code of the small area that each belongs to.
    """

    measure: str
    baseline: str
    per: int
    xy: Floats
    area: npt.NDArray[np.object_]


def dots(pack: AreaPack, *, measure: str, baseline: str, per: int = PER, seed: int = 0) -> Dots:
    """Place one dot for every `per` people of each small area.

    Parameters
    ----------
    pack
        The area.
    measure, baseline
        Who is counted.
    per
        People for each dot, `LEAST_PER` or more.
    seed
        Any whole number, 0 or more; the same one gives the same dots.

    Raises
    ------
    InputError
        When `per` is under `LEAST_PER`.
    UnknownNameError
        When the measure or baseline is unknown.
    """
    if per < LEAST_PER:
        raise InputError(f"a dot for {per} people would show too much: one dot stands for {LEAST_PER} or more")
    numbers = dot_numbers(pack, measure=measure, baseline=baseline, per=per)
    homes = shapely.STRtree(shapely.points(pack.demand_xy))
    placed, codes = [np.empty((0, 2))], []
    for code, ground in _grounds(pack).items():
        number = int(numbers[code])
        rng = np.random.default_rng([seed, crc32(code.encode())])
        placed.append(_scattered(ground, number, homes, rng))
        codes += [code] * number
    return Dots(measure, baseline, per, np.concatenate(placed), np.array(codes, dtype=object))


def dot_numbers(pack: AreaPack, *, measure: str, baseline: str, per: int = PER) -> pd.Series:
    """Return the number of dots of each small area, index its code.

    It differs from the shown count over `per` by less than 1, and over a ward the differences cancel out: what is left
    over in one small area is carried to the next one of the ward. Areas with fewer than 5 people have no dot, and
    nothing of them is carried over. Errors as for :func:`dots`.
    """
    counts = pack.lsoa_counts(measure, baseline).reindex(pack.lsoas.index).fillna(0.0)
    shown = shown_totals(pack, measure, baseline, counts)
    ward = pack.lsoas["ward"]
    up_to = np.floor(shown.where(shown >= ROUND_TO, 0.0).groupby(ward).cumsum() / per + 0.5)
    numbers: pd.Series = up_to.groupby(ward).diff().fillna(up_to).astype(int).rename("dots")
    return numbers


def _grounds(pack: AreaPack) -> dict[str, shapely.Geometry]:
    """Return where dots may lie: beside the residential streets of each small area, or all of it where they are few."""
    network = pack.network
    wanted = [number for number, name in enumerate(network.class_names) if name in RESIDENTIAL]
    lines = network.lines[np.isin(network.edge_class, wanted)]
    tree = shapely.STRtree(lines)
    grounds = {}
    for code, area in pack.lsoas.geometry.items():
        near = lines[tree.query(area, predicate="intersects")]
        beside = shapely.intersection(shapely.buffer(shapely.union_all(near), BESIDE_M), area)
        grounds[str(code)] = beside if shapely.area(beside) >= _LEAST_GROUND_M2 else area
    return grounds


def _scattered(ground: shapely.Geometry, number: int, homes: shapely.STRtree, rng: np.random.Generator) -> Floats:
    """Return so many random places of a shape, ``(number, 2)``, each place being as likely as any other.

    Raises
    ------
    InputError
        When the shape has no room between its postcodes.
    """
    kept = np.empty((0, 2))
    west, south, east, north = shapely.bounds(ground)
    shapely.prepare(ground)
    for _ in range(_TRIES):
        if len(kept) >= number:
            return kept[:number]
        xy = rng.uniform((west, south), (east, north), (16 * number + 64, 2))
        xy = xy[shapely.contains_xy(ground, xy)]
        near = homes.query(shapely.points(xy), predicate="dwithin", distance=APART_M)[0]
        kept = np.concatenate([kept, np.delete(xy, np.unique(near), axis=0)])
    raise InputError("a small area has no room for its dots: its postcodes lie too close together")
