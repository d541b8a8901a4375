"""Shown figures: the rounding of every count before it appears on a page, in a table, in a file or in a report.

All counts are worked out from published open data, so they are rounded only to be honest about how precise they are.
The rules hold at every level and in every output:

1. A count of people reached, gained, lost or left out is given to the nearest 5. A count from 1 to 4 is written as
   "fewer than 5", and one that leaves out 1 to 4 people as "all but a few" (:func:`shown_counts`).
2. A total that its source prints stays as printed; a total that we modelled is given to the nearest 5
   (:func:`shown_totals`).
3. A share is worked out from the shown count over the shown total (:func:`shown_shares`), and a change is the
   difference of two shown counts or shares (:func:`shown_change`, :func:`share_change`), so that figures that stand
   side by side agree.

A shown figure has a type of its own. Functions that format, draw, print or write figures ask for :data:`ShownCount`,
:data:`ShownShare` or :data:`ShownFrame`; only this package makes them, so that mypy reports a true figure on its way to
a page or a file.
"""

from collections.abc import Hashable
from typing import Any, NewType

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.pack import AreaPack

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

ROUND_TO = 5
FEW = ROUND_TO / 2 - 2.0**-10
"""The number that stands in a shown column for a count above 0 and under 5; the total less it means "all but a few".

It is about the middle of that range, as bars and shares need, but has more decimals than any rounded figure: so it is
recognised in every table, and written in words wherever a person reads it.
"""
FEWER_THAN_5, ALL_BUT_A_FEW = "fewer than 5", "all but a few"

SHARE_DECIMALS = 3
# Counts are sums of shares of small-area counts: a difference this small comes from the order of addition alone.
_NOTHING = 1e-6

ShownCount = NewType("ShownCount", float)
"""A count as shown: a multiple of 5, a total as printed, `FEW`, or a total less `FEW`; NaN where there is no figure."""
ShownShare = NewType("ShownShare", float)
"""A share from 0 to 1, of shown counts."""
ShownFrame = NewType("ShownFrame", pd.DataFrame)
"""A table in which every count of people and every share is as shown."""


def nearest_5(values: npt.ArrayLike) -> Floats:
    """Round to the nearest 5, halves up (away from 0 for a negative number); NaN stays NaN."""
    value = np.asarray(values, dtype=np.float64)
    rounded: Floats = np.copysign(np.floor(np.abs(value) / ROUND_TO + 0.5 + _NOTHING) * ROUND_TO, value) + 0.0
    return rounded


def shown_counts(parts: npt.ArrayLike, totals: npt.ArrayLike | None = None) -> Floats:
    """Return counts of parts as they are shown.

    Parameters
    ----------
    parts
        ``(n,)`` true counts of people, 0 or more.
    totals
        ``(n,)`` everybody who is counted, **as shown** (:func:`shown_totals`), or a shape that fits; left out where
        no total stands beside the count.

    Returns
    -------
    ``(n,)``: 0 for nobody, `FEW` for a count above 0 and under 5, the total for everybody, the total less `FEW` where
    fewer than 5 people are left out, and otherwise the nearest 5; NaN where the part or the total is NaN.
    """
    part = np.asarray(parts, dtype=np.float64)
    shown = np.where((part > _NOTHING) & (part < ROUND_TO), FEW, nearest_5(part))
    shown = np.where(part <= _NOTHING, 0.0, shown)
    counts: Floats = np.where(np.isnan(part), np.nan, shown)
    return counts if totals is None else np.minimum(counts, np.asarray(totals, dtype=np.float64))


def shown_parts(parts: npt.ArrayLike, totals: npt.ArrayLike, shown_total: npt.ArrayLike) -> Floats:
    """Return counts of parts with their totals: as :func:`shown_counts`, and "all but a few" where that is true.

    Parameters
    ----------
    parts, totals
        ``(n,)`` true counts of the part and of everybody.
    shown_total
        ``(n,)`` the totals as shown.
    """
    part, total, of = np.broadcast_arrays(
        *(np.asarray(values, dtype=np.float64) for values in (parts, totals, shown_total))
    )
    rest = total - part
    counts = shown_counts(part, of)
    # A part that rounds to the total, while 5 or more people are left out, is shown 5 below the total.
    counts = np.where((counts >= of) & (rest >= ROUND_TO), np.floor((of - _NOTHING) / ROUND_TO) * ROUND_TO, counts)
    counts = np.where((rest > _NOTHING) & (rest < ROUND_TO) & (part >= ROUND_TO), of - FEW, counts)
    counts = np.where((rest <= _NOTHING) & (part > _NOTHING), of, counts)
    result: Floats = np.where(np.isnan(part) | np.isnan(of), np.nan, counts)
    return result


def shown_shares(parts: npt.ArrayLike, totals: npt.ArrayLike) -> Floats:
    """Return shares of shown counts over shown totals, to three decimals; 0 only for none and 1 only for all.

    Parameters
    ----------
    parts, totals
        ``(n,)`` as shown. NaN where the total is 0 or not known, and for a part of a total that is itself under 5.
    """
    part, total = np.broadcast_arrays(np.asarray(parts, dtype=np.float64), np.asarray(totals, dtype=np.float64))
    least = 10.0**-SHARE_DECIMALS
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.round(part / np.where(total > 0, total, np.nan), SHARE_DECIMALS)
    share = np.where((total == FEW) & (part > 0), np.nan, share)
    some = (part > 0) & (part < total)
    shares: Floats = np.where(some, np.clip(share, least, 1.0 - least), share)
    return shares


def shares_within(shares: npt.ArrayLike, totals: npt.ArrayLike, shown_total: npt.ArrayLike) -> Floats:
    """Return true shares as they are shown: worked out again from the shown counts.

    Parameters
    ----------
    shares
        ``(n,)`` true shares, 0 to 1.
    totals, shown_total
        ``(n,)`` true counts of everybody, and the same as shown.
    """
    true = np.asarray(totals, dtype=np.float64)
    return shown_shares(shown_parts(np.asarray(shares, dtype=np.float64) * true, true, shown_total), shown_total)


def shown_change(after: npt.ArrayLike, before: npt.ArrayLike) -> Floats:
    """Return the difference of two shown counts: to the nearest 5, or plus or minus `FEW` where it is under 5."""
    less = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    few = (np.abs(less) > _NOTHING) & (np.abs(less) < ROUND_TO)
    change: Floats = np.where(few, np.copysign(FEW, less), nearest_5(less))
    return change


def share_change(after: npt.ArrayLike, before: npt.ArrayLike) -> Floats:
    """Return the difference of two shown shares, to three decimals."""
    less: Floats = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    return np.round(less, SHARE_DECIMALS) + 0.0


def as_printed(pack: AreaPack, measure: str, baseline: str, areas: pd.Index) -> Bools:
    """Tell for which areas the total is a figure that its source prints.

    Parameters
    ----------
    areas
        Ward codes, small-area codes, ``target``, ``rest`` or ``borough``.

    Returns
    -------
    ``(len(areas),)``. True for every sum of small-area counts that are whole numbers, because those are as their
    publisher gives them, and for a figure whose status in the pack is published for the area.
    """
    counts = pack.lsoa_counts(measure, baseline)
    if bool((counts == counts.round()).all()):
        return np.ones(len(areas), dtype=bool)
    record = pack.measure_record(measure, baseline)
    status, named = record["status"], record.get("published_wards", {})
    level = dict.fromkeys(pack.wards.index, "ward") | dict.fromkeys(pack.lsoas.index, "lsoa")
    said = (status.get(area, status.get(level.get(area, ""), "")) for area in areas)
    return np.array(
        [area in named or word in ("published", "census") for area, word in zip(areas, said, strict=True)], dtype=bool
    )


def shown_totals(pack: AreaPack, measure: str, baseline: str, totals: pd.Series) -> pd.Series:
    """Return totals as they are shown: whole where their source prints them, otherwise as :func:`shown_counts`.

    Parameters
    ----------
    totals
        True counts, index the areas as for :func:`as_printed`.
    """
    printed = as_printed(pack, measure, baseline, totals.index)
    return pd.Series(
        np.where(printed, totals.round(), shown_counts(totals.to_numpy(np.float64))),
        index=totals.index,
        name=totals.name,
    )


def said(count: float) -> str | None:
    """Return the words for a shown count that is written in words ("fewer than 5", "all but a few"); otherwise None.

    A change of fewer than 5 people has the same words whether it is up or down.
    """
    if abs(count) == FEW:
        return FEWER_THAN_5
    # Every other shown count is a whole number, and no figure with decimals ends like this one.
    return ALL_BUT_A_FEW if count > FEW and count % 1.0 == -FEW % 1.0 else None


def sent(count: float) -> int | str | None:
    """Return a shown count as it is written in JSON: a whole number, its words, or None where there is no figure."""
    if not np.isfinite(count):
        return None
    return said(count) or round(count)


def sent_change(change: float) -> int | str | None:
    """Return a shown change as it is written in JSON: with its sign, "+fewer than 5" or "-fewer than 5" for a few."""
    if not np.isfinite(change):
        return None
    words = said(change)
    return f"{'-' if change < 0 else '+'}{words}" if words else round(change)


def in_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with words in the cells that are written in words, for files that people read."""
    changed = {}
    for name, values in frame.items():
        if pd.api.types.is_float_dtype(values):
            words = [said(value) for value in values]
            if any(words):
                cells = [word or value for word, value in zip(words, values, strict=True)]
                changed[name] = pd.Series(cells, index=frame.index, dtype=object)
    return frame.assign(**{str(name): cells for name, cells in changed.items()}) if changed else frame


def nobody_counted(frame: pd.DataFrame) -> ShownFrame:
    """Mark a table that counts no people, such as services, sources or minutes, as one that may be shown."""
    return ShownFrame(frame)


def size_of(change: ShownCount) -> ShownCount:
    """Return a shown change without its sign."""
    return ShownCount(abs(change))


def made_of_shown(frame: pd.DataFrame) -> ShownFrame:
    """Mark a table that was made only from shown tables, such as by joining them or renaming columns."""
    return ShownFrame(frame)


def row_of(frame: ShownFrame, key: Hashable) -> dict[str, Any]:
    """Return the row of an index entry (a tuple, for several levels) by column; `KeyError` when there is none."""
    return {str(column): value for column, value in frame.loc[[key]].iloc[0].items()}


def rows_of(frame: ShownFrame, value: Hashable, level: str) -> ShownFrame:
    """Return the rows with that value in a level of the index, without the level."""
    return ShownFrame(frame[frame.index.get_level_values(level) == value].droplevel(level))


def plain_share(share: float) -> ShownShare:
    """Mark a share that is not of people, such as how much a search could still gain, as one that may be shown."""
    return ShownShare(share)


def as_shown(value: float) -> ShownCount:
    """Mark a number from a shown table, or one that a source prints, as a shown count; the caller must be sure."""
    return ShownCount(value)
