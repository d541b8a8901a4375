"""Demand points (origins): the postcodes of an area, or its finest areas, each with its share of the people."""

from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.boundaries.lookup import locate
from geo.builder.levels import Levels, positions
from geo.builder.reading import Reading, check_complete, listed
from geo.demand import postcode_shares
from geo.errors import SourceError
from geo.sources.code_point_open import read_code_point_open
from geo.sources.counts import read_wide
from geo.sources.postcodes import read_postcode_table

# The generalised coast leaves some seafront homes a little out to sea.
_SHORE_M = 500.0


def read_homes(reading: Reading, levels: Levels) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the demand points, and all postcodes of the file, for placing services.

    Returns
    -------
    homes
        ``postcode, easting, northing, quality, oa, lsoa, ward, share``: `share` of the people of its LSOA. Where areas
        stand for homes, `postcode` is the code of the area.
    postcodes
        ``postcode, easting, northing``, sorted; none where the recipe has no list of them.

    Raises
    ------
    SourceError
        When no postcode belongs to the authority, one lies far from every area, or an area has no home.
    """
    recipe = reading.recipe
    finest = levels.of(recipe.levels[0].name)
    if recipe.homes.source:
        homes, postcodes = _postcodes(reading, levels, finest)
    else:
        homes, postcodes = _areas(finest), _none()
    by_code = finest.set_index("code")
    homes["lsoa"] = homes["oa"].map(by_code["lsoa"])
    homes["ward"] = homes["oa"].map(by_code["ward"])
    homes["share"] = postcode_shares(homes, _weights(reading, finest))
    if recipe.levels[0].name != "oa":
        # Without output areas the small areas are the finest, and there is no code below theirs.
        homes["oa"] = ""
    return homes, postcodes


def outside_shares(homes: pd.DataFrame, levels: Levels) -> dict[str, float]:
    """Return, for each level, the share of homes whose position lies in another area of the next level than theirs."""
    xy = homes[["easting", "northing"]].to_numpy(np.float64)
    found = {"ward": 0.0}
    for level, above in (("oa", "lsoa"), ("lsoa", "ward")):
        if level == "oa" and not (homes["oa"] != "").any():
            continue
        drawn = locate(xy, levels.of(above), within_m=_SHORE_M).codes
        found[level] = round(float((drawn != homes[above].to_numpy()).mean()), 4)
    return found


def _postcodes(reading: Reading, levels: Levels, finest: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    homes_recipe, recipe = reading.recipe.homes, reading.recipe
    key = homes_recipe.source
    if homes_recipe.reader == "table":
        postcodes = reading.frame(key, read_postcode_table, columns=homes_recipe.columns)
    else:
        postcodes = reading.frame(key, read_code_point_open)
    file = reading.source(key).file
    inside = postcodes[postcodes["district"] == recipe.lad_code].sort_values("postcode", ignore_index=True)
    if inside.empty:
        codes = postcodes["district"].value_counts().index.tolist()
        raise SourceError(f"{file}: no postcode has the authority {recipe.lad_code}; the file has {listed(codes)}")
    located = locate(inside[["easting", "northing"]].to_numpy(), finest, within_m=_SHORE_M)
    adrift = inside.loc[located.codes == "", "postcode"].tolist()
    if adrift:
        raise SourceError(
            f"{file}: postcodes of the authority lie further than {_SHORE_M:.0f} m from its "
            f"{recipe.levels[0].plural}: {listed(adrift)}; is the file of another grid than {recipe.crs}?"
        )
    near = within(postcodes, levels.outline, recipe.network_margin_m)
    reading.count(
        key,
        read=postcodes.attrs["rows_read"],
        used=int((near | (postcodes["district"] == recipe.lad_code).to_numpy()).sum()),
        left_out={
            "no position": postcodes.attrs["dropped"],
            "outside the area and its margin": int(
                (~near & (postcodes["district"] != recipe.lad_code).to_numpy()).sum()
            ),
        },
    )
    columns = ["postcode", "easting", "northing"]
    homes = inside[[*columns, "quality"]].assign(oa=located.codes)
    return homes, postcodes[columns].sort_values("postcode", ignore_index=True)


def _areas(finest: Any) -> pd.DataFrame:
    xy = positions(finest)
    codes = finest["code"].to_numpy()
    return pd.DataFrame(
        {"postcode": codes, "easting": xy[:, 0], "northing": xy[:, 1], "quality": 60, "oa": codes}
    ).sort_values("postcode", ignore_index=True)


def _none() -> pd.DataFrame:
    return pd.DataFrame({"postcode": [], "easting": [], "northing": []}).astype(
        {"postcode": "str", "easting": "float64", "northing": "float64"}
    )


def _weights(reading: Reading, finest: Any) -> pd.DataFrame:
    """Return the households of each finest area (NaN where unknown), with its LSOA."""
    homes = reading.recipe.homes
    frame = pd.DataFrame({"oa": finest["code"].to_numpy(), "lsoa": finest["lsoa"].to_numpy(), "households": np.nan})
    if not homes.weight_source:
        return frame
    path = reading.path(homes.weight_source)
    table = read_wide(path, homes.weight_code, {"households": homes.weight}, blank=True)
    check_complete(path, list(table.index), list(frame["oa"]), reading.recipe.levels[0].plural)
    weights = table["households"].reindex(frame["oa"]).to_numpy()
    unknown = int(np.isnan(weights).sum())
    reading.count(
        homes.weight_source,
        read=table.attrs["rows_read"],
        used=len(frame),
        left_out={"outside the area": int((~table.index.isin(frame["oa"])).sum())},
    )
    if unknown == len(frame):
        raise SourceError(f"{path.name}: column {homes.weight} is blank for every area")
    return frame.assign(households=weights)


def within(frame: pd.DataFrame, outline: Any, margin_m: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which rows with ``easting, northing`` lie within a distance of an area, ``(n,)``."""
    shapely.prepare(outline)
    points = shapely.points(frame[["easting", "northing"]].to_numpy(np.float64))
    return np.asarray(shapely.dwithin(points, outline, margin_m), dtype=bool)
