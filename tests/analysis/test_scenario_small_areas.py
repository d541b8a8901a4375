"""What scenarios show of small areas, wards and groups: nothing that would count a few people."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.disclosure import SMALLEST_COUNT
from analysis.scenario import AddSite, CloseSite, MoveSite, Point, Scenario, Venue
from analysis.scenario_lab import Lab
from analysis.scenario_tables import Counts, change_table
from geo.errors import InputError

FRIARS, LIBRARY = "gias-22459", "lib-shoeburyness-library"
BASE = Scenario("test", "southend")


@pytest.fixture(scope="module")
def lab(pack) -> Lab:
    return Lab(pack)


def test_small_areas_show_nothing_under_five(lab):
    effect = lab.effect(BASE.with_change(AddSite("new-1", "Hub", Venue(LIBRARY))))
    shown = effect.table("lsoa")
    counts = shown[["total", "reached_before", "reached_after", "newly_reached", "no_longer_reached", "gain", "lose"]]
    values = counts.to_numpy()[np.isfinite(counts.to_numpy())]
    assert (values >= SMALLEST_COUNT).all()
    assert (values % 5 == 0).all()
    changes = shown["change"].dropna()
    assert (changes % 5 == 0).all()
    assert shown["change"].notna().any()
    assert shown["minutes_saved"].isna().all()
    assert len(shown) == 3 * 107


def test_a_move_by_a_few_children_is_not_shown_of_a_small_area(pack, lab):
    """Stepping a site along a street must not tell one postcode from the next."""
    hidden = 0
    for step in range(40):
        effect = lab.effect(BASE.with_change(MoveSite(FRIARS, Point(593_881.0 - 25 * step, 185_862.0))))
        people = effect.counts.people[:, 0]
        inside = effect.counts.membership("lsoa")
        was, now = effect.before_s <= 900, effect.after_s <= 900
        crossing = [inside @ (people * which) for which in (now & ~was, was & ~now)]
        few = np.any([(count > 1e-9) & (count < SMALLEST_COUNT) for count in crossing], axis=0)
        rows = effect.table("lsoa").query("measure == 'children_0_3'")
        assert rows.loc[few, "change"].isna().all()
        assert rows.loc[few, "reached_after"].isna().all()
        hidden += int(few.sum())
    assert hidden


PARTS = ["reached_before", "reached_after", "newly_reached", "no_longer_reached"]
PARTS += ["gain", "lose", "connected", "cut_off"]


def test_what_is_hidden_of_one_measure_of_a_small_area_is_hidden_of_all(lab):
    """All measures of an LSOA are shared out alike: births hidden beside children shown would follow from these."""
    shown = 0
    for change in (AddSite("new-1", "Hub", Venue(LIBRARY)), MoveSite(FRIARS, Venue(LIBRARY)), CloseSite(FRIARS)):
        for minutes in (5, 10, 15, 20):
            table = lab.effect(Scenario("A", "southend", within_min=minutes, changes=(change,))).table("lsoa")
            for _, area in table[table["total"].notna()].groupby("code"):
                for column in [*PARTS, "share_before", "share_after", "change"]:
                    assert area[column].isna().all() or area[column].notna().all(), (change, minutes, column)
                for when in ("before", "after"):
                    share = area[f"share_{when}"].dropna()
                    assert (share == share.max()).all()
                shown += int(area["change"].notna().sum())
    assert shown > 100, "hardly anything is shown"


def test_where_a_total_of_a_small_area_is_hidden_so_is_all_that_would_tell_it(pack):
    """Two small areas of a ward, one of them hidden for the other's sake: reached over share would be its total."""
    ward = pack.lsoas.index[pack.lsoas["ward"] == pack.lsoas["ward"].iloc[0]]
    measures = pack.measures[["strategy.children_0_3"]].copy()
    measures.loc[ward, "strategy.children_0_3"] = [0.4, 47.6, *([0.0] * (len(ward) - 2))]
    counts = Counts.of(replace(pack, measures=measures), "strategy", ["children_0_3"])
    random = np.random.default_rng(1)
    before, after = (random.uniform(0, 1800, len(pack.demand)).astype(np.float32) for _ in range(2))
    exact = counts.membership("lsoa") @ (counts.people[:, 0] * (before <= 900))
    table = change_table(counts, "lsoa", before, after, 15).set_index("code")
    assert exact[table.index.get_loc(ward[1])] > 5, "there is something to hide"
    assert table.loc[ward, ["total", *PARTS, "share_before", "share_after", "change"]].isna().all(axis=None)


def test_all_but_a_few_of_a_small_area_are_as_hidden_as_a_few(pack):
    """Who gains less the total would be those who do not."""
    counts = Counts.of(pack, "strategy", ["children_0_3", "births_per_year"])
    children = counts.people[:, 0]
    homes = pack.demand["lsoa"].to_numpy()
    areas = counts.areas("lsoa").index
    before = np.full(len(children), 1200.0, dtype=np.float32)
    after, all_but_one = before - 300, {}
    for area in areas:
        inside = np.flatnonzero((homes == area) & (children > 0))
        kept = inside[np.argmin(children[inside])]
        if children[kept] < SMALLEST_COUNT and len(inside) > 1:
            all_but_one[area] = kept
    after[list(all_but_one.values())] = 1200.0
    table = change_table(counts, "lsoa", before, after, 15).set_index(["measure", "code"])
    assert len(all_but_one) > 50
    for measure in counts.measures:
        assert table.loc[measure].loc[list(all_but_one), "gain"].isna().all()
    everybody = change_table(counts, "lsoa", before, before - 300, 15)
    known = everybody[everybody["total"].notna()]
    assert (known["gain"] == known["total"]).all()
    # A third of every area gains: one share for both measures, and counts that it makes of the totals.
    third = before - 300 * (np.arange(len(before)) % 3 == 0)
    table = change_table(counts, "lsoa", before, third.astype(np.float32), 15)
    told = table.dropna(subset=["gain"])
    share = told["gain"] / told["total"]
    assert len(told) > 50
    assert ((share > 0.1) & (share < 0.6)).all()


def test_small_areas_are_asked_in_steps_of_five_minutes(lab):
    effect = lab.effect(Scenario("A", "southend", within_min=12))
    with pytest.raises(InputError, match="steps of 5 minutes"):
        effect.table("lsoa")


def test_what_is_shown_of_wards_is_rounded_and_its_change_follows(lab):
    effect = lab.effect(BASE.with_change(AddSite("new-1", "Hub", Venue(LIBRARY))))
    shown = effect.shown("ward")
    known = shown.dropna(subset=["reached_before", "reached_after"])
    np.testing.assert_allclose(known["change"], known["reached_after"] - known["reached_before"])
    parts = known[(known["reached_after"] < known["total"])]
    assert (parts["reached_after"] % 5 == 0).all()
    assert effect.shown("lsoa").equals(effect.table("lsoa"))
