"""Who can go by ward: sums over homes, never easier than to get there, and only while a site is open."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analysis.reach.outings import STATUSES, intervals_of, outing_reach
from analysis.shown import nearest_5
from analysis.travel.access import Access
from analysis.travel.there_and_back import ALL_DAY, FreeTime
from geo.errors import InputError
from geo.network.modes import mode_named
from geo.opening import Hours
from tests.timetables import with_buses

TUESDAY, SUNDAY = date(2026, 5, 12), date(2026, 5, 10)
FREE = FreeTime(8 * 60 + 30, 9 * 60 + 45, 10)
COUNTED = {"measure": "children_0_3", "baseline": "count"}


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    return with_buses(tmp_path_factory.mktemp("packs") / "elsewhere")


@pytest.fixture(scope="module")
def access(pack):
    return Access.of(pack, mode_named("transit_pram@tuesday,08:30-10:00"))


@pytest.fixture(scope="module")
def found(pack, access):
    return outing_reach(access, pack.services_of("gp_practice"), TUESDAY, FREE, **COUNTED)


def test_wards_add_up_the_people_of_homes_that_can_go(pack, found):
    people = pack.measure("children_0_3", "count")
    for code, row in found.rows.iterrows():
        here = (pack.demand["ward"] == code).to_numpy()
        assert row["total"] == pytest.approx(sum(people[here]))
        assert row["can_go"] == pytest.approx(sum(people[n] for n in np.flatnonzero(here) if found.can_go[n]))
        assert row["there"] == pytest.approx(sum(people[n] for n in np.flatnonzero(here) if found.there[n]))
    assert found.groups.loc["borough", "can_go"] == pytest.approx(found.rows["can_go"].sum())
    assert 0 < found.groups.loc["borough", "can_go"] < found.groups.loc["borough", "there"]


def test_there_is_a_visit_that_ends_in_the_free_time_while_a_site_is_open(found):
    arrive_s = found.outings.arrive_s
    for home in range(len(arrive_s)):
        fits = [
            max(arrive_s[home, site], open_s) + 600 <= min(close_s, FREE.end_min * 60)
            for site, hours in enumerate(found.hours)
            for open_s, close_s in hours.intervals
        ]
        assert found.there[home] == any(fits)
    assert (found.there | ~found.can_go).all(), "never easier than to get there"


def test_shown_figures_are_to_the_nearest_five_with_a_share_of_them(found):
    rows, groups = found.shown()
    for shown, true in ((rows, found.rows), (groups, found.groups)):
        large = (true["can_go"] >= 5) & (true["total"] - true["can_go"] >= 5)
        assert large.any()
        assert (shown["can_go"][large] == nearest_5(true["can_go"][large])).all()
        share = (shown["can_go"] / shown["total"])[large]
        assert shown["share"][large].tolist() == pytest.approx(share.tolist(), abs=0.0005)
    assert "share" not in found.rows


def test_on_a_day_on_which_all_are_closed_nobody_can_go(pack, access):
    closed = outing_reach(access, pack.services_of("gp_practice"), SUNDAY, FREE, **COUNTED)
    assert closed.closed == len(closed.sites) == 2
    assert not closed.can_go.any()
    assert not closed.there.any()


def test_hours_that_nobody_knows_count_as_open_all_day_and_are_said_to_be_unknown(pack, access):
    sites = pack.services_of("gp_practice")
    hours = [Hours((), "unknown"), Hours(((0, 60),), "assumed")]
    found = outing_reach(access, sites, SUNDAY, FREE, hours=hours, **COUNTED)
    assert found.hours_known == dict(zip(STATUSES, (0, 1, 1), strict=True))
    assert found.closed == 0
    assert intervals_of(hours[0]) == ALL_DAY
    assert found.can_go.any()
    assert (found.can_go == found.outings.can_go[:, 0]).all(), "the other is shut when the free time begins"


def test_no_site_is_refused(pack, access):
    with pytest.raises(InputError, match="no site to visit"):
        outing_reach(access, pack.services_of("gp_practice").iloc[:0], TUESDAY, FREE, **COUNTED)


def test_a_longer_visit_lets_fewer_go(pack, access, found):
    sites = pack.services_of("gp_practice")
    longer = outing_reach(access, sites, TUESDAY, replace(FREE, visit_min=30.0), **COUNTED)
    assert (found.can_go | ~longer.can_go).all()
    assert longer.can_go.sum() < found.can_go.sum()


def test_a_visit_that_would_end_after_the_free_time_is_none(pack, access):
    short = FreeTime(8 * 60 + 30, 8 * 60 + 50, 10)
    found = outing_reach(access, pack.services_of("gp_practice"), TUESDAY, short, **COUNTED)
    in_time = (found.outings.arrive_s + 600 <= 8 * 3600 + 50 * 60)[
        :, [h.intervals[0][0] < 9 * 3600 for h in found.hours]
    ]
    assert (found.there == in_time.any(axis=1)).all()
    assert 0 < found.there.sum() < len(found.there)
