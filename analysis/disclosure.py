"""Disclosure control: what may be shown of few people.

Every table, map, tooltip, export and difference goes through here.

The rules, as the project's design asks:

1. **Whole wards** and groups of wards: their totals are shown as whole numbers.
2. **Small areas** (LSOAs): totals to the nearest 5, nothing under 5 (`protect_count`); where a ward's total less
   its other small areas would give a suppressed one away, another is suppressed with it (`protect_totals`).
3. **Parts** of any area (those within a threshold, in a pocket, gained, lost) are counts of a smaller group: nearest 5,
   and nothing where the part or what is left of the area is some, but under 5 (`protect_reach` below wards,
   `protect_parts` for wards). Shares are worked out from counts so protected, never from the true ones. Inside an LSOA
   every measure is shared out alike, so what is hidden of one would follow from the share of another. A part is
   therefore hidden for all measures where it, or what is left, is some but under 5 by the smallest of them
   (`few_of_some_measure`), and what is shown of it is one share for all, to the nearest 5 %, and counts worked out from
   that. Where a total is hidden, so are its parts.
4. **Differences** are differences of what is shown (`protect_difference`), so they tell nothing that both sides do not.
5. **Thresholds** below ward level move in steps of five minutes (`small_area_threshold`): a finer step would let one
   table less another single out a street.
6. **Postcodes**: never a count, only a class of minutes (`minute_class`).

The rounding is the same every time, so asking again teaches nothing. ``tests/analysis/test_disclosure.py`` plays the
attacker: it sets up all that is shown as linear constraints and asks a solver how closely each suppressed count can be
placed. Rounding withstands what is published, not endless questions (Dinur and Nissim 2003,
https://doi.org/10.1145/773153.773173); whoever can ask endlessly holds the pack, whose counts are open data.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import InputError

SMALLEST_COUNT = 5
ROUND_TO = 5
THRESHOLD_STEP_MIN = 5
MINUTE_CLASSES = (5.0, 10.0, 15.0, 20.0, 30.0, 45.0)
_LEAST_WIDTH = 3.0
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def protect_count(counts: pd.Series) -> pd.Series:
    """Round counts of small areas to the nearest 5; NaN where the count is under 5."""
    rounded = (counts / ROUND_TO).round() * ROUND_TO
    return rounded.where(counts >= SMALLEST_COUNT)


def smallest_totals(measures: pd.DataFrame) -> pd.Series:
    """Smallest total of each small area that may be shown: under any measure and baseline, and 5 or more.

    Parameters
    ----------
    measures
        Small areas × measures, such as :attr:`geo.pack.AreaPack.measures`.

    Returns
    -------
    Index as `measures`; ``inf`` where all totals are under 5, so that no part is shown anyhow.
    """
    return measures.where(measures >= SMALLEST_COUNT).min(axis=1).fillna(np.inf)


def few_of_some_measure(shares: npt.ArrayLike, smallest: npt.ArrayLike) -> Bools:
    """Tell where a part of a small area, or what is left of it, is some but under 5 by the smallest measure.

    Inside a small area all measures are shared out alike, so one share holds for all of them, and the count of one
    tells that of another. Such a part must be hidden for every measure or for none.

    Parameters
    ----------
    shares
        ``(n,)`` share of the area's people in the part, 0 to 1.
    smallest
        ``(n,)`` smallest total of the area: :func:`smallest_totals`.
    """
    share = np.asarray(shares, dtype=np.float64)
    side = np.minimum(share, 1.0 - share)
    # Nobody is 0 of whatever total, also of one that is not known (inf).
    few: Bools = (side > 1e-9) & (np.asarray(smallest, dtype=np.float64) < SMALLEST_COUNT / np.maximum(side, 1e-9))
    return few


def protect_reach(rows: pd.DataFrame, smallest: npt.ArrayLike = np.inf) -> pd.DataFrame:
    """Protect a table of reach by small area.

    Parameters
    ----------
    rows
        Columns ``total``, ``reached``, ``share``, ``unreached`` and minutes, as :func:`analysis.reach.reach` makes.
    smallest
        ``(n,)`` smallest total of each area under any measure: :func:`smallest_totals`. Left out, the table is taken
        to be the only one that is ever shown, and counts are the true ones to 5.

    Returns
    -------
    A copy with counts rounded to 5. Where the people reached **or** those not reached are under 5 (none included), by
    this or by the smallest measure, the count and the share are both NaN: either would give the other away. Where the
    total is under 5, all is NaN. With `smallest`, the share is the same for every measure, to the nearest 5 % and from
    5 to 95 %, and counts are what it makes of the total that is shown: no table tells more of a share than another.
    """
    shown = rows.copy()
    short = rows["total"] - rows["reached"]
    hidden = (rows["total"] < SMALLEST_COUNT) | (rows["reached"] < SMALLEST_COUNT) | (short < SMALLEST_COUNT)
    hidden |= few_of_some_measure(rows["share"], smallest)
    shown["total"] = protect_count(rows["total"])
    shown["reached"] = protect_count(rows["reached"]).where(~hidden)
    shown["share"] = (shown["reached"] / shown["total"]).clip(upper=1.0).round(2)
    shown["unreached"] = protect_count(rows["unreached"])
    if np.isfinite(smallest).any():
        shown["share"] = _share_for_all(rows["share"]).where(~hidden)
        shown["reached"] = _count_of(shown["share"], shown["total"])
        shown["unreached"] = protect_part_for_all(rows["unreached"], rows["total"], shown["total"], smallest)
    tiny = rows["total"] < SMALLEST_COUNT
    for column in ("median_min", "p90_min"):
        shown[column] = np.where(tiny, np.nan, rows[column].round())
    return shown


def protect_part_for_all(
    parts: pd.Series, totals: pd.Series, shown_totals: pd.Series, smallest: npt.ArrayLike
) -> pd.Series:
    """Protect counts of parts of small areas whose tables are shown for several measures.

    Parameters
    ----------
    parts, totals
        ``(n,)`` true counts of the part and of the area.
    shown_totals
        ``(n,)`` what is shown of the totals: :func:`protect_totals`.
    smallest
        ``(n,)`` smallest total of each area: :func:`smallest_totals`.

    Returns
    -------
    What the common share to 5 % makes of the total that is shown; the total itself where the part is all of it. NaN
    where the total is hidden, and where the part is none, or it or what is left is under 5 by this or by the smallest
    measure.
    """
    share = (parts / totals.where(totals > 0)).fillna(0.0)
    everybody = share >= 1 - 1e-9
    few = (parts < SMALLEST_COUNT) | (~everybody & (totals - parts < SMALLEST_COUNT))
    counted = _count_of(_share_for_all(share), shown_totals).mask(everybody, shown_totals)
    return counted.where(~few & ~few_of_some_measure(share, smallest) & shown_totals.notna())


def _share_for_all(shares: pd.Series) -> pd.Series:
    """To the nearest 5 %, neither none nor all."""
    return ((shares * 20).round() / 20).clip(0.05, 0.95)


def _count_of(shares: pd.Series, totals: pd.Series) -> pd.Series:
    """Give the count, to 5 and 5 or more, that a share makes of a total that is shown."""
    return ((shares * totals / ROUND_TO).round() * ROUND_TO).clip(lower=SMALLEST_COUNT)


def protect_totals(counts: pd.Series, parent: pd.Series) -> pd.Series:
    """Protect totals of small areas of which the sums over their parents are known.

    Parameters
    ----------
    counts
        Count of each small area.
    parent
        Ward of each, same index. The ward's total is shown as a whole number.

    Returns
    -------
    Nearest 5; NaN under 5, and for the next smallest area of a ward as well while the ward's total less what is shown
    would place a suppressed count within less than 3.
    """
    shown = protect_count(counts)
    for _, inside in counts.groupby(parent.reindex(counts.index)):
        while True:
            hidden = shown.loc[inside.index].isna()
            kept = shown.loc[inside.index][~hidden]
            if not hidden.any() or kept.empty or _loose(float(inside.sum()), kept, inside[hidden]):
                break
            shown = shown.where(shown.index != inside[~hidden].idxmin())
    return shown


def _loose(total: float, kept: pd.Series, hidden: pd.Series) -> bool:
    """Whether a ward's total and the areas that are shown leave each hidden count some room."""
    slack = 0.5 + ROUND_TO / 2 * len(kept)
    left = round(total) - float(kept.sum())
    if (hidden >= SMALLEST_COUNT).any():
        # An area hidden for the others' sake may be of any size: only the sum of the hidden is bounded.
        return True
    least = max(0.0, left - slack - SMALLEST_COUNT * (len(hidden) - 1))
    most = min(float(SMALLEST_COUNT), left + slack)
    return most - least >= _LEAST_WIDTH


def protect_parts(parts: npt.ArrayLike, totals: npt.ArrayLike) -> Floats:
    """Protect counts of parts of wards or groups, whose totals are known.

    Parameters
    ----------
    parts, totals
        ``(n,)`` or shapes that fit each other.

    Returns
    -------
    Nearest 5. Nobody is 0 and everybody is the total, as a whole number; NaN where the part, or what is left of the
    total, is some but under 5.
    """
    part, total = np.broadcast_arrays(np.asarray(parts, dtype=np.float64), np.asarray(totals, dtype=np.float64))
    rest = total - part
    nobody, everybody = part <= 0, rest <= 1e-9 * np.maximum(total, 1.0)
    shown = np.minimum(np.round(part / ROUND_TO) * ROUND_TO, np.round(total))
    shown = np.where((part < SMALLEST_COUNT) | (rest < SMALLEST_COUNT), np.nan, shown)
    shown = np.where(everybody, np.round(total), np.where(nobody, 0.0, shown))
    protected: Floats = np.where(np.isnan(part) | np.isnan(total), np.nan, shown)
    return protected


def protect_share(shares: npt.ArrayLike, totals: npt.ArrayLike) -> Floats:
    """Protect shares of wards or groups: the protected part over the total, whole per cents; NaN as the part is."""
    total = np.asarray(totals, dtype=np.float64)
    part = protect_parts(np.asarray(shares, dtype=np.float64) * total, total)
    with np.errstate(invalid="ignore", divide="ignore"):
        share: Floats = np.round(part / np.round(total), 2)
    return share


def protect_share_of_place(parts: npt.ArrayLike, total: float) -> Floats:
    """Protect shares of a place below ward level, such as a pocket, whose total is shown to 5 only.

    Parameters
    ----------
    parts
        ``(n,)`` people of each part.
    total
        People of the place.

    Returns
    -------
    The part to 5 over the total to 5, to the nearest 5 % and at most 1, so that it tells no more of the total than is
    shown of it. NaN where the total is under 5, or the part or what is left of it is some but under 5; nobody is 0.
    """
    part = np.asarray(parts, dtype=np.float64)
    rest = total - part
    nobody, everybody = part <= 0, rest <= 1e-9 * max(total, 1.0)
    shown = np.round(part / ROUND_TO) / max(np.round(total / ROUND_TO), 1.0)
    few = (part < SMALLEST_COUNT) | (rest < SMALLEST_COUNT)
    share = np.where(few, np.nan, np.minimum(np.round(shown * 20) / 20, 1.0))
    share = np.where(everybody, 1.0, np.where(nobody, 0.0, share))
    protected: Floats = np.where(total < SMALLEST_COUNT, np.nan, share)
    return protected


def protect_difference(after: npt.ArrayLike, before: npt.ArrayLike) -> Floats:
    """Take the difference of two counts or shares **as shown**; NaN where either is not shown."""
    difference: Floats = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    return np.round(difference, 2)


def small_area_threshold(within_min: float) -> float:
    """Return the threshold if a table of small areas may be made with it.

    Raises
    ------
    InputError
        When it is not a whole number of five minutes.
    """
    if within_min % THRESHOLD_STEP_MIN:
        low = within_min // THRESHOLD_STEP_MIN * THRESHOLD_STEP_MIN
        raise InputError(
            f"below ward level a threshold moves in steps of {THRESHOLD_STEP_MIN} minutes, so that no street can be "
            f"singled out: give {low:g} or {low + THRESHOLD_STEP_MIN:g} in place of {within_min:g}"
        )
    return within_min


def minute_class(seconds: npt.ArrayLike) -> npt.NDArray[np.int_]:
    """Class of minutes of each home for colouring: 0 up to 5 minutes, …, 6 over 45, 7 where none is reached."""
    time_s = np.asarray(seconds, dtype=np.float64)
    found = np.searchsorted(np.array(MINUTE_CLASSES) * 60.0, time_s, side="left")
    return np.where(np.isinf(time_s), len(MINUTE_CLASSES) + 1, found)
