"""One's own counts by ward, as they are shown: to the nearest 5, as all figures of the open regime are."""

import numpy as np
import pandas as pd

from analysis.shown import ShownFrame, shown_counts
from geo.errors import InputError
from geo.pack import AreaPack


def own_by_ward(pack: AreaPack, rows: pd.DataFrame, measure: str) -> ShownFrame:
    """Add one's own counts of small areas up to wards.

    Parameters
    ----------
    pack
        The area.
    rows
        ``measure, lsoa, value``: counts of 0 or more, each small area once for a measure.
    measure
        Which of them.

    Returns
    -------
    Index ward code, in the order of the pack: ``name``; ``value`` as shown, NaN for a ward without any count;
    ``counted`` and ``areas``, how many of its small areas have a count, and how many it has.

    Raises
    ------
    InputError
        When a small area is not one of the pack: the counts are of areas that are not used any more.
    """
    mine = rows[rows["measure"] == measure].set_index("lsoa")["value"]
    unknown = mine.index.difference(pack.lsoas.index)
    if len(unknown):
        raise InputError(
            f"{len(unknown)} of the {len(mine)} small areas of these counts, such as {unknown[0]}, are not areas of "
            f"{pack.name} any more: give the counts again, by the codes that it has now"
        )
    ward = pack.lsoas["ward"]
    sums = mine.groupby(ward.reindex(mine.index).to_numpy()).agg(["sum", "size"]).reindex(pack.wards.index)
    return ShownFrame(
        pd.DataFrame(
            {
                "name": pack.wards["name"],
                "value": shown_counts(sums["sum"].to_numpy(np.float64)),
                "counted": sums["size"].fillna(0).astype(int),
                "areas": ward.value_counts().reindex(pack.wards.index).fillna(0).astype(int),
            },
            index=pack.wards.index,
        )
    )
