"""Who gains and who loses: a minute is the least that is noticed, either way, and itself counts."""

import numpy as np
import pytest

from analysis.scenario.tables import Counts, change_table
from geo.packs import open_pack


@pytest.mark.parametrize(
    ("seconds", "gains", "loses"),
    [(59.5, 0, 0), (60.0, 1, 0), (61.0, 1, 0), (-59.5, 0, 0), (-60.0, 0, 1), (-61.0, 0, 1), (0.0, 0, 0)],
)
def test_a_journey_that_changes_by_exactly_a_minute_counts(seconds: float, gains: int, loses: int) -> None:
    pack = open_pack("southend")
    counts = Counts.of(pack, "strategy", ("children_0_3",))
    before = np.full(len(pack.demand), 1000.0, dtype=np.float32)
    table = change_table(counts, "group", before, (before - seconds).astype(np.float32), 15).set_index("code")
    total = float(counts.people.sum())
    assert table.loc["borough", "gain"] == pytest.approx(gains * total)
    assert table.loc["borough", "lose"] == pytest.approx(loses * total)
