"""The rules of disclosure control, and an attacker who tries to get round them.

The attacker knows the time from every home to every service (any postcode can be looked up), which small area and
ward it lies in, and everything that is shown: ward totals, totals of small areas, tables of reach by small area and by
ward for many services and thresholds, medians, the services of 2019 against those of now, and pockets. What is unknown
is how many children live at each home. All that is shown bounds sums of these unknowns, so a linear program finds the
least and the most that a suppressed count can be: if these are less than 3 apart, it is as good as shown.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from analysis.basket import read_basket
from analysis.disclosure import (
    minute_class,
    protect_count,
    protect_difference,
    protect_parts,
    protect_reach,
    protect_share,
    protect_totals,
    small_area_threshold,
)
from analysis.pockets import pockets
from analysis.reach import reach
from analysis.survey import survey
from geo.errors import InputError

CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}
WIDTH = 3.0


class Attacker:
    """Collects what is shown as bounds on sums over the homes of one ward, then asks how far each sum is free."""

    def __init__(self, n_homes):
        self.n_homes, self.rows, self.low, self.high = n_homes, [], [], []

    def learn(self, homes, low, high):
        """The children at `homes` (mask, or weights) are between two numbers."""
        self.rows.append(np.asarray(homes, dtype=float))
        self.low.append(low)
        self.high.append(high)

    def learn_rounded(self, homes, shown, whole_total=None):
        """A count to the nearest 5, not under 5 unless it is none at all; whole numbers for whole areas."""
        if whole_total is not None and shown in (0, whole_total):
            half = 0.5 if shown else 0.0
            self.learn(homes, max(shown - half, 0), shown + half)
        else:
            self.learn(homes, max(shown - 2.5, 5), shown + 2.5)

    def bounds(self, homes):
        """The least and the most children that can live at `homes`, given all that was learnt."""
        rows, low, high = np.array(self.rows), np.array(self.low), np.array(self.high)
        above, below = np.isfinite(high), np.isfinite(low)
        left = csr_array(np.concatenate([rows[above], -rows[below]]))
        right = np.concatenate([high[above], -low[below]]) + 1e-7
        aim = np.asarray(homes, dtype=float)
        ends = [linprog(sign * aim, A_ub=left, b_ub=right, bounds=(0, None), method="highs") for sign in (1, -1)]
        assert all(end.status in (0, 3) for end in ends), "what is shown contradicts itself"
        return ends[0].fun, -ends[1].fun if ends[1].status == 0 else np.inf


@pytest.fixture(scope="module")
def southend(pack):
    return survey(pack, read_basket())


@pytest.fixture(scope="module", params=["Shoeburyness", "Kursaal"])
def scene(request, pack, southend):
    """One ward: its homes, its children, its times (services of 2019 last), and its small areas."""
    code = pack.wards.index[pack.wards["name"] == request.param][0]
    homes = np.flatnonzero((pack.demand["ward"] == code).to_numpy())
    then = southend.access["walk_pram"].to_category("gp_practice_2019").nearest_s
    times = np.concatenate([southend.seconds, then[None, :].astype(float)])
    return {
        "code": code,
        "homes": homes,
        "children": pack.measure(**CHILDREN)[homes],
        "times": times,
        "lsoa": pack.demand["lsoa"].to_numpy()[homes],
    }


def everything_shown(pack, southend, scene, *, whole_wards=False, every_min=2):
    """Tell an attacker all that is shown of a ward; and list the sums that were suppressed."""
    children, lsoa, homes = scene["children"], scene["lsoa"], scene["homes"]
    attacker, hidden = Attacker(len(homes)), []
    total = float(children.sum())
    attacker.learn(np.ones(len(homes)), round(total) - 0.5, round(total) + 0.5)
    counts = pack.lsoa_counts(**CHILDREN)
    totals = protect_totals(counts, pack.lsoas["ward"])
    areas = {code: lsoa == code for code in np.unique(lsoa)}
    for code, inside in areas.items():
        attacker.learn_rounded(inside, totals[code])
    for times in scene["times"]:
        for minutes in range(5, 65, 5):
            small_area_threshold(minutes)
            rows = reach(pack, times, **CHILDREN, within_min=minutes, by="lsoa").rows
            for code, inside in areas.items():
                within = inside & (times[homes] <= minutes * 60)
                reached, short = children[within].sum(), children[inside & ~within].sum()
                if not np.isnan(rows.loc[code, "reached"]):
                    attacker.learn_rounded(within, rows.loc[code, "reached"])
                    continue
                # The attacker is even told which side it is that is too small.
                small = within if reached < 5 else inside & ~within
                attacker.learn(small, 0, 5)
                if 0 < min(reached, short) < 5:
                    hidden.append(small)
        for minutes in range(every_min, 61, every_min):
            within = times[homes] <= minutes * 60
            part = float(children[within].sum())
            if whole_wards:
                attacker.learn(within, max(round(part) - 0.5, 0), round(part) + 0.5)
                continue
            shown = float(protect_parts(part, total))
            if np.isnan(shown):
                small = within if part < 5 else ~within
                attacker.learn(small, 0, 5)
                hidden.append(small)
            else:
                attacker.learn_rounded(within, shown, whole_total=round(total))
        order = np.argsort(times[homes], kind="stable")
        running = np.cumsum(children[order]) / total
        for share in (0.5, 0.9):
            middle_s = times[homes][order][np.searchsorted(running, share)]
            shown_min = round(middle_s / 60, 1)
            attacker.learn((times[homes] <= (shown_min + 0.05) * 60) - share, 0, np.inf)
            attacker.learn((times[homes] < (shown_min - 0.05) * 60) - share, -np.inf, 0)
    table = pockets(southend, **CHILDREN)
    for members, count in zip(table.attrs["homes"], table["children"], strict=True):
        inside = np.isin(homes, members)
        if inside.any() and not np.isnan(count):
            attacker.learn_rounded(inside, count)
    return attacker, hidden


def targets(scene, hidden, how_many, seed=5):
    """Suppressed sums, and single postcodes, to go for; the smallest differences between tables among them."""
    single = [row for row in np.eye(len(scene["homes"]), dtype=bool) if 0 < scene["children"][row].sum() < 5]
    rings = []
    for times in scene["times"]:
        ordered = np.sort(np.unique(times[scene["homes"]]))
        minute = np.round(ordered / 60)
        rings += [np.floor(times[scene["homes"]] / 60) == at for at in np.unique(minute)]
    rings = [ring for ring in rings if 0 < scene["children"][ring].sum() < 5]
    random = np.random.default_rng(seed)
    chosen = []
    for kind in (np.unique(hidden, axis=0), np.array(single), np.unique(rings, axis=0)):
        chosen += list(kind[random.permutation(len(kind))[:how_many]])
    return chosen


def test_nothing_suppressed_can_be_worked_out(pack, southend, scene):
    attacker, hidden = everything_shown(pack, southend, scene)
    assert len(hidden) > 10, "there is something to go for"
    for homes in targets(scene, hidden, 4):
        low, high = attacker.bounds(homes)
        true = scene["children"][homes].sum()
        assert low - 1e-4 <= true <= high + 1e-4, "the attacker reasons rightly"
        assert high - low >= WIDTH, f"{true:.1f} children were placed between {low:.1f} and {high:.1f}"


def test_the_attacker_is_able_where_control_is_missing(pack, southend, scene):
    """Ward counts as whole numbers at every minute, one table less the next: the solver finds single streets."""
    attacker, hidden = everything_shown(pack, southend, scene, whole_wards=True, every_min=1)
    widths = (np.subtract(*attacker.bounds(homes)[::-1]) for homes in reversed(targets(scene, hidden, 12)))
    assert any(width < WIDTH for width in widths)


def lone_small_area(counts):
    """Bounds on each suppressed area from the ward total and the areas that are shown, by linear program."""
    series = pd.Series(counts, index=[f"L{at}" for at in range(len(counts))])
    shown = protect_totals(series, pd.Series("W", index=series.index))
    attacker = Attacker(len(series))
    attacker.learn(np.ones(len(series)), round(series.sum()) - 0.5, round(series.sum()) + 0.5)
    for at, value in enumerate(shown):
        one = np.eye(len(series))[at]
        if np.isnan(value):
            attacker.learn(one, 0, 5 if series.iloc[at] < 5 else np.inf)
        else:
            attacker.learn_rounded(one, value)
    hidden = np.flatnonzero(shown.isna() & (series > 0) & (series < 5))
    return shown, [attacker.bounds(np.eye(len(series))[at]) for at in hidden]


def test_a_ward_total_does_not_give_a_lone_small_area_away():
    """With one other area at the edge of its rounding, the ward's total less what is shown of it would say none."""
    shown, bounds = lone_small_area([0.4, 47.6])
    assert shown.isna().all()
    assert all(high - low >= WIDTH for low, high in bounds)
    loose, _ = lone_small_area([3.0, 52.0, 61.0, 48.0, 55.0])
    assert loose.notna().sum() == 4


@settings(deadline=None)
@given(st.lists(st.floats(0.2, 80), min_size=1, max_size=6), st.floats(10, 80))
def test_totals_less_the_rest_never_place_a_suppressed_area(counts, one_large):
    counts = [*counts, one_large]
    shown, bounds = lone_small_area(counts)
    assert all(high - low >= WIDTH - 1e-3 for low, high in bounds)
    for value, true in zip(shown, counts, strict=True):
        assert np.isnan(value) or (value >= 5 and value % 5 == 0 and abs(value - true) <= 2.5)


def test_every_small_area_of_the_pack_is_safe_under_every_measure(pack):
    for baseline in pack.baselines:
        for measure in pack.measure_names(baseline):
            counts = pack.lsoa_counts(measure, baseline)
            for _, inside in counts.groupby(pack.lsoas["ward"].reindex(counts.index)):
                if (inside < 5).any():
                    _, bounds = lone_small_area(inside.tolist())
                    assert all(high - low >= WIDTH - 1e-3 for low, high in bounds), (baseline, measure)


def test_counts_are_to_the_nearest_five_and_none_under_five():
    shown = protect_count(pd.Series([0.0, 4.99, 5.0, 7.4, 7.6, 102.4]))
    assert shown.tolist()[2:] == [5, 5, 10, 100]
    assert shown.isna().tolist() == [True, True, False, False, False, False]


def test_reach_hides_either_side():
    rows = pd.DataFrame(
        {
            "total": [50.0, 50.0, 50.0, 4.0],
            "reached": [25.0, 3.0, 47.0, 2.0],
            "share": [0.5, 0.06, 0.94, 0.5],
            "unreached": [0.0, 0.0, 0.0, 0.0],
            "median_min": [10.26, 1.0, 1.0, 1.0],
            "p90_min": [20.0, 1.0, 1.0, 1.0],
        }
    )
    shown = protect_reach(rows)
    assert shown["reached"].isna().tolist() == [False, True, True, True]
    assert shown["share"].isna().tolist() == [False, True, True, True]
    assert shown["total"].isna().tolist() == [False, False, False, True]
    assert shown["median_min"].tolist()[:1] == [10]
    assert np.isnan(shown["median_min"].iloc[3])
    assert rows.loc[0, "median_min"] == 10.26, "the true table is left alone"


def test_parts_of_wards():
    total = 503.0
    shown = protect_parts([0, 0.4, 4.9, 5, 252.6, 498, 499, 503], total)
    assert np.array_equal(shown, [0, np.nan, np.nan, 5, 255, 500, np.nan, 503], equal_nan=True)
    shares = protect_share([0, 0.5, 1, 0.002], total)
    assert np.array_equal(shares, [0, 0.5, 1, np.nan], equal_nan=True)
    assert np.isnan(protect_parts(np.nan, 10))
    assert np.isnan(protect_share(np.nan, 0.0))


@settings(deadline=None)
@given(st.floats(0, 600), st.floats(0, 40), st.floats(0, 400))
def test_a_difference_is_a_function_of_what_is_shown(part, more, rest):
    total = part + more + rest
    before, after = protect_parts(part, total), protect_parts(part + more, total)
    difference = protect_difference(after, before)
    if np.isnan(before) or np.isnan(after):
        assert np.isnan(difference)
    else:
        assert difference == pytest.approx(after - before)
        if before > 0 and after < round(total):
            assert difference % 5 == 0


def test_asking_again_teaches_nothing():
    values = np.random.default_rng(2).uniform(0, 90, 50)
    assert np.array_equal(protect_parts(values, 100.0), protect_parts(values, 100.0), equal_nan=True)


def test_thresholds_below_wards_move_in_steps_of_five():
    assert small_area_threshold(15) == 15
    with pytest.raises(InputError, match="give 15 or 20 in place of 17"):
        small_area_threshold(17)


def test_homes_get_classes_of_minutes_only():
    seconds = [0, 300, 300.1, 900, 2700, 2701, np.inf]
    assert minute_class(seconds).tolist() == [0, 0, 1, 2, 5, 6, 7]
