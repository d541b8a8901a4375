"""Counts by small area: the baselines, the indices of deprivation and the yearly ward figures of a recipe."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from geo.builder.levels import Levels
from geo.builder.reading import Reading, check_complete
from geo.errors import SourceError
from geo.measures import MEASURES, WHOLES, Compiled, measure_named, measure_record, strategy_measures
from geo.recipe import BaselineRecipe, IndexRecipe, Recipe
from geo.sources.counts import parts_and_wholes, read_long, read_wide
from geo.sources.low_income import read_low_income

_METHODS = {
    "census": "As counted by the census",
    "estimate": "As estimated by its publisher",
    "index": "As estimated by its publisher, to the nearest 5 or 10",
}
_STATUS = {"census": "census", "estimate": "modelled", "index": "modelled"}


def read_baselines(reading: Reading, levels: Levels, strategy: Mapping[str, Any], scores: pd.DataFrame) -> Compiled:
    """Read the counts of every baseline by LSOA.

    Parameters
    ----------
    reading, levels
        The recipe's files, and the areas that counts must be of.
    strategy
        What the local strategy states; empty without one.
    scores
        From :func:`read_indices`.

    Raises
    ------
    SourceError
        When a small area is missing, a part is more than its whole, or stated figures contradict each other.
    """
    tables: dict[str, pd.DataFrame] = {}
    records: dict[str, list[dict[str, Any]]] = {}
    for one in reading.recipe.baselines:
        if one.kind != "stated":
            tables[one.name] = _counts(reading, levels, one, tables)
            records[one.name] = [_record(reading.recipe, one, measure) for measure in one.measures]
    for one in reading.recipe.baselines:
        if one.kind == "stated":
            stated = _stated(reading.recipe, one, tables[one.pattern], scores, strategy, levels)
            tables[one.name], records[one.name] = stated.table, stated.records
    columns = {
        f"{one.name}.{measure}": column
        for one in reading.recipe.baselines
        for measure, column in tables[one.name].items()
    }
    every = [record for one in reading.recipe.baselines for record in records[one.name]]
    return Compiled(pd.DataFrame(columns), every)


def read_indices(reading: Reading, levels: Levels) -> pd.DataFrame:
    """Read the scores of every index: index ``lsoa``, columns as :class:`geo.particulars.Index` says.

    An index whose people are those of a baseline gets them by :func:`add_people`, when the counts have been read.
    """
    codes = list(levels.of("lsoa")["code"])
    columns: dict[str, pd.Series] = {}
    for one in reading.recipe.indices:
        path = reading.path(one.source)
        score = read_wide(path, one.code, {"score": one.score}, low=one.lowest, high=one.highest)
        check_complete(path, list(score.index), codes, "small areas")
        columns[f"{one.name}_score"] = score["score"].reindex(codes)
        if one.decile:
            decile = read_wide(path, one.code, {"decile": one.decile}, low=1, high=10)["decile"]
            columns[f"{one.name}_decile"] = decile.reindex(codes)
        if one.people:
            columns[f"{one.name}_people"] = read_wide(path, one.code, {"people": one.people})["people"].reindex(codes)
        outside = int((~score.index.isin(codes)).sum())
        fresh = not reading.tallies[one.source].used
        reading.count(
            one.source,
            read=score.attrs["rows_read"],
            used=len(codes) if fresh else 0,
            left_out={"outside the area": outside} if fresh else None,
        )
    return pd.DataFrame(columns, index=pd.Index(codes, name="lsoa"))


def add_people(indices: tuple[IndexRecipe, ...], scores: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Add the people of the indices that take them from a baseline, in the order of the recipe.

    Raises
    ------
    SourceError
        When there is no such baseline and measure.
    """
    scores = scores.copy()
    for one in indices:
        if one.people_of:
            if one.people_of not in counts:
                known = ", ".join(counts.columns)
                raise SourceError(f"index {one.name}: people_of is {one.people_of!r}; the counts are {known}")
            scores[f"{one.name}_people"] = counts[one.people_of].reindex(scores.index)
    order = [
        column
        for one in indices
        for column in (f"{one.name}_score", f"{one.name}_decile", f"{one.name}_people")
        if column in scores
    ]
    return scores[order]


def read_ward_series(reading: Reading, levels: Levels) -> pd.DataFrame:
    """Read the yearly figures by ward: ``ward, measure, period, value, provisional, status, source``."""
    columns = ["ward", "measure", "period", "value", "provisional", "status", "source"]
    parts = []
    for one in reading.recipe.ward_series:
        table = reading.frame(one.source, read_low_income, code_column=one.code, name_column=one.title)
        path = reading.path(one.source)
        check_complete(path, list(table["ward"].unique()), list(levels.names.index), "wards")
        kept = table[table["ward"].isin(levels.names.index)]
        reading.count(
            one.source,
            read=int(table["ward"].nunique()),
            used=int(kept["ward"].nunique()),
            left_out={"outside the area": int(table["ward"].nunique() - kept["ward"].nunique())},
        )
        parts.append(kept.assign(measure=one.name, status="modelled", source=one.source)[columns])
    if not parts:
        kinds = {"value": "float64", "provisional": "bool"}
        return pd.DataFrame({name: [] for name in columns}).astype({name: kinds.get(name, "str") for name in columns})
    return pd.concat(parts).sort_values(["measure", "ward", "period"], ignore_index=True)


def _counts(reading: Reading, levels: Levels, one: BaselineRecipe, before: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the counts of one baseline, index ``lsoa``, a column a measure."""
    for measure in one.measures:
        measure_named(measure)
    path = reading.path(one.source)
    if one.layout == "long":
        table = read_long(path, one.code, one.measures)
    else:
        table = read_wide(path, one.code, one.measures, sums=one.sums)
    areas = levels.of(one.level)
    if areas.empty:
        raise SourceError(f"baseline {one.name}: level {one.level!r} is not one of the recipe's levels")
    codes = list(areas["code"])
    plural = next(level.plural for level in reading.recipe.levels if level.name == one.level)
    check_complete(path, list(table.index), codes, plural)
    blank = table.loc[codes].isna().any(axis=1)
    if blank.any():
        check_complete(path, [code for code in codes if not blank[code]], codes, f"{plural} with every measure")
    inside = table.loc[codes]
    inside.attrs = dict(table.attrs)
    parts_and_wholes(inside, path, WHOLES)
    fresh = not reading.tallies[one.source].used
    reading.count(
        one.source,
        read=table.attrs["rows_read"],
        used=len(codes) if fresh else 0,
        left_out={"outside the area": int((~table.index.isin(codes)).sum())} if fresh else None,
    )
    if one.level == "oa":
        lsoa = areas.set_index("code")["lsoa"]
        return inside.groupby(lsoa.reindex(inside.index)).sum().rename_axis("lsoa")
    if one.level == "ward":
        return _spread(levels, one, inside, before)
    return inside.rename_axis("lsoa").sort_index()


def _spread(
    levels: Levels, one: BaselineRecipe, wards: pd.DataFrame, before: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Spread counts of wards over their small areas by the pattern of a measure of another baseline."""
    base, _, measure = one.spread_by.partition(".")
    if base not in before or measure not in before[base]:
        known = ", ".join(f"{name}.{column}" for name, table in before.items() for column in table)
        raise SourceError(f"baseline {one.name}: spread_by is {one.spread_by!r}; the counts before it are {known}")
    pattern = before[base][measure]
    ward = levels.of("lsoa").set_index("code")["ward"].reindex(pattern.index)
    whole = pattern.groupby(ward).transform("sum")
    share = pd.Series(np.where(whole > 0, pattern / whole.where(whole > 0), 0.0), index=pattern.index)
    spread = wards.reindex(ward).to_numpy(np.float64) * share.to_numpy()[:, None]
    return pd.DataFrame(spread, index=pattern.index, columns=wards.columns)


def _stated(
    recipe: Recipe,
    one: BaselineRecipe,
    pattern: pd.DataFrame,
    scores: pd.DataFrame,
    strategy: Mapping[str, Any],
    levels: Levels,
) -> Compiled:
    label = next(base.label for base in recipe.baselines if base.name == one.pattern)
    areas = levels.of("lsoa").set_index("code").loc[pattern.index]
    frame = pd.DataFrame({"ward": areas["ward"], "target": areas["target"]})
    codes = {str(name): str(code) for code, name in levels.names.items()}
    return strategy_measures(one, pattern, label, frame, scores, strategy, codes)


def _record(recipe: Recipe, one: BaselineRecipe, measure: str) -> dict[str, Any]:
    status, method = _STATUS[one.kind], _METHODS[one.kind]
    finest = recipe.levels[0].plural
    if one.level == "ward":
        base, _, pattern = one.spread_by.partition(".")
        method += f", by ward; inside a ward spread by {MEASURES[pattern].label.lower()} ({base.replace('_', ' ')})"
    record = measure_record(measure, one.name, one.year, one.source, status, f"{method}; {shared_out(recipe, finest)}")
    if one.level == "ward":
        record["status"]["lsoa"] = "modelled"
    return record


def shared_out(recipe: Recipe, finest: str) -> str:
    """Say how the counts of a small area are shared out to its homes."""
    homes = "postcodes" if recipe.homes.source else finest
    by = " by the households of their " + recipe.levels[0].label if recipe.homes.weight_source else " in equal parts"
    return f"inside a small area shared out to its {homes}{by}"
