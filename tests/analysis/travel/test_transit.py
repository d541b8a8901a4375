"""Travel times by timetable on a small town's streets: what must hold whatever the timetable is."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.travel.access import Access
from analysis.travel.transit import timing_of
from geo.errors import InputError
from geo.network.modes import mode_named
from geo.pack import AreaPack
from geo.timetable.timing import Timing
from tests.analysis.travel.timetables import timetable_of, trips_by_chance
from tests.samples import write_elsewhere

seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=25, deadline=None, derandomize=True)
START_S = 9 * 3600
N_STOPS = 6
TIMING = Timing(start_min=540, end_min=560, longest_walk_min=20.0, longest_change_min=8.0)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> AreaPack:
    """A small town whose streets are a square of blocks, two kilometres wide."""
    return write_elsewhere(tmp_path_factory.mktemp("elsewhere") / "elsewhere")


def town_with(pack: AreaPack, seed: int) -> tuple[AreaPack, list]:
    """The town with a timetable by chance, and its trips."""
    rng = np.random.default_rng(seed)
    trips = trips_by_chance(rng, N_STOPS, START_S, most=14, hop_min=3)
    return with_trips(pack, trips, seed), trips


def with_trips(pack: AreaPack, trips: list, seed: int) -> AreaPack:
    low, high = pack.network.node_xy.min(axis=0), pack.network.node_xy.max(axis=0)
    xy = np.random.default_rng(seed + 1).uniform(low, high, (N_STOPS, 2))
    return replace(pack, timetable=timetable_of(trips, N_STOPS, xy))


def access_of(pack: AreaPack, **changes: object) -> Access:
    return Access.of(pack, mode_named("transit_pram").timed(replace(TIMING, **changes)))


def sites_of(access: Access, count: int = 3):
    return access.snap(access.pack.services[["easting", "northing"]].to_numpy()[:count])


def by_minute(access: Access) -> np.ndarray:
    return access.transit.by_minute(access.homes, sites_of(access, 1))[0]


@some
@given(seed=seeds)
def test_another_trip_makes_nobody_later(elsewhere, seed):
    """In no minute, whether or not it overtakes others or splits a line in two."""
    pack, trips = town_with(elsewhere, seed)
    fewer = with_trips(elsewhere, trips[:-1], seed)
    assert (by_minute(access_of(pack)) <= by_minute(access_of(fewer))).all()


@some
@given(seed=seeds)
@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({"boardings": 1}, {"boardings": 2}),
        ({"boardings": 2}, {"boardings": 4}),
        ({"longest_walk_min": 10.0}, {"longest_walk_min": 20.0}),
        ({"longest_change_min": 1.0}, {"longest_change_min": 10.0}),
        ({"longest_wait_min": 5.0}, {"longest_wait_min": 40.0}),
        ({"change_s": 240}, {"change_s": 30}),
    ],
    ids=lambda change: ",".join(f"{key}={value}" for key, value in change.items()),
)
def test_a_wider_limit_makes_nobody_later(elsewhere, narrow, wide, seed):
    pack, _ = town_with(elsewhere, seed)
    assert (by_minute(access_of(pack, **wide)) <= by_minute(access_of(pack, **narrow))).all()


@some
@given(seed=seeds)
def test_a_minute_does_not_depend_on_the_window_around_it(elsewhere, seed):
    """So a wider window has no worse a best time, and what it says of a minute is what any other window says."""
    pack, _ = town_with(elsewhere, seed)
    whole, part = by_minute(access_of(pack)), by_minute(access_of(pack, start_min=544, end_min=551))
    assert np.array_equal(whole[:, 4:12], part)
    assert (whole.min(axis=1) <= part.min(axis=1)).all()


@some
@given(seed=seeds)
def test_who_leaves_later_is_there_no_earlier(elsewhere, seed):
    pack, _ = town_with(elsewhere, seed)
    access = access_of(pack)
    arrive_s = by_minute(access) + 60.0 * np.arange(21)
    assert (arrive_s[:, 1:] >= arrive_s[:, :-1] - 1e-6).all()


def test_by_bus_somebody_gains(elsewhere):
    """The rules above would hold if nobody ever rode."""
    gained = 0
    for seed in range(20):
        access = access_of(town_with(elsewhere, seed)[0])
        walk_s = Access.of(elsewhere, mode_named("walk_pram")).between(access.homes, sites_of(access, 1)).nearest_s
        gained += int((by_minute(access).min(axis=1) < walk_s - 60).sum())
    assert gained > 20


@pytest.mark.parametrize("useless", ["another day", "before", "long after", "nobody may get on", "nobody may get off"])
def test_a_timetable_of_no_use_gives_the_walking_times(elsewhere, useless):
    _, trips = town_with(elsewhere, 3)
    changed = {
        "another day": lambda one: replace(one, service=2),
        "before": lambda one: moved(one, -4 * 3600),
        "long after": lambda one: moved(one, 12 * 3600),
        "nobody may get on": lambda one: replace(one, board=(False,) * len(one.stops)),
        "nobody may get off": lambda one: replace(one, alight=(False,) * len(one.stops)),
    }[useless]
    pack = with_trips(elsewhere, [changed(replace(one, service=0)) for one in trips], 3)
    found = access_of(pack)
    walking = Access.of(pack, mode_named("walk_pram"))
    for limit_s in (np.inf, 900.0):
        got, want = (
            one.between(
                one.homes, one.snap(pack.services[["easting", "northing"]].to_numpy()), limit_s=limit_s, matrix=True
            )
            for one in (found, walking)
        )
        assert np.isfinite(want.nearest_s).any()
        assert not np.isfinite(want.nearest_s).all()
        for field in ("nearest_s", "nearest_site", "reason", "matrix_s"):
            assert np.array_equal(getattr(got, field), getattr(want, field)), field


def moved(one, seconds):
    return replace(
        one, arrive_s=tuple(s + seconds for s in one.arrive_s), depart_s=tuple(s + seconds for s in one.depart_s)
    )


@some
@given(seed=seeds, sure=st.sampled_from(["median", "nine_in_ten"]))
def test_matrix_columns_are_single_searches_and_nearest_is_the_least_of_each_minute(elsewhere, seed, sure):
    pack, _ = town_with(elsewhere, seed)
    access = access_of(pack, sure=sure)
    sites = sites_of(access)
    found = access.between(access.homes, sites, matrix=True)
    each = [access.transit.by_minute(access.homes, sites.take(np.array([site])))[0] for site in range(3)]
    rank = {"median": 11, "nine_in_ten": 19}[sure] - 1  # of 21 minutes: half of them, or nine in ten, are no worse
    for site, seconds in enumerate(each):
        np.testing.assert_allclose(found.matrix_s[:, site], np.sort(seconds, axis=1)[:, rank], rtol=1e-6)
    least = np.min(each, axis=0)
    nearest_s, site = access.transit.by_minute(access.homes, sites)
    np.testing.assert_allclose(nearest_s, least, rtol=1e-6, atol=2e-3)
    np.testing.assert_allclose(found.nearest_s, np.sort(least, axis=1)[:, rank], rtol=1e-6, atol=2e-3)
    assert np.array_equal(site >= 0, np.isfinite(least))
    chosen = np.take_along_axis(np.array(each), np.maximum(site, 0)[None], axis=0)[0]
    np.testing.assert_allclose(chosen[site >= 0], least[site >= 0], rtol=1e-6, atol=2e-3)


@some
@given(seed=seeds)
def test_nine_in_ten_is_no_shorter_than_the_median(elsewhere, seed):
    pack, _ = town_with(elsewhere, seed)
    median, surer = (
        access_of(pack, sure=sure).between(access_of(pack).homes, sites_of(access_of(pack))).nearest_s
        for sure in ("median", "nine_in_ten")
    )
    assert (surer >= median).all()


@settings(some, max_examples=8)
@given(seed=seeds)
def test_time_at_a_junction_is_that_of_a_home_put_there(elsewhere, seed):
    pack, _ = town_with(elsewhere, seed)
    access = access_of(pack)
    sites = sites_of(access)
    homes = access.snap(pack.network.node_xy)
    node_s = access.transit.node_times_s(sites)
    np.testing.assert_allclose(node_s, access.between(homes, sites).nearest_s, rtol=1e-5, atol=0.05)


def test_routes_that_are_assumed_count_only_when_asked(elsewhere):
    pack, _ = town_with(elsewhere, 5)
    routes = tuple(replace(route, status="assumed") for route in pack.timetable.routes)
    pack = replace(pack, timetable=replace(pack.timetable, routes=routes))
    without, with_them = by_minute(access_of(pack)), by_minute(access_of(pack, assumed=True))
    assert (with_them <= without).all()
    assert (with_them < without - 60).any()
    assert np.array_equal(with_them, by_minute(access_of(town_with(elsewhere, 5)[0])))


def test_a_pack_without_a_timetable_is_refused(elsewhere):
    with pytest.raises(InputError, match=r"there is no timetable in the data of .*\[\[timetables\]\]"):
        access_of(elsewhere)


def test_a_limit_that_is_no_number_is_refused(elsewhere):
    access = access_of(town_with(elsewhere, 1)[0])
    with pytest.raises(InputError, match="makes no sense"):
        access.between(access.homes, sites_of(access), limit_s=np.nan)


def test_more_sites_than_a_label_holds_are_refused(elsewhere, monkeypatch):
    monkeypatch.setattr("analysis.travel.transit.MOST_SITES", 2)
    access = access_of(town_with(elsewhere, 1)[0])
    with pytest.raises(InputError, match="3 sites are more than a search by timetable takes: give up to 2"):
        access.between(access.homes, sites_of(access))


def test_a_mode_on_foot_has_no_timing():
    with pytest.raises(InputError, match="walk_pram goes by no timetable"):
        timing_of(mode_named("walk_pram"))
