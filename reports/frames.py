"""Rows of a frame as plain values, and levels of its index picked out."""

from collections.abc import Hashable
from typing import Any

import pandas as pd


def row_of(frame: pd.DataFrame, key: Hashable) -> dict[str, Any]:
    """Return the row of an index entry (a tuple, for several levels) by column; `KeyError` when there is none."""
    return {str(column): value for column, value in frame.loc[[key]].iloc[0].items()}


def rows_of(frame: pd.DataFrame, value: Hashable, level: str) -> pd.DataFrame:
    """Return the rows with that value in a level of the index, without the level."""
    rows: pd.DataFrame = frame[frame.index.get_level_values(level) == value].droplevel(level)
    return rows
