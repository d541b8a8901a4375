"""The benchmarks run, say what they left out, and refuse to time a wrong answer."""

import json
import multiprocessing
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from streamlit.proto.Selectbox_pb2 import Selectbox
from streamlit.proto.Slider_pb2 import Slider

from benchmarks import click, load, visitor
from benchmarks.__main__ import main
from benchmarks.load import Load, Measured
from benchmarks.peers import split
from benchmarks.registry import GROUPS
from benchmarks.searching import searching
from benchmarks.setting import Budget, Options, Setting
from benchmarks.timing import Contender, largest_difference, race

PEERS = "igraph,networkx,osmnx,pandana"


@pytest.fixture(scope="module")
def setting() -> Setting:
    return Setting.of(Options(repeats=1))


@pytest.mark.slow
def test_runs_without_peers_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "figures.json"
    assert main(["nearest", "snapping", "--repeats", "1", "--without", PEERS, "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    for peer in PEERS.split(","):
        assert f"skipped {peer}: left out as asked" in printed
    assert "bare SciPy" in printed
    groups = json.loads(out.read_text(encoding="utf-8"))["groups"]
    assert list(groups) == ["nearest", "snapping"]
    assert all(row["best_s"] > 0 for group in groups.values() for row in group["rows"])


def test_peer_that_is_not_installed_is_skipped(monkeypatch: pytest.MonkeyPatch, setting: Setting) -> None:
    monkeypatch.setattr("benchmarks.setting.find_spec", lambda name: None)
    contenders, skipped = setting.with_peers([], {"pandana": lambda: pytest.fail("must not be made")})
    assert contenders == []
    assert skipped == ["pandana: not installed: pip install '.[benchmark]'"]


@pytest.mark.slow
def test_networkx_and_scipy_agree_with_us(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "figures.json"
    main(["nearest", "--repeats", "1", "--without", "igraph,pandana", "--json", str(out)])
    rows = json.loads(out.read_text(encoding="utf-8"))["groups"]["nearest"]["rows"]
    assert {"travel_times", "networkx, plain Graph", "scipy dijkstra, bare"} <= {row["who"] for row in rows}
    compared = [row["difference"] for row in rows if "with a pram" not in row["who"]]
    assert max(compared) < 0.01


def test_mode_with_one_way_streets_is_no_question_for_peers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nearest", "--mode", "cycle"]) == 2
    assert "cycle obeys one-way rules: use walk_adult" in capsys.readouterr().err


@pytest.mark.slow
def test_peers_agree_with_us_about_prams_too(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    main(["nearest", "--mode", "walk_pram", "--repeats", "1", "--without", "igraph,pandana", "--json", str(out)])
    rows = json.loads(out.read_text(encoding="utf-8"))["groups"]["nearest"]["rows"]
    assert max(row["difference"] for row in rows if "with a pram" not in row["who"]) < 0.01


def test_unknown_group_lists_the_valid_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["teleport"]) == 2
    message = capsys.readouterr().err
    assert all(name in message for name in GROUPS)


@pytest.mark.slow
def test_a_journey_by_timetable_is_timed_without_ferrobus(monkeypatch: pytest.MonkeyPatch, setting: Setting) -> None:
    monkeypatch.setattr("benchmarks.transit.peak_mb", lambda *_: {})
    outcome = GROUPS["transit"].run(replace(setting, options=Options(repeats=1, without=frozenset({"ferrobus"}))))
    assert outcome.skipped == ["ferrobus: left out as asked"]
    assert all(row.best_s for row in outcome.rows[:-1])
    assert "bytes a trip" in outcome.rows[-1].includes
    assert [budget.work for budget in outcome.budgets] == ["every minute of two hours, nothing kept"]


@pytest.mark.slow
def test_wrong_answer_is_not_timed() -> None:
    right = Contender("ours", "", lambda: np.ones(3), lambda found: found)
    wrong = Contender("theirs", "", lambda: np.full(3, 2.0), lambda found: found)
    ours, theirs = race("work", [right, wrong], 2)
    assert ours.repeats == 2
    assert theirs.best_s is None
    assert "not timed" in theirs.mistake


def test_an_answer_of_ours_that_is_none_is_not_timed() -> None:
    unproven = Contender("ours", "", lambda: None, lambda _: np.array([np.nan]))
    (row,) = race("work", [unproven], 2)
    assert (row.best_s, row.times_ours) == (None, None)
    assert "not timed" in row.mistake


def test_difference_counts_unreached_places_but_not_unasked_ones() -> None:
    expected = np.array([1.0, 2.0, np.inf])
    assert largest_difference(expected, np.array([1.5, np.nan, np.inf])) == 0.5
    assert largest_difference(expected, np.array([1.0, np.inf, np.inf])) == np.inf
    assert largest_difference(expected, np.full(3, np.nan)) == np.inf


def test_splitting_keeps_the_length_of_the_streets(setting: Setting) -> None:
    streets = setting.access.streets
    whole = split(streets, setting.sites)
    finer = split(streets, setting.sites, setting.access.homes)
    assert finer.n_nodes == whole.n_nodes + len(setting.access.homes)
    assert finer.seconds.sum() >= whole.seconds.sum() - 0.1  # parallel streets, once split, both stay


def test_budgets_read_the_right_way() -> None:
    assert Budget("", 1.4, 1.5, True, "×").met
    assert not Budget("", 4.0, 5.0, False, "×").met


def test_a_click_is_not_timed_without_a_browser(monkeypatch: pytest.MonkeyPatch, setting: Setting) -> None:
    monkeypatch.setattr("benchmarks.click.shutil.which", lambda name: None)
    outcome = GROUPS["click"].run(setting)
    assert outcome.rows == []
    assert outcome.budgets == []
    assert outcome.skipped == ["playwright: a browser is needed: no Chromium on the path"]


def test_the_venues_to_click_stand_on_the_map_and_clear_of_others(setting: Setting) -> None:
    box = {"x": 91.0, "y": 300.0, "width": 737.0, "height": 440.0}
    spots = np.array(click._spots(setting.pack, box))
    assert len(spots) > 5
    assert (spots[:, 0] > box["x"]).all()
    assert (spots[:, 0] < box["x"] + box["width"]).all()
    assert (spots[:, 1] > box["y"]).all()
    assert (spots[:, 1] < 768).all()
    gaps = np.hypot(*(spots[:, None] - spots[None, :]).transpose(2, 0, 1))
    assert gaps[~np.eye(len(spots), dtype=bool)].min() > 12


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from /proc")
def test_visitors_use_the_pages_of_a_running_app() -> None:
    of_two = Load(2, ["travel_time", "scenario_lab"], seconds=40.0, pause_s=(0.0, 0.1), after_s=0.0, clicks=3)
    with ThreadPoolExecutor(1) as apart:  # in this thread another test may drive a browser, which has a loop of its own
        ((_, found),) = apart.submit(lambda: list(load.measured([of_two], "southend"))).result()
    assert found.clicks.errors == []
    assert len(found.clicks.opened_s) == 2
    assert 2 <= len(found.clicks.answered_s) <= 6
    assert found.cpu_s > 0
    assert found.peak_mb >= found.before_mb > 50
    made = load.row(of_two, found)
    assert made.mistake == ""
    assert made.repeats == len(found.clicks.answered_s)


def test_an_error_that_a_visitor_sees_is_told() -> None:
    clicks = visitor.Clicks([0.1], [1.0, 3.0], ["gaps: no", "gaps: no"])
    made = load.row(Load(20, ["gaps"]), Measured(clicks, 6.0, 100.0, 140.0, 110.0))
    assert (made.best_s, made.median_s, made.repeats) == (1.0, 2.0, 2)
    assert made.mistake == "2 errors, such as: gaps: no"
    assert "95 % within 2.90 s" in made.includes
    assert "2.00 processor s" in made.includes
    assert load.row(Load(1), Measured(visitor.Clicks(), 0.0, 1.0, 1.0, 1.0)).median_s is None


def test_clicks_beside_a_search_are_a_multiple_of_those_without() -> None:
    alone, also = Load(1), Load(1, beside_search=True)
    taken = [(alone, 1.0, 2.0), (also, 1.5, 6.0), (also, 9.0, 6.0), (alone, 1.0, 2.0), (also, 1.2, 6.0)]
    seen = [
        (one, Measured(visitor.Clicks([1.0], [click_s] * 3), cpu_s, 1.0, 1.0, 1.0)) for one, click_s, cpu_s in taken
    ]
    said = load.beside(seen)
    assert "median 1.50 × (1.00 and 1.50 s), 95 % within 1.50 ×" in said
    assert "processor s a drawing 3.00 × (0.50 and 1.50 s)" in said
    assert load.row(*seen[0]).who == "1 visitor"
    assert load.row(*seen[1]).who == "1 visitor beside a search"
    turns = [one.beside_search for one in load._in_turns(alone)]
    assert turns[0] is False, "what is kept from then on is made without a search"
    assert sum(turns) == len(turns[1:]) / 2


@pytest.mark.slow
def test_a_search_runs_in_a_process_of_its_own_until_it_is_no_longer_needed() -> None:
    def searches() -> bool:
        return any(child.name == "job" for child in multiprocessing.active_children())

    with searching("southend"):
        until = time.monotonic() + 60
        while not searches():
            assert time.monotonic() < until
            time.sleep(0.1)
    assert not searches()


def test_visitors_choose_among_what_a_control_offers() -> None:
    one = visitor._Control("selectbox", Selectbox(id="a", options=["x", "y", "z"]), "")
    chosen = {visitor._changed(one, {}, Random(seed), "").string_value for seed in range(20)}
    assert chosen == {"x", "y", "z"}
    line = visitor._Control("slider", Slider(id="b", min=5, max=60, step=5, default=[15]), "")
    moved = [visitor._changed(line, {}, Random(seed), "").double_array_value.data[0] for seed in range(50)]
    assert set(moved) <= {float(minutes) for minutes in range(5, 65, 5)}
    assert len(set(moved)) > 3
    assert not visitor._can_change(visitor._Control("selectbox", Selectbox(id="a", options=["x"]), ""))
