"""Read a user's table of counts by area or postcode, and turn it into counts of the pack's small areas."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from geo.errors import InputError
from geo.own.columns import COUNTS, find_columns
from geo.own.grid import Bools, Floats
from geo.own.notes import Notes
from geo.own.numbers import numbers
from geo.own.table import LONGEST_NAME, Problem, Table
from geo.pack import AreaPack
from geo.places import tidy_postcode

POSTCODE = "postcode"
COLUMNS = ("measure", "lsoa", "value")
MOST_MEASURES = 20
_MOST = 1e9
_LEVEL_WORDS = MappingProxyType({"oa": "output areas", "lsoa": "LSOAs", "ward": "wards", POSTCODE: "postcodes"})


@dataclass(frozen=True, eq=False)
class Counts:
    """What a table of counts holds.

    Attributes
    ----------
    table
        The table as it was given.
    columns
        The column of the table that was taken for each meaning.
    rows
        `COLUMNS`: the count of each small area that the good rows cover, for each measure; 0 or more.
    levels
        What the rows of each measure are counted by: a level of the pack, or ``postcode``.
    used
        How many rows of the table are in it.
    problems
        What is wrong with the other rows, by line.
    """

    table: Table
    columns: Mapping[str, str]
    rows: pd.DataFrame
    levels: Mapping[str, str]
    used: int
    problems: tuple[Problem, ...]


def read_counts(
    table: Table,
    pack: AreaPack,
    *,
    columns: Mapping[str, str] | None = None,
    measure: str = "",
    progress: Callable[[float], None] = lambda _: None,
) -> Counts:
    """Check a table of counts, one row an area or a postcode.

    Rows of one measure are all of one level. Output areas and postcodes are added up to small areas; the count of a
    ward is spread over its small areas in proportion to the people who live there.

    Parameters
    ----------
    table
        As given: ``code, value``, ``code, measure, value``, or with ``postcode`` in the place of ``code``.
    pack
        The area.
    columns
        Column of the table for a meaning, chosen by hand; see :func:`geo.own.columns.find_columns`.
    measure
        What is counted, where no column says it; that of the column of values when empty.
    progress
        Called with a share from 0 to 1 now and then.

    Raises
    ------
    InputError
        When the table has no column of areas or of values, or has more than `MOST_MEASURES` measures.
    """
    roles = count_columns(table, columns)
    _check_columns(table, roles)
    cells = {role: table.cells[table.header.index(column)] for role, column in roles.items()}
    notes = Notes.on(table)
    notes.check_cells(cells, roles)
    fine = notes.good.copy()
    names = _measures(notes, cells, roles, measure)
    values = numbers(cells["value"])
    text = cells["value"]
    notes.bad(fine & (text == "").to_numpy(bool), "the value is missing", roles["value"])
    filled = fine & (text != "").to_numpy(bool)
    notes.bad(filled & np.isnan(values), "{value!r} is not a number", roles["value"], text)
    notes.bad(filled & (values < 0), "{value} is negative: a count is 0 or more", roles["value"], text)
    notes.bad(filled & (values > _MOST), "{value} is too large for a count of people", roles["value"], text)
    progress(0.3)
    codes, levels = _areas(notes, cells, roles, pack)
    progress(0.6)
    chosen = _one_level(notes, names, levels)
    _find_twice(notes, names, codes)
    good = notes.good
    rows = pd.DataFrame(
        {"measure": names[good].to_numpy(object), "code": codes[good].to_numpy(object), "value": values[good]}
    )
    spread = [_to_small_areas(part, chosen[str(name)], pack) for name, part in rows.groupby("measure", sort=False)]
    made = pd.concat(spread, ignore_index=True) if spread else pd.DataFrame(columns=list(COLUMNS))
    progress(1.0)
    kept = {str(name): chosen[str(name)] for name in made["measure"].unique()}
    return Counts(table, MappingProxyType(roles), made, MappingProxyType(kept), int(good.sum()), notes.sorted())


def count_columns(table: Table, by_hand: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the column of a table for each meaning; a code counts before a postcode.

    Raises
    ------
    InputError
        As for :func:`geo.own.columns.find_columns`; not when a meaning has no column.
    """
    at = find_columns(table, COUNTS, by_hand)
    if "code" in at and "postcode" in at:
        del at["postcode"]
    left = [number for number in range(len(table.header)) if number not in at.values()]
    # The one column that is left holds the counts, whatever it is called.
    if "value" not in at and len(left) == 1 and "value" not in (by_hand or {}):
        at["value"] = left[0]
    return {role: table.header[number] for role, number in at.items()}


def _check_columns(table: Table, roles: Mapping[str, str]) -> None:
    if "value" not in roles or not {"code", "postcode"} & set(roles):
        raise InputError(
            f"{table.name}: the header needs code or postcode, and value (and measure, where there are several); "
            f"it has {', '.join(table.header)}"
        )


def _measures(notes: Notes, cells: Mapping[str, pd.Series], roles: Mapping[str, str], measure: str) -> pd.Series:
    """Return what each row counts."""
    if "measure" not in cells:
        return pd.Series([measure or roles["value"]] * len(notes.table), dtype=object)
    names = cells["measure"].str.split().str.join(" ").astype(object)
    notes.bad(notes.good & (names == "").to_numpy(bool), "measure is missing", roles["measure"])
    long = notes.good & (names.str.len() > LONGEST_NAME).to_numpy(bool)
    notes.bad(long, f"the measure is longer than {LONGEST_NAME} letters", roles["measure"], names)
    several = names[notes.good].nunique()
    if several > MOST_MEASURES:
        raise InputError(
            f"{notes.table.name}: the column {roles['measure']} has {several} measures; at most {MOST_MEASURES}"
        )
    return names


def _areas(
    notes: Notes, cells: Mapping[str, pd.Series], roles: Mapping[str, str], pack: AreaPack
) -> tuple[pd.Series, pd.Series]:
    """Return the tidied code or postcode of each row, and its level; empty where it is not one of the area's."""
    if "code" not in cells:
        texts = cells["postcode"]
        codes = pd.Series([tidy_postcode(text) or "" for text in texts], dtype=object)
        whole = (codes != "").to_numpy(bool)
        ours = codes.isin(pack.demand["postcode"]).to_numpy(bool)
        notes.bad(notes.good & ~whole, "{value!r} is not a whole postcode", roles["postcode"], texts)
        said = "postcode {code} is none of the postcodes of homes in {area}"
        notes.bad(notes.good & whole & ~ours, said, roles["postcode"], texts, code=codes.tolist(), area=pack.name)
        return codes, pd.Series(np.where(ours, POSTCODE, ""), dtype=object)
    texts = cells["code"]
    codes = texts.str.upper().astype(object)
    level = pack.areas["level"]
    levels = codes.map(level[~level.index.duplicated()]).fillna("").astype(object)
    unknown = notes.good & (levels == "").to_numpy(bool)
    kinds = {str(code)[:3]: str(name) for code, name in level.items()}
    alike = codes.str[:3].map(kinds).fillna("")
    like = unknown & (alike != "").to_numpy(bool)
    said = "{value} is no code of the {level} of {area}: it is of another year, or of another place"
    words = [_LEVEL_WORDS.get(name, name) for name in alike]
    notes.bad(like, said, roles["code"], texts, level=words, area=pack.name)
    missing = unknown & (texts == "").to_numpy(bool)
    notes.bad(missing, "the code is missing", roles["code"])
    left = unknown & ~like & ~missing
    notes.bad(left, "the code {value!r} is unknown in {area}", roles["code"], texts, area=pack.name)
    return codes, levels


def _one_level(notes: Notes, names: pd.Series, levels: pd.Series) -> dict[str, str]:
    """Choose the level of which each measure has most rows; note rows of the others."""
    good = pd.DataFrame({"measure": names, "level": levels})[notes.good]
    chosen = {str(name): str(part.value_counts().index[0]) for name, part in good.groupby("measure")["level"]}
    mine = names.map(chosen).fillna("").astype(object)
    mixed: Bools = notes.good & (levels != mine).to_numpy(bool)
    words = [_LEVEL_WORDS.get(name, name) for name in levels]
    others = [_LEVEL_WORDS.get(name, name) for name in mine]
    said = "this row is of {level}, the others are of {others}: the same people would count twice"
    notes.bad(mixed, said, level=words, others=others)
    return chosen


def _find_twice(notes: Notes, names: pd.Series, codes: pd.Series) -> None:
    rows = pd.DataFrame({"measure": names, "code": codes, "line": notes.table.lines})[notes.good]
    first = rows.groupby(["measure", "code"], sort=False)["line"].transform("first")
    again = np.zeros(len(notes.good), dtype=bool)
    again[rows.index[first != rows["line"]]] = True
    said = f"{{value}} stands on {notes.table.unit} {{first}} already"
    notes.bad(again, said, "", codes, first=first.reindex(range(len(again))).fillna(0).astype(int).tolist())


def _to_small_areas(rows: pd.DataFrame, level: str, pack: AreaPack) -> pd.DataFrame:
    """Return the counts of one measure by small area."""
    name, value = str(rows["measure"].iloc[0]), rows.set_index("code")["value"]
    if level == "ward":
        parts = pack.lsoas[pack.lsoas["ward"].isin(value.index)]
        shares = _shares_of_ward(pack).reindex(parts.index)
        made = parts["ward"].map(value) * shares
    else:
        table = pack.demand.set_index("postcode")["lsoa"] if level == POSTCODE else pack.areas["lsoa"]
        small = table[~table.index.duplicated()].reindex(value.index)
        made = value.groupby(small.to_numpy()).sum()
    return pd.DataFrame({"measure": name, "lsoa": made.index.astype(object), "value": made.to_numpy(np.float64)})


def _shares_of_ward(pack: AreaPack) -> pd.Series:
    """Return each small area's share of its ward's people; equal shares where nobody is counted."""
    weight: Floats = np.ones(len(pack.lsoas))
    for baseline in pack.baselines:
        if "population" in pack.measure_names(baseline):
            people = pack.lsoa_counts("population", baseline).reindex(pack.lsoas.index).fillna(0.0)
            weight = people.to_numpy(np.float64)
            break
    frame = pd.DataFrame({"ward": pack.lsoas["ward"], "weight": weight}, index=pack.lsoas.index)
    total = frame.groupby("ward")["weight"].transform("sum")
    size = frame.groupby("ward")["weight"].transform("size")
    return (frame["weight"] / total.where(total > 0)).fillna(1.0 / size)
