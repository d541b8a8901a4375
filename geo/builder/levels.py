"""Boundaries of all levels of an area, and in which area of the next level each lies."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.boundaries.generalise import generalise
from geo.boundaries.load import read_boundaries
from geo.boundaries.nesting import best_fit, check_nesting
from geo.builder.reading import Reading, check_complete, listed
from geo.errors import SourceError
from geo.recipe import LevelRecipe
from geo.sources.counts import read_pairs

_DRAWN_FIRST = {"ward": 0, "lsoa": 1, "oa": 2}


@dataclass(frozen=True, eq=False)
class Levels:
    """Areas of all levels.

    Attributes
    ----------
    areas
        ``level, code, name, ward, lsoa, target, geometry``: as the pack has them.
    target
        Whether each ward is in the group ``target``; index ward code.
    names
        Name of each ward, index ward code.
    groups
        Codes of the wards of each group.
    outline
        All wards together.
    """

    areas: gpd.GeoDataFrame
    target: pd.Series
    names: pd.Series
    groups: dict[str, tuple[str, ...]]
    outline: Any

    def of(self, level: str) -> gpd.GeoDataFrame:
        """Return the areas of one level."""
        return self.areas[self.areas["level"] == level]


def read_levels(reading: Reading, stated_targets: list[str]) -> Levels:
    """Read and join the boundaries of every level.

    Parameters
    ----------
    reading
        The recipe's files.
    stated_targets
        Names of the target wards as the local strategy states them; empty without a strategy.

    Raises
    ------
    SourceError
        When boundaries are missing or do not nest as the recipe says, or a group names a ward that is not there.
    """
    recipes = reading.recipe.levels
    frames = []
    for one in recipes:
        frame = read_boundaries(reading.path(one.source), one.code, one.title or None, grid=reading.recipe.crs)
        reading.count(one.source, read=len(frame), used=len(frame))
        frames.append(frame)
    parents = [
        _parents(reading, one, frame, above) for one, frame, above in zip(recipes, frames, frames[1:], strict=False)
    ]
    areas = _joined(recipes, _generalised(recipes, frames, parents), parents, reading.recipe.crs)
    wards = frames[-1]
    names = wards.set_index("code")["name"]
    groups = _groups(reading, names, stated_targets)
    target = pd.Series(names.index.isin(groups.get("target", ())), index=names.index)
    areas["target"] = areas["ward"].map(target).astype(bool)
    columns = ["level", "code", "name", "ward", "lsoa", "target", "geometry"]
    areas = areas[columns].sort_values(
        ["level", "code"], key=lambda column: column.map(_DRAWN_FIRST) if column.name == "level" else column
    )
    areas = gpd.GeoDataFrame(areas.reset_index(drop=True), geometry="geometry", crs=reading.recipe.crs)
    return Levels(areas, target, names, groups, areas[areas["level"] == "ward"].union_all())


def _parents(reading: Reading, one: LevelRecipe, frame: gpd.GeoDataFrame, above: gpd.GeoDataFrame) -> pd.Series:
    """Return the code in the next level of each area."""
    if one.in_next is None:
        shares = best_fit(frame, above)
        parents = shares["parent"]
    else:
        path = reading.path(one.in_next.source)
        pairs = read_pairs(path, one.in_next.code, one.in_next.next)
        check_complete(path, list(pairs.index), list(frame["code"]), one.plural)
        parents = pairs.reindex(frame["code"])
        reading.count(one.in_next.source, read=pairs.attrs["rows_read"], used=0)
        unknown = sorted(set(parents) - set(above["code"]))
        if unknown:
            raise SourceError(
                f"{path.name}: column {one.in_next.next}: no boundary has {listed(unknown)}; take the table and the "
                "boundaries of one vintage"
            )
        shares = best_fit(frame, above)
        shares["share"] = (
            shares.attrs["overlap"]
            .reindex(pd.MultiIndex.from_arrays([parents.index, parents.to_numpy()]))
            .fillna(0.0)
            .to_numpy()
        )
    if one.nesting == "exact":
        check_nesting(frame, above, parents)
        return parents
    loose = shares.index[shares["share"] < one.least_share].tolist()
    if loose:
        raise SourceError(
            f"level {one.name}: less than {one.least_share:.0%} of {listed(sorted(loose))} lies in the area of the "
            "next level that it belongs to; lower least_share, or use boundaries that fit"
        )
    childless = sorted(set(above["code"]) - set(parents))
    if childless:
        raise SourceError(f"level {one.name}: by best fit nothing belongs to {listed(childless)}")
    return parents


def _generalised(
    recipes: tuple[LevelRecipe, ...], frames: list[gpd.GeoDataFrame], parents: list[pd.Series]
) -> list[gpd.GeoDataFrame]:
    """Generalise levels that nest exactly together, and those above a best fit by themselves."""
    done: list[gpd.GeoDataFrame] = []
    start = 0
    for end, one in enumerate(recipes):
        if one.nesting == "best fit" or end == len(recipes) - 1:
            done += generalise(frames[start : end + 1], parents[start:end]).levels
            start = end + 1
    return done


def _joined(
    recipes: tuple[LevelRecipe, ...], levels: list[gpd.GeoDataFrame], parents: list[pd.Series], crs: str
) -> gpd.GeoDataFrame:
    of = {one.name: parent for one, parent in zip(recipes, parents, strict=False)}
    frames = []
    for one, frame in zip(recipes, levels, strict=True):
        codes = frame["code"]
        lsoa = codes.map(of["oa"]) if one.name == "oa" else codes if one.name == "lsoa" else ""
        ward = codes if one.name == "ward" else pd.Series(lsoa, index=codes.index).map(of["lsoa"])
        frames.append(frame.assign(level=one.name, lsoa=lsoa, ward=ward))
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), geometry="geometry", crs=crs)


def _groups(reading: Reading, names: pd.Series, stated: list[str]) -> dict[str, tuple[str, ...]]:
    groups = {}
    for one in reading.recipe.groups:
        unknown = sorted(set(one.wards) - set(names))
        if unknown:
            raise SourceError(
                f"group {one.name!r} names wards that have no boundary: {listed(unknown)}; the boundaries have "
                f"{', '.join(sorted(names))}"
            )
        groups[one.name] = tuple(sorted(names.index[names.isin(one.wards)]))
    targets = {str(names[code]) for code in groups.get("target", ())}
    if stated and targets != set(stated):
        raise SourceError(
            "the target wards of the recipe are not those of the strategy: "
            f"{', '.join(sorted(targets ^ set(stated)))} stand in one alone"
        )
    return groups


def positions(areas: gpd.GeoDataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a point inside each area, metres to the centimetre, ``(n, 2)``."""
    return np.asarray(np.rint(shapely.get_coordinates(areas.geometry.representative_point()) * 100) / 100)
