"""The rules of disclosure control, and an attacker who tries to get round them.

The attacker knows the time from every home to every service (any postcode can be looked up), which small area and
ward it lies in, and everything that is shown: ward totals, totals of small areas, tables of reach by small area and by
ward for many services and thresholds, medians, the services of 2019 against those of now, and pockets. What is unknown
is how many children live at each home. All that is shown bounds sums of these unknowns, so a linear program finds the
least and the most that a suppressed count can be: if these are less than 3 apart, it is as good as shown.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from analysis.basket import read_basket
from analysis.disclosure import (
    few_of_some_measure,
    minute_class,
    protect_count,
    protect_difference,
    protect_part_for_all,
    protect_parts,
    protect_reach,
    protect_share,
    protect_share_of_place,
    protect_totals,
    small_area_threshold,
    smallest_totals,
)
from analysis.pockets import pockets
from analysis.reach import reach
from analysis.survey import survey
from geo.errors import InputError

CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}
# Measures whose small-area tables are shown beside it, from the largest to one of the smallest.
OTHERS = (("population", "strategy"), ("children_0_17", "mid_2020"), ("births_per_year", "strategy"))
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

    def learn_share(self, homes, inside, low, high):
        """Of the children `inside` an area, a share between two numbers lives at `homes`."""
        self.learn(homes - low * inside, 0, np.inf)
        self.learn(homes - high * inside, -np.inf, 0)

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


def small_area_tables(pack, scene, attacker):
    """Tell an attacker the totals and tables of the small areas of a ward; list the sums that were suppressed.

    The share is all that a table tells of a part, for this measure as for any other.
    """
    children, homes, hidden = scene["children"], scene["homes"], []
    totals = protect_totals(pack.lsoa_counts(**CHILDREN), pack.lsoas["ward"])
    areas = {code: scene["lsoa"] == code for code in np.unique(scene["lsoa"])}
    smallest = smallest_totals(pack.measures)
    for code, inside in areas.items():
        attacker.learn_rounded(inside, totals[code])
    for times in scene["times"]:
        for minutes in range(5, 65, 5):
            small_area_threshold(minutes)
            rows = reach(pack, times, **CHILDREN, within_min=minutes, by="lsoa").rows
            for code, inside in areas.items():
                within = inside & (times[homes] <= minutes * 60)
                reached, short = children[within].sum(), children[inside & ~within].sum()
                share = rows.loc[code, "share"]
                if not np.isnan(share):
                    least = 5 / smallest[code]
                    low = share - 0.025 if share > 0.051 else 0.0
                    high = share + 0.025 if share < 0.949 else 1.0
                    attacker.learn_share(
                        within.astype(float), inside.astype(float), max(low, least), min(high, 1 - least)
                    )
                else:
                    # The attacker is even told which side it is that is too small, by whichever measure.
                    small = within if reached < short else inside & ~within
                    attacker.learn(small, 0, max(5.0, 5.0 * children[inside].sum() / smallest[code]))
                    if 0 < min(reached, short) < 5:
                        hidden.append(small)
    return hidden


def population_to_five(pack, scene, attacker):
    """Tell an attacker tables of the population with counts to 5, as they would be if it were masked by itself."""
    homes, people = scene["homes"], pack.measure("population", "strategy")[scene["homes"]]
    for times in scene["times"]:
        for minutes in range(5, 65, 5):
            for code in np.unique(scene["lsoa"]):
                inside = (scene["lsoa"] == code).astype(float)
                within = inside * (times[homes] <= minutes * 60)
                reached, total = (round(float(people @ of) / 5) * 5 for of in (within, inside))
                if 5 <= people @ within <= people @ inside - 5:
                    low, high = max(reached - 2.5, 5) / (total + 2.5), (reached + 2.5) / (total - 2.5)
                    attacker.learn_share(within, inside, low, high)


def everything_shown(pack, southend, scene, *, whole_wards=False, every_min=2):
    """Tell an attacker all that is shown of a ward; and list the sums that were suppressed."""
    children, homes = scene["children"], scene["homes"]
    attacker, hidden = Attacker(len(homes)), []
    total = float(children.sum())
    attacker.learn(np.ones(len(homes)), round(total) - 0.5, round(total) + 0.5)
    hidden += small_area_tables(pack, scene, attacker)
    for times in scene["times"]:
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


def small_area_attack(pack, scene, how_many, more=None):
    """How closely suppressed counts of small areas can be placed, with `more` than is shown if given."""
    attacker = Attacker(len(scene["homes"]))
    total = float(scene["children"].sum())
    attacker.learn(np.ones(len(scene["homes"])), round(total) - 0.5, round(total) + 0.5)
    hidden = np.unique(small_area_tables(pack, scene, attacker), axis=0)
    if more is not None:
        more(pack, scene, attacker)
    chosen = hidden[np.random.default_rng(7).permutation(len(hidden))[:how_many]]
    return [(*attacker.bounds(homes), scene["children"][homes].sum()) for homes in chosen]


def test_no_suppressed_count_of_a_small_area_follows_from_the_tables_of_all_measures(pack, scene):
    """One share stands for all measures (the test after the next), so these tables are the tables of them all."""
    found = small_area_attack(pack, scene, 12)
    assert len(found) > 3, "there is something to go for"
    for low, high, true in found:
        assert low - 1e-4 <= true <= high + 1e-4, "the attacker reasons rightly"
        assert high - low >= WIDTH, f"{true:.1f} children were placed between {low:.1f} and {high:.1f}"


def test_a_larger_measure_masked_by_itself_would_give_a_count_away(pack, scene):
    found = small_area_attack(pack, scene, 3, population_to_five)
    assert any(high - low < 1 for low, high, _ in found)


def test_every_measure_of_a_small_area_shows_the_same_share_or_none(pack, southend):
    """393 counts of children were once hidden in tables whose like for the population was shown."""
    shown = 0
    for service in ("childrens_centre", "nursery", "library"):
        for minutes in (5, 10, 15, 20):
            seconds = southend.seconds[southend.row(service)]
            first, *others = (
                reach(pack, seconds, measure=measure, baseline=baseline, within_min=minutes, by="lsoa").rows
                for measure, baseline in (("children_0_3", "strategy"), *OTHERS)
            )
            for table in others:
                both = table["total"].notna() & first["total"].notna()
                assert table.loc[both, "share"].equals(first.loc[both, "share"])
                assert table.loc[both, "reached"].isna().equals(first.loc[both, "reached"].isna())
                told = table[table["share"].notna()]
                assert np.allclose(told["share"] * 20, (told["share"] * 20).round())
                count = np.maximum((told["share"] * told["total"] / 5).round() * 5, 5)
                assert told["reached"].tolist() == count.tolist(), "more is told of the share than the share"
                shown += len(told)
    assert shown > 50, "hardly anything is shown"


def test_where_a_total_is_hidden_its_parts_are(pack):
    """Two small areas of a ward, one of them hidden for the other's sake: reached over share would be its total."""
    measures = pack.measures.copy()
    ward = pack.lsoas.index[pack.lsoas["ward"] == pack.lsoas["ward"].iloc[0]]
    measures.loc[ward, "strategy.children_0_3"] = [0.4, 47.6, *([0.0] * (len(ward) - 2))]
    seconds = np.random.default_rng(1).uniform(0, 1800, len(pack.demand))
    other = measures[["strategy.children_0_3"]]
    rows = reach(replace(pack, measures=other), seconds, **CHILDREN, within_min=15, by="lsoa").rows.loc[ward[:2]]
    assert rows[["total", "reached", "share", "unreached"]].isna().all(axis=None)


def test_parts_of_small_areas_follow_from_the_common_share():
    total, shown_total = pd.Series([100.0] * 6 + [50.0]), pd.Series([100.0] * 6 + [np.nan])
    parts = pd.Series([0.0, 4.0, 33.0, 97.0, 100.0, 12.0, 25.0])
    alone = protect_part_for_all(parts, total, shown_total, np.full(7, 100.0))
    assert np.array_equal(alone, [np.nan, np.nan, 35, np.nan, 100, 10, np.nan], equal_nan=True)
    beside_births = protect_part_for_all(parts, total, shown_total, np.full(7, 20.0))
    assert np.array_equal(beside_births, [np.nan, np.nan, 35, np.nan, 100, np.nan, np.nan], equal_nan=True)


def test_the_smallest_measure_that_is_shown_hides_a_part_of_all():
    totals = pd.DataFrame({"people": [1500.0, 1500.0, 3.0], "births": [14.0, 3.0, 2.0]})
    smallest = smallest_totals(totals)
    assert smallest.tolist() == [14, 1500, np.inf]
    assert few_of_some_measure([0.3, 0.3, 0.3], smallest).tolist() == [True, False, False]
    assert few_of_some_measure([0.0, 1.0, 0.36, 0.64, 0.35, 0.65], 14.0).tolist() == [False] * 4 + [True] * 2


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


def test_shares_of_a_place_below_wards_tell_no_more_than_its_rounded_total():
    parts = [0, 3, 5, 16, 20.4, 33, 37]
    shown = protect_share_of_place(parts, 37.0)
    assert np.array_equal(shown, [0, np.nan, 0.15, 0.45, 0.55, np.nan, 1], equal_nan=True)
    for total in (33.0, 35.0, 37.4):
        assert np.array_equal(protect_share_of_place([5.0, 15.0], total), [0.15, 0.45])
    assert np.isnan(protect_share_of_place([2.0, 4.0], 4.0)).all()


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
