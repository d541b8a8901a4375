"""What scenarios show of small areas, wards and groups: the same figures at every level."""

import numpy as np
import pytest

from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddSite, CloseSite, MoveSite, Point, Scenario, Venue
from analysis.scenario.tables import agree_one_way
from analysis.shown import FEW, said, shown_counts

FRIARS, LIBRARY = "gias-22459", "lib-shoeburyness-library"
PARTS = [
    "reached_before",
    "reached_after",
    "newly_reached",
    "no_longer_reached",
    "gain",
    "lose",
    "connected",
    "cut_off",
]
CHANGES = {
    "open": AddSite("new-1", "Hub", Venue(LIBRARY)),
    "move": MoveSite(FRIARS, Point(593_881.0 - 300, 185_862.0)),
    "close": CloseSite(FRIARS),
}


@pytest.fixture(scope="module")
def lab(pack) -> Lab:
    return Lab(pack)


@pytest.mark.parametrize("level", ["lsoa", "ward", "group"])
@pytest.mark.parametrize("change", list(CHANGES))
@pytest.mark.parametrize("minutes", [12, 15])
def test_every_part_is_to_the_nearest_five_or_said(lab, change, level, minutes):
    effect = lab.effect(Scenario("A", "southend", within_min=minutes, changes=(CHANGES[change],)))
    true, table = effect.table(level), effect.shown(level)
    assert len(table) == len(true)
    for column in PARTS:
        values, exact = table[column].to_numpy(float), true[column].to_numpy(float)
        assert not np.isnan(values).any(), "a blank cell"
        plain = np.array([said(value) is None for value in values]) & (values != table["total"])
        assert (values[plain] % 5 == 0).all()
        # Those newly within reach may follow the change, which is of two roundings.
        assert (np.abs(values - exact) <= 7.5).all(), column
    for when in ("before", "after"):
        share = table[f"reached_{when}"] / table["total"]
        known = (table["total"] != FEW) | (table[f"reached_{when}"] == 0)  # of a few, no share can be told
        np.testing.assert_allclose(table.loc[known, f"share_{when}"], share[known], atol=0.00101)
        assert table.loc[~known, f"share_{when}"].isna().all()
    plain = [
        said(a) is None and said(b) is None
        for a, b in zip(table["reached_before"], table["reached_after"], strict=True)
    ]
    rows = table[plain]
    # Totals may be printed, and then a part of everybody is not a multiple of 5.
    np.testing.assert_allclose(rows["change"], rows["reached_after"] - rows["reached_before"], atol=2.5)


def test_small_areas_have_no_blank_cell_for_any_measure(lab):
    """1,368 of 1,653 partly reached small areas were blank once."""
    effect = lab.effect(Scenario("A", "southend", changes=(CHANGES["open"],)))
    table = effect.shown("lsoa")
    assert len(table) == len(effect.counts.measures) * 107
    assert not table[[*PARTS, "total", "change"]].isna().any(axis=None)
    assert not table.loc[table["total"] != FEW, ["share_before", "share_after"]].isna().any(axis=None)


def test_where_nobody_loses_those_newly_within_reach_are_the_change(lab):
    effect = lab.effect(Scenario("A", "southend", changes=(CHANGES["open"],)))
    for level in ("ward", "group"):
        rows = effect.shown(level).query("no_longer_reached == 0 and newly_reached > 0 and change > 0")
        assert len(rows) > 2
        assert rows["newly_reached"].tolist() == rows["change"].tolist()


def test_two_roundings_are_made_to_agree_only_one_way():
    before, after, newly, lost = (
        np.array(column, dtype=float)
        for column in ([1640, 1640, 100, 40], [2000, 2000, 60, 40], [355, 355, 0, 5], [0, 10, 35, 5])
    )
    gained, dropped = agree_one_way(before, after, newly, lost)
    assert gained.tolist() == [360, 355, 0, 5]
    assert dropped.tolist() == [0, 10, 40, 5]


def test_a_few_is_never_said_of_five():
    assert shown_counts([4.999, 5.0]).tolist() == [FEW, 5.0]
