from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.shown import FEW
from analysis.travel.access import Access
from analysis.trends.change import BEFORE, NOW, change, change_by_ward, closures
from geo.errors import UnknownNameError
from geo.network.modes import MODES

CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}


@pytest.fixture(scope="module")
def access(pack):
    return Access.of(pack, MODES["walk_pram"])


@pytest.fixture(scope="module")
def found(access):
    return change(access, threshold_min=20)


def test_times_are_those_of_each_list(access, found):
    assert np.array_equal(found.before_s, access.to_category(BEFORE).nearest_s.astype(float))
    assert np.array_equal(found.now_s, access.to_category(NOW).nearest_s.astype(float))


def test_shoeburyness_lost_its_two_surgeries_in_the_north(pack, access, found):
    fate = found.fates["fate"]
    assert fate[["ods2019-F81684", "ods2019-F81688"]].tolist() == ["closed", "closed"]
    assert fate["ods2019-F81613"] == "open"
    by_ward = change_by_ward(access, found, **CHILDREN)
    wards = by_ward.loc[pack.wards.index]
    assert wards["longer_min"].idxmax() == wards["lost"].idxmax() == "E05002222"
    gone = closures(access, found, **CHILDREN)
    assert set(gone.index[:2]) == {"ods2019-F81688", "ods2019-F81684"}
    assert gone.loc["ods2019-F81688", "ward"] == "E05002222"


def test_children_lost_by_closure_are_the_children_lost(pack, access, found):
    people = pack.measure(**CHILDREN)
    gone = closures(access, found, **CHILDREN)
    assert found.lost.any()
    fates = found.fates["fate"].to_numpy()[found.before_site[found.lost]]
    assert set(fates) == {"closed"}, "who lost a practice lost one that is gone"
    assert gone["lost"].sum() == pytest.approx(people[found.lost].sum(), abs=2.5 * len(gone))
    by_ward = change_by_ward(access, found, **CHILDREN)
    assert by_ward.loc["borough", "lost"] == pytest.approx(people[found.lost].sum(), abs=2.5)
    moved = by_ward[["lost", "gained"]].to_numpy()
    assert set(np.unique(moved[moved != FEW] % 5)) == {0}


def test_mean_minutes_are_of_everybody(pack, access, found):
    people = pack.measure(**CHILDREN)
    by_ward = change_by_ward(access, found, **CHILDREN)
    expected = np.average(found.now_s - found.before_s, weights=people) / 60
    assert by_ward.loc["borough", "longer_min"] == pytest.approx(expected)


def places(rows):
    columns = ["id", "name", "easting", "northing"]
    frame = pd.DataFrame(rows, columns=columns).set_index("id")
    return frame.assign(ward="", status="open", category=NOW)


def test_fates_by_code_and_place(pack, access):
    x, y = 588_000.0, 186_000.0
    then = places(
        [
            ("ods2019-A", "Stayed", x, y),
            ("ods2019-B", "Moved", x, y + 1000),
            ("ods2019-C", "Closed", x + 1000, y),
            ("ods2019-D", "Taken over", x + 2000, y),
        ]
    ).assign(category=BEFORE, status="past")
    now = places(
        [("ods-A", "Stayed", x + 100, y), ("ods-B", "Moved", x, y + 2000), ("ods-E", "New one", x + 2000, y + 149)]
    )
    made_up = replace(access, pack=replace(pack, services=pd.concat([then, now])))
    found = change(made_up, threshold_min=15)
    assert found.fates["fate"].tolist() == ["open", "moved", "closed", "site in use"]
    assert found.fates["code"].tolist() == ["A", "B", "C", "D"]
    same = change(made_up, threshold_min=15, before=NOW)
    assert not same.lost.any()
    assert not same.gained.any()
    assert (same.longer_s == 0).all()
    assert closures(made_up, same, **CHILDREN).empty


def test_a_practice_at_150_m_stands_at_the_same_place_and_one_further_off_does_not(access):
    x, y = 588_000.0, 186_000.0
    then = places([("ods2019-A", "At it", x, y), ("ods2019-B", "Beyond", x + 1000, y)])
    now = places([("ods-C", "Other", x, y + 150), ("ods-D", "Another", x + 1000, y + 150.01)])
    services = pd.concat([then.assign(category=BEFORE, status="past"), now])
    made_up = replace(access, pack=replace(access.pack, services=services))
    assert change(made_up, threshold_min=15).fates["fate"].tolist() == ["site in use", "closed"]


def test_lost_and_gained_meet_at_the_boundary_second(found):
    at = replace(found, before_s=np.array([1200.0, 1200.0, np.inf]), now_s=np.array([1200.5, 1200.0, np.inf]))
    assert at.lost.tolist() == [True, False, False]
    back = replace(at, before_s=at.now_s, now_s=at.before_s)
    assert back.gained.tolist() == [True, False, False]
    assert at.longer_s.tolist() == [0.5, 0.0, 0.0]


def test_unknown_category(access):
    with pytest.raises(UnknownNameError):
        change(access, threshold_min=20, before="pub")
