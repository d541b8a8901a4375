"""Reach against a plain loop over pandas rows, and the properties that any table of reach must have."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.reach.reach import count_reach, group_masks, reach, reach_curve
from analysis.shown import FEW
from analysis.travel.access import Access
from geo.errors import InputError, UnknownNameError
from geo.network.modes import MODES
from tests.samples import with_particulars

few = settings(max_examples=15, deadline=None, derandomize=True)
CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}


@pytest.fixture(scope="module")
def centre_s(pack):
    """Seconds from every home to its nearest children's centre with a pram."""
    return Access.of(pack, MODES["walk_pram"]).to_category("childrens_centre").nearest_s


@pytest.fixture(scope="module")
def random_s(pack):
    """Times by chance, some of them infinite."""
    rng = np.random.default_rng(11)
    seconds = rng.gamma(3.0, 300.0, len(pack.demand)).astype(np.float32)
    seconds[rng.random(len(seconds)) < 0.03] = np.inf
    return seconds


def by_hand(pack, seconds, column, within_s, inside):
    """Count one group of homes, a row at a time."""
    total = reached = unreached = 0.0
    people = []
    for row, time_s in zip(pack.demand.itertuples(), seconds, strict=True):
        if not inside(row):
            continue
        count = pack.measures.loc[row.lsoa, column] * row.share
        total += count
        reached += count if time_s <= within_s else 0
        unreached += count if time_s == np.inf else 0
        people.append((float(time_s), count))
    people.sort()
    running, quantiles = 0.0, {}
    for time_s, count in people:
        running += count
        for share in (0.5, 0.9):
            if running >= share * total * (1 - 1e-12) and share not in quantiles:
                quantiles[share] = time_s / 60
    return [total, reached, reached / total, quantiles[0.5], quantiles[0.9], unreached]


FIGURES = ["total", "reached", "share", "median_min", "p90_min", "unreached"]


@pytest.mark.parametrize(("measure", "baseline"), [("children_0_3", "strategy"), ("households_no_car", "census_2011")])
def test_wards_and_groups_equal_a_loop(pack, random_s, measure, baseline):
    table = count_reach(pack, random_s, measure=measure, baseline=baseline, within_min=15)
    column = f"{baseline}.{measure}"
    for code, row in table.rows.iterrows():
        want = by_hand(pack, random_s, column, 900, lambda home, code=code: home.ward == code)
        assert row[FIGURES].astype(float).tolist() == pytest.approx(want, rel=1e-9), code
    targets = set(pack.wards.index[pack.wards["target"]])
    groups = {
        "target": lambda home: home.ward in targets,
        "rest": lambda home: home.ward not in targets,
        "borough": lambda _: True,
    }
    assert list(table.groups.index) == list(groups)
    for group, inside in groups.items():
        want = by_hand(pack, random_s, column, 900, inside)
        assert table.groups.loc[group, FIGURES].tolist() == pytest.approx(want, rel=1e-9), group


def test_rows_are_named_and_grouped(pack, centre_s):
    rows = reach(pack, centre_s, **CHILDREN, within_min=15).rows
    assert rows.shape[0] == 17
    assert set(rows.loc[rows["group"] == "target", "name"]) == {
        "Kursaal",
        "Milton",
        "Shoeburyness",
        "Victoria",
        "Westborough",
        "West Shoebury",
    }
    assert (rows["group"] == "rest").sum() == 11


@few
@given(within=st.floats(0, 120))
def test_parts_sum_to_the_whole(pack, random_s, within):
    table = count_reach(pack, random_s, **CHILDREN, within_min=within)
    for figure in ("total", "reached", "unreached"):
        by_group = table.rows.groupby("group")[figure].sum()
        assert by_group["target"] == pytest.approx(table.groups.loc["target", figure])
        assert by_group["rest"] == pytest.approx(table.groups.loc["rest", figure])
        assert by_group.sum() == pytest.approx(table.groups.loc["borough", figure])
    assert table.groups.loc["target", "total"] == pytest.approx(4032)


@few
@given(within=st.floats(0, 60), more=st.floats(0, 30))
def test_longer_threshold_never_lowers_reach(pack, centre_s, within, more):
    short = count_reach(pack, centre_s, **CHILDREN, within_min=within)
    long = count_reach(pack, centre_s, **CHILDREN, within_min=within + more)
    assert (long.rows["reached"] >= short.rows["reached"]).all()
    assert (long.groups["reached"] >= short.groups["reached"]).all()
    assert (long.rows["reached"] <= long.rows["total"] + 1e-9).all()


@pytest.mark.slow
@few
@given(seed=st.integers(0, 2**32 - 1))
def test_more_sites_never_lower_reach(pack, seed):
    rng = np.random.default_rng(seed)
    halls = pack.services_of("community_hall")
    chosen = halls.iloc[rng.permutation(len(halls))[:9]]
    access = Access.of(pack, MODES["walk_pram"])
    few_s, many_s = access.to_sites(chosen.iloc[:4]).nearest_s, access.to_sites(chosen).nearest_s
    fewer = count_reach(pack, few_s, **CHILDREN, within_min=15)
    more = count_reach(pack, many_s, **CHILDREN, within_min=15)
    assert (more.rows["reached"] >= fewer.rows["reached"]).all()
    assert (more.rows["median_min"] <= fewer.rows["median_min"]).all()
    assert (more.groups["share"] >= fewer.groups["share"]).all()


def test_threshold_is_at_most_on_unrounded_seconds(pack):
    """Of five homes around 15 minutes, exactly those at 900 s or less count."""
    seconds = np.full(len(pack.demand), np.inf)
    seconds[:5] = [900.0, np.nextafter(np.float32(900), np.float32(901)), 899.99, 900.4, 0.0]
    children = pack.measure("children_0_3", "strategy")
    table = count_reach(pack, seconds, **CHILDREN, within_min=15)
    assert table.groups.loc["borough", "reached"] == pytest.approx(children[[0, 2, 4]].sum(), rel=1e-12)
    nearly = count_reach(pack, seconds, **CHILDREN, within_min=899.995 / 60)
    assert nearly.groups.loc["borough", "reached"] == pytest.approx(children[[2, 4]].sum(), rel=1e-12)
    none = count_reach(pack, seconds, **CHILDREN, within_min=0)
    assert none.groups.loc["borough", "reached"] == pytest.approx(children[4], rel=1e-12)


def test_unreached_homes_are_counted_and_never_reached(pack):
    nobody = count_reach(pack, np.full(len(pack.demand), np.inf), **CHILDREN, within_min=10_000)
    assert (nobody.rows["reached"] == 0).all()
    assert (nobody.rows["share"] == 0).all()
    assert nobody.rows["unreached"].tolist() == pytest.approx(nobody.rows["total"].tolist())
    assert np.isinf(nobody.groups[["median_min", "p90_min"]].to_numpy()).all()


def test_medians_count_people_not_postcodes(pack, centre_s):
    """Whole children, each standing in a list by itself."""
    children = pack.measure("children_0_3", "census_2011")
    whole = np.rint(children * 40).astype(int)
    of_home = pack.demand.assign(lsoa=[str(i) for i in range(len(pack.demand))], share=1.0)
    manifest = with_particulars(pack.manifest, baselines=["x"])
    measures = pd.DataFrame({"x.y": whole}, index=of_home["lsoa"])
    counted = replace(pack, manifest=manifest, demand=of_home, measures=measures)
    groups = count_reach(counted, centre_s, measure="y", baseline="x", within_min=15).groups
    inside = group_masks(pack)["target"]
    everyone = np.repeat(centre_s[inside].astype(np.float64), whole[inside])
    everyone.sort()
    for column, share in (("median_min", 0.5), ("p90_min", 0.9)):
        place = int(np.ceil(round(share * len(everyone), 9))) - 1
        assert groups.loc["target", column] == pytest.approx(everyone[place] / 60)


def test_what_is_shown_is_the_true_count_to_the_nearest_five(pack, random_s):
    """By hand, for wards, groups and small areas; at 15 minutes and at a threshold between the minutes."""
    few = all_but = 0
    for by in ("ward", "lsoa"):
        for within in (3.3, 15, 40):
            true = count_reach(pack, random_s, **CHILDREN, within_min=within, by=by)
            shown = reach(pack, random_s, **CHILDREN, within_min=within, by=by)
            for exact, seen in ((true.rows, shown.rows), (true.groups, shown.groups)):
                assert not seen[["total", "reached", "share", "unreached"]].isna().any(axis=None), "a blank cell"
                for code, row in seen.iterrows():
                    total, reached = exact.loc[code, ["total", "reached"]]
                    assert row["total"] == (4032 if code == "target" else 5 * int(total / 5 + 0.5)), code
                    if 1e-6 < reached < 5:
                        assert row["reached"] == FEW
                        few += 1
                    elif 1e-6 < total - reached < 5:
                        assert row["reached"] == row["total"] - FEW
                        all_but += 1
                    elif total - reached > 5:
                        assert abs(row["reached"] - reached) <= 5
                        assert row["reached"] % 5 == 0
                    assert row["share"] == pytest.approx(row["reached"] / row["total"], abs=0.00051)
    assert few > 10
    assert all_but > 5


def test_small_areas_leave_the_groups_as_they_are(pack, random_s):
    by_ward = reach(pack, random_s, **CHILDREN, within_min=15)
    by_lsoa = reach(pack, random_s, **CHILDREN, within_min=15, by="lsoa")
    pd.testing.assert_frame_equal(by_ward.groups, by_lsoa.groups)
    assert (by_lsoa.rows["group"] == "target").sum() == pack.lsoas["target"].sum()


def test_curve_equals_reach_at_every_threshold(pack, random_s):
    minutes = (0, 5, 12.5, 15, 40, 200)
    curve = reach_curve(pack, random_s, **CHILDREN, minutes=minutes)
    for limit in minutes:
        groups = reach(pack, random_s, **CHILDREN, within_min=limit).groups["share"]
        at = curve[curve["minutes"] == limit].set_index("group")["share"]
        assert at[groups.index].tolist() == pytest.approx(groups.tolist(), abs=1e-12)


def test_curve_never_falls_and_includes_the_boundary_second(pack, centre_s):
    curve = reach_curve(pack, centre_s, **CHILDREN)
    assert len(curve) == 3 * 61
    assert (curve.groupby("group")["share"].diff().dropna() >= 0).all()
    exactly = reach_curve(pack, np.full(len(pack.demand), 900.0), **CHILDREN, minutes=(14.999, 15))
    assert exactly[exactly["group"] == "borough"]["share"].tolist() == pytest.approx([0, 1])


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"within_min": -1}, InputError, "threshold"),
        ({"within_min": float("nan")}, InputError, "threshold"),
        ({"measure": "cats"}, UnknownNameError, "children_0_3"),
        ({"baseline": "census_1911"}, UnknownNameError, "census_2011"),
        ({"by": "street"}, UnknownNameError, "ward, lsoa"),
    ],
)
def test_wrong_questions_are_refused(pack, centre_s, change, error, words):
    with pytest.raises(error, match=words):
        reach(pack, centre_s, **{**CHILDREN, "within_min": 15, **change})


def test_times_must_fit_the_homes(pack, centre_s):
    with pytest.raises(InputError, match="3642"):
        reach(pack, centre_s[:-1], **CHILDREN, within_min=15)
    with pytest.raises(InputError, match="not a number"):
        reach(pack, np.where(centre_s > 1000, np.nan, centre_s), **CHILDREN, within_min=15)
