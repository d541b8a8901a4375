"""Check that small areas nest: every output area in one LSOA, every LSOA in one ward."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import SourceError

_SHOWN = 5


@dataclass(frozen=True)
class Nesting:
    """How well the shapes of small areas agree with those of the areas that they make up.

    Attributes
    ----------
    outside_share
        For each child code, the share of its area (0 to 1) that lies outside its parent. More than 0 when the two
        levels were generalised separately.
    area_change
        For each parent code, the area of its children over its own, less 1.
    """

    outside_share: pd.Series
    area_change: pd.Series


def check_nesting(children: gpd.GeoDataFrame, parents: gpd.GeoDataFrame, parent_of: pd.Series) -> Nesting:
    """Check that codes nest exactly, and that the shapes agree with them.

    The shapes may come from publications that were generalised separately, so that a child may lie partly outside
    its parent; but no other parent may cover more of the child.

    Parameters
    ----------
    children, parents
        Areas as :func:`geo.boundaries.load.read_boundaries` gives them, in one CRS, metres.
    parent_of
        Parent code indexed by child code. Codes of children that are not in ``children`` are ignored.

    Raises
    ------
    SourceError
        If a child has no parent, a parent is unknown or has no child, or a child lies mostly elsewhere.
    """
    codes = children["code"]
    lost = sorted(set(codes) - set(parent_of.index))
    if lost:
        raise SourceError(f"the look-up has no parent for {_listed(lost)}")
    named = parent_of.reindex(codes)
    unknown = sorted(set(named) - set(parents["code"]))
    if unknown:
        raise SourceError(f"the look-up names areas that have no boundary: {_listed(unknown)}")
    childless = sorted(set(parents["code"]) - set(named))
    if childless:
        raise SourceError(f"no smaller area belongs to {_listed(childless)}")

    overlap = _overlaps(children, parents)
    best = overlap.sort_values(["child", "area", "parent"], ascending=[True, False, True])
    drawn = best.drop_duplicates("child").set_index("child")["parent"].reindex(codes)
    strays = sorted(codes[(drawn.to_numpy() != named.to_numpy())])
    if strays:
        detail = [f"{code} (look-up {named[code]}, map {drawn[code]})" for code in strays]
        raise SourceError(f"areas lie outside the parent that the look-up gives: {_listed(detail)}")

    inside = overlap.set_index(["child", "parent"])["area"]
    own = pd.Series(children.geometry.area.to_numpy(), index=codes.to_numpy())
    within = inside.reindex(pd.MultiIndex.from_arrays([codes, named.to_numpy()])).to_numpy(dtype=np.float64)
    whole = pd.Series(parents.geometry.area.to_numpy(), index=parents["code"].to_numpy()).sort_index()
    return Nesting(
        outside_share=pd.Series(np.maximum(0.0, 1 - within / own.to_numpy()), index=own.index).sort_index(),
        area_change=own.groupby(named.to_numpy()).sum() / whole - 1,
    )


def _overlaps(children: gpd.GeoDataFrame, parents: gpd.GeoDataFrame) -> pd.DataFrame:
    small, large = children.geometry.to_numpy(), parents.geometry.to_numpy()
    left, right = shapely.STRtree(large).query(small, predicate="intersects")
    area = shapely.area(shapely.intersection(small[left], large[right]))
    return pd.DataFrame(
        {"child": children["code"].to_numpy()[left], "parent": parents["code"].to_numpy()[right], "area": area}
    )


def _listed(codes: Sequence[str]) -> str:
    more = f" and {len(codes) - _SHOWN} more" if len(codes) > _SHOWN else ""
    return ", ".join(codes[:_SHOWN]) + more


def best_fit(children: gpd.GeoDataFrame, parents: gpd.GeoDataFrame) -> pd.DataFrame:
    """Find the parent that has most of each child's ground (best fit, as statistical offices do for wards).

    Parameters
    ----------
    children, parents
        Areas with ``code`` and ``geometry``, in one CRS, metres.

    Returns
    -------
    pandas.DataFrame
        Index child code, in the order of `children`: ``parent`` (the lowest code where two have the same area), and
        ``share`` (0 to 1) of the child's ground that lies in it. ``attrs["overlap"]`` has the share of every pair.

    Raises
    ------
    SourceError
        When a child lies outside all parents.
    """
    overlap = _overlaps(children, parents)
    own = pd.Series(children.geometry.area.to_numpy(), index=children["code"].to_numpy())
    overlap["share"] = overlap["area"] / overlap["child"].map(own)
    best = overlap[overlap["area"] > 0].sort_values(["child", "area", "parent"], ascending=[True, False, True])
    found = best.drop_duplicates("child").set_index("child")[["parent", "share"]].reindex(children["code"])
    lost = sorted(found.index[found["parent"].isna()])
    if lost:
        raise SourceError(f"areas lie outside all areas of the next level: {_listed(lost)}")
    found.attrs["overlap"] = overlap.set_index(["child", "parent"])["share"]
    return found
