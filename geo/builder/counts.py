"""Counts by small area: the baselines, the indices of deprivation and the yearly ward figures of a recipe."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from geo.builder.levels import Levels
from geo.builder.reading import Reading, check_complete, listed
from geo.errors import SourceError
from geo.measures import WHOLES, Compiled, measure_named, measure_record, strategy_measures
from geo.recipe import Recipe
from geo.recipe_counts import BaselineRecipe, CountsTable, IndexRecipe
from geo.sources.counts import parts_and_wholes, read_long, read_pairs, read_wide
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
            parts: list[pd.DataFrame] = []
            for table in one.tables:
                # A later table may follow the pattern of an earlier one of its own baseline.
                own = {one.name: pd.concat(parts, axis=1)} if parts else {}
                parts.append(_counts(reading, levels, table, tables | own))
            tables[one.name] = pd.concat(parts, axis=1)
            twice = tables[one.name].columns[tables[one.name].columns.duplicated()].tolist()
            if twice:
                raise SourceError(f"baseline {one.name}: two of its tables have {twice[0]}")
            records[one.name] = [
                _record(reading.recipe, one, table, measure) for table in one.tables for measure in table.measures
            ]
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
        merge: Literal["", "mean"] = "mean" if one.merge else ""
        score = read_wide(path, one.code, {"score": one.score}, low=one.lowest, high=one.highest, merge=merge)
        check_complete(path, list(score.index), codes, "small areas")
        columns[f"{one.name}_score"] = score["score"].reindex(codes)
        if one.decile:
            decile = read_wide(path, one.code, {"decile": one.decile}, low=1, high=10, merge=merge)
            columns[f"{one.name}_decile"] = decile["decile"].reindex(codes)
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


def _counts(reading: Reading, levels: Levels, one: CountsTable, before: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the counts of one table, index ``lsoa``, a column a measure."""
    for measure in one.measures:
        measure_named(measure)
    path = reading.path(one.source)
    areas = levels.of(one.level)
    if areas.empty:
        raise SourceError(f"{path.name}: its level {one.level!r} is not one of the recipe's levels")
    if one.layout == "long":
        table = read_long(path, one.code, one.measures)
    else:
        table = read_wide(
            path,
            one.code,
            one.measures,
            sums=one.sums,
            blank=one.blank is not None,
            merge="sum" if one.merge else "",
        )
    rows_read = int(table.attrs["rows_read"])
    table = _in_codes_of_the_level(reading, one, table)
    if one.blank is not None:
        table = table.fillna(one.blank)
    codes = list(areas["code"])
    plural = next(level.plural for level in reading.recipe.levels if level.name == one.level)
    if one.fill:
        table = _filled(table, areas, path)
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
        read=rows_read,
        used=min(len(codes), rows_read) if fresh else 0,
        left_out={"outside the area": int((~table.index.isin(codes)).sum())} if fresh else None,
    )
    if one.level == "oa":
        lsoa = areas.set_index("code")["lsoa"]
        return inside.groupby(lsoa.reindex(inside.index)).sum().rename_axis("lsoa")
    if one.level == "ward":
        return _spread(levels, one, inside, before)
    return inside.rename_axis("lsoa").sort_index()


def _in_codes_of_the_level(reading: Reading, one: CountsTable, table: pd.DataFrame) -> pd.DataFrame:
    """Turn the codes of a table into those of its level, by the look-up that the recipe names."""
    if one.via is None:
        return table
    pairs = read_pairs(reading.path(one.via.source), one.via.code, one.via.next)
    known = table[table.index.isin(pairs.index)]
    turned = known.set_axis(pairs.reindex(known.index).to_numpy())
    if turned.index.duplicated().any():
        twice = turned.index[turned.index.duplicated()][0]
        name = reading.path(one.source).name
        raise SourceError(f"{name}: two areas belong to {twice}, so the look-up is not one to one")
    turned.attrs = {"lines": {str(pairs[code]): line for code, line in table.attrs["lines"].items() if code in pairs}}
    return turned


def _filled(table: pd.DataFrame, areas: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Give the finest areas without a row the mean of those of their small area that have one."""
    lsoa = areas.set_index("code")["lsoa"]
    every = table.reindex(lsoa.index)
    filled = every.fillna(every.groupby(lsoa).transform("mean"))
    if filled.isna().to_numpy().any():
        empty = sorted(set(lsoa[filled.isna().any(axis=1)]))
        raise SourceError(f"{path.name}: no part of {listed(empty)} has a row, so there is nothing to fill in from")
    filled.attrs = dict(table.attrs)
    return filled


def _spread(levels: Levels, one: CountsTable, wards: pd.DataFrame, before: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Spread counts of wards over their small areas by the pattern of a measure of another baseline."""
    base, _, measure = one.spread_by.partition(".")
    if base not in before or measure not in before[base]:
        known = ", ".join(f"{name}.{column}" for name, table in before.items() for column in table)
        raise SourceError(f"{one.source}: spread_by is {one.spread_by!r}; the counts before it are {known}")
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


def _record(recipe: Recipe, one: BaselineRecipe, table: CountsTable, measure: str) -> dict[str, Any]:
    status, method = _STATUS[one.kind], _METHODS[one.kind]
    if table.level == "ward":
        base, _, pattern = table.spread_by.partition(".")
        label = measure_named(pattern).label.lower()
        method += f", by ward; inside a ward spread by {label} ({base.replace('_', ' ')})"
    if table.fill:
        finest = recipe.levels[0]
        method += f"; {finest.plural} whose code has changed count as the mean of their small area"
    if table.blank is not None:
        method += f"; a figure that the publisher leaves blank counts as {table.blank:g}"
    record = measure_record(
        measure, one.name, one.year, table.source, status, f"{method}; {shared_out(recipe, recipe.levels[0].plural)}"
    )
    if table.level == "ward":
        record["status"]["lsoa"] = "modelled"
    if table.fill or table.blank is not None:
        record["status"] = dict.fromkeys(record["status"], "modelled")
    return record


def shared_out(recipe: Recipe, finest: str) -> str:
    """Say how the counts of a small area are shared out to its homes."""
    homes = "postcodes" if recipe.homes.source else finest
    by = " by the households of their " + recipe.levels[0].label if recipe.homes.weight_source else " in equal parts"
    return f"inside a small area shared out to its {homes}{by}"
