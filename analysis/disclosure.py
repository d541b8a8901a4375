"""Disclosure control: what may be shown of small areas.

Below ward level a count under 5 is not shown, nor any figure from which one follows, and counts are rounded to the
nearest 5. The thresholds follow the practice of UK health and education statistics (NHS England, *Disclosure
control methodology*, rounds to 5 and suppresses below it).
"""

import numpy as np
import pandas as pd

SMALLEST_COUNT = 5
ROUND_TO = 5


def protect_count(counts: pd.Series) -> pd.Series:
    """Round counts of small areas to the nearest 5; NaN where the count is under 5."""
    rounded = (counts / ROUND_TO).round() * ROUND_TO
    return rounded.where(counts >= SMALLEST_COUNT)


def protect_reach(rows: pd.DataFrame) -> pd.DataFrame:
    """Protect a table of reach by small area.

    Parameters
    ----------
    rows
        Columns ``total``, ``reached``, ``share``, ``unreached`` and minutes, as :func:`analysis.reach.reach` makes.

    Returns
    -------
    A copy with counts rounded to 5. Where the people reached **or** those not reached are under 5 (none included), the
    count and the share are both NaN: either would give the other away. Where the total is under 5, all is NaN.
    """
    shown = rows.copy()
    short = rows["total"] - rows["reached"]
    hidden = (rows["total"] < SMALLEST_COUNT) | (rows["reached"] < SMALLEST_COUNT) | (short < SMALLEST_COUNT)
    shown["total"] = protect_count(rows["total"])
    shown["reached"] = protect_count(rows["reached"]).where(~hidden)
    shown["share"] = (shown["reached"] / shown["total"]).clip(upper=1.0).round(2)
    shown["unreached"] = protect_count(rows["unreached"])
    tiny = rows["total"] < SMALLEST_COUNT
    for column in ("median_min", "p90_min"):
        shown[column] = np.where(tiny, np.nan, rows[column].round())
    return shown
