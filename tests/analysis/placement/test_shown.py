"""What is shown of a search: people to the nearest 5, as everywhere."""

import numpy as np
import pandas as pd
import pytest

from analysis.placement.candidates import candidate_sites
from analysis.placement.placement import Question, place
from analysis.placement.shown import everybody, shown_score, shown_sites
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import Scenario
from analysis.shown import FEW


@pytest.mark.parametrize(
    ("goal", "value", "total", "shown"),
    [
        ("reach", 5883.43, 8848.0, 5885.0),
        ("reach", 8848.0, 8848.0, 8850.0),
        ("reach", 0.0, 8848.0, 0.0),
        ("backup", 4.9, 8848.0, FEW),
        ("backup", 8845.0, 8848.0, 8850.0 - FEW),
        ("reach", 4.9, None, FEW),
        ("reach", 7.6, None, 10.0),
        ("time", 121_634.2, None, 121_600.0),
        ("worst", 44.56, None, 44.6),
        ("gap", 4.06, None, 4.1),
        ("time", np.inf, None, np.inf),
        ("reach", np.nan, None, np.nan),
    ],
)
def test_scores_are_shown_as_coarsely_as_the_tables(goal, value, total, shown):
    assert shown_score(goal, value, total) == pytest.approx(shown, nan_ok=True)


@pytest.fixture(scope="module")
def found(pack):
    libraries = candidate_sites(pack, ["library"])
    question = Question("reach", (("children_in_poverty", 1.0),), hubs=2, alternatives=1)
    return place(Lab(pack), Scenario("Best", pack.code), libraries, question)


def test_what_a_site_adds_is_rounded_and_a_few_are_few(found):
    exact, shown = found.sites, shown_sites(found)
    for column in ("adds", "only_here", "nearest_for"):
        assert (exact[column] % 5 != 0).all()  # the test would prove nothing of round figures
        assert shown[column].tolist() == [5.0 * np.floor(value / 5 + 0.5) for value in exact[column]]
    few = exact.assign(only_here=[3.2, 0.0], nearest_for=[4.9, 5.1])
    shown = shown_sites(_with(found, few))
    assert shown["only_here"].iloc[0] == FEW
    assert shown["only_here"].iloc[1] == 0
    assert shown["nearest_for"].iloc[0] == FEW
    assert shown["nearest_for"].iloc[1] == 5


def test_the_score_agrees_with_the_table_of_the_borough(found, pack):
    rows = found.effect.shown("group").set_index(["measure", "code"])
    row = rows.loc[("children_in_poverty", "borough")]
    assert shown_score("reach", found.after, everybody(found)) == row["reached_after"]
    assert shown_score("reach", found.before, everybody(found)) == row["reached_before"]
    people = pack.measures["strategy.children_in_poverty"]
    assert everybody(found) == pytest.approx(people.sum())


def _with(found, sites: pd.DataFrame):
    from dataclasses import replace

    return replace(found, sites=sites)
