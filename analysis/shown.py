"""Shown figures: what pages, tables, files and reports may carry of a count.

All that is counted here is worked out from published open data, so a count is rounded to be honest about how precise
it is, and for no other reason. The rules hold at every level and in every output:

1. A count of people reached, gained, lost or left out is given to the nearest 5. A count of some but under 5 is said as
   "fewer than 5", and one that leaves out some but under 5 as "all but a few" (:func:`shown_counts`).
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
"""What stands in a shown column for a count of some but under 5; the total less this stands for "all but a few".

About the middle of what it may be, for bars and for shares, but a number that nothing rounded to decimals can be: so it
is known again in whatever table it stands, and said in words wherever it would be read.
"""
FEWER_THAN_5, ALL_BUT_A_FEW = "fewer than 5", "all but a few"

SHARE_DECIMALS = 3
# Counts are sums of shares of small-area counts: this much is nothing but the order of adding up.
_NOTHING = 1e-6

ShownCount = NewType("ShownCount", float)
"""A count as shown: a multiple of 5, a total as printed, `FEW`, or a total less `FEW`; NaN where there is no figure."""
ShownShare = NewType("ShownShare", float)
"""A share from 0 to 1, of shown counts."""
ShownFrame = NewType("ShownFrame", pd.DataFrame)
"""A table in which every count of people and every share is as shown."""


def nearest_5(values: npt.ArrayLike) -> Floats:
    """Round to the nearest 5, halves up (away from nought for a negative number); NaN stays NaN."""
    value = np.asarray(values, dtype=np.float64)
    rounded: Floats = np.copysign(np.floor(np.abs(value) / ROUND_TO + 0.5 + _NOTHING) * ROUND_TO, value) + 0.0
    return rounded


def shown_counts(parts: npt.ArrayLike, totals: npt.ArrayLike | None = None) -> Floats:
    """Give counts of parts as they are shown.

    Parameters
    ----------
    parts
        ``(n,)`` true counts of people, 0 or more.
    totals
        ``(n,)`` everybody who is counted, **as shown** (:func:`shown_totals`), or a shape that fits; left out where
        no total stands beside the count.

    Returns
    -------
    ``(n,)``: 0 for nobody, `FEW` for some but under 5, the total for everybody, the total less `FEW` where some but
    under 5 are left out, and else the nearest 5; NaN where the part or the total is NaN.
    """
    part = np.asarray(parts, dtype=np.float64)
    shown = np.where((part > _NOTHING) & (part < ROUND_TO), FEW, nearest_5(part))
    shown = np.where(part <= _NOTHING, 0.0, shown)
    counts: Floats = np.where(np.isnan(part), np.nan, shown)
    return counts if totals is None else np.minimum(counts, np.asarray(totals, dtype=np.float64))


def shown_parts(parts: npt.ArrayLike, totals: npt.ArrayLike, shown_total: npt.ArrayLike) -> Floats:
    """Give counts of parts beside their totals: as :func:`shown_counts`, and "all but a few" where it is so.

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
    # A part that rounds to all, while more than a few are left out, is a step below it.
    counts = np.where((counts >= of) & (rest >= ROUND_TO), np.floor((of - _NOTHING) / ROUND_TO) * ROUND_TO, counts)
    counts = np.where((rest > _NOTHING) & (rest < ROUND_TO) & (part >= ROUND_TO), of - FEW, counts)
    counts = np.where((rest <= _NOTHING) & (part > _NOTHING), of, counts)
    result: Floats = np.where(np.isnan(part) | np.isnan(of), np.nan, counts)
    return result


def shown_shares(parts: npt.ArrayLike, totals: npt.ArrayLike) -> Floats:
    """Give shares of shown counts over shown totals, to three decimals; 0 only for none and 1 only for all.

    Parameters
    ----------
    parts, totals
        ``(n,)`` as shown. NaN where the total is 0 or not known, and for some of a total that is itself but a few.
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
    """Give true shares as they are shown: those of the shown counts that they make.

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
    """Take the difference of two shown counts: to the nearest 5, plus or minus `FEW` where it is some but under 5."""
    less = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    few = (np.abs(less) > _NOTHING) & (np.abs(less) < ROUND_TO)
    change: Floats = np.where(few, np.copysign(FEW, less), nearest_5(less))
    return change


def share_change(after: npt.ArrayLike, before: npt.ArrayLike) -> Floats:
    """Take the difference of two shown shares, to three decimals."""
    less: Floats = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    return np.round(less, SHARE_DECIMALS) + 0.0


def as_printed(pack: AreaPack, measure: str, baseline: str, areas: pd.Index) -> Bools:
    """Tell of which areas the total is one that its source prints.

    Parameters
    ----------
    areas
        Ward codes, small-area codes, ``target``, ``rest`` or ``borough``.

    Returns
    -------
    ``(len(areas),)``. So is every sum of small-area counts that are whole numbers, for they are as their publisher
    gives them; and a figure of which the pack says that it is published for the area.
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
    """Give totals as they are shown: whole where their source prints them, else as :func:`shown_counts`.

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
    """Say a shown count that is told in words: "fewer than 5" or "all but a few"; None for any other number.

    A change of fewer than 5 people is said so whether it is up or down.
    """
    if abs(count) == FEW:
        return FEWER_THAN_5
    # Every other shown count is a whole number, and no figure with decimals ends like this one.
    return ALL_BUT_A_FEW if count > FEW and count % 1.0 == -FEW % 1.0 else None


def sent(count: float) -> int | str | None:
    """Give a shown count as it is sent in JSON: a whole number, its words, or None where there is no figure."""
    if not np.isfinite(count):
        return None
    return said(count) or round(count)


def sent_change(change: float) -> int | str | None:
    """Give a shown change as it is sent in JSON: with its sign, "+fewer than 5" or "-fewer than 5" for a few."""
    if not np.isfinite(change):
        return None
    words = said(change)
    return f"{'-' if change < 0 else '+'}{words}" if words else round(change)


def in_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose cells that are told in words are these words, for files that people read."""
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
    """Give a shown change without its sign."""
    return ShownCount(abs(change))


def made_of_shown(frame: pd.DataFrame) -> ShownFrame:
    """Mark a table that was put together from nothing but shown tables, such as by joining them or naming columns."""
    return ShownFrame(frame)


def row_of(frame: ShownFrame, key: Hashable) -> dict[str, Any]:
    """Return the row of an index entry (a tuple, for several levels) by column; `KeyError` when there is none."""
    return {str(column): value for column, value in frame.loc[[key]].iloc[0].items()}


def rows_of(frame: ShownFrame, value: Hashable, level: str) -> ShownFrame:
    """Return the rows with that value in a level of the index, without the level."""
    return ShownFrame(frame[frame.index.get_level_values(level) == value].droplevel(level))


def plain_share(share: float) -> ShownShare:
    """Take a share that is not one of people, such as what a search has left to gain, as one that may be shown."""
    return ShownShare(share)


def as_shown(value: float) -> ShownCount:
    """Take a number out of a shown table, or one that a source prints, as a count: whoever calls answers for it."""
    return ShownCount(value)
