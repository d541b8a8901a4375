"""Benchmark of the gaps: everything that the Gaps page works out, from an open pack without any cache."""

from typing import Any

from analysis.gaps.report import bands_shown, curve_shown, fairness_shown, gap_report, supply_shown
from analysis.reach.basket import read_basket
from analysis.reach.survey import survey
from analysis.trends.change import change, change_by_ward, closures
from benchmarks.setting import Budget, Outcome, Setting, best
from benchmarks.timing import Contender, race

TITLE = "All of the Gaps page"

_PAGE, _PARTS = "The page for the whole basket, cold", "Its parts"
_ALL, _SURVEY, _HEAD, _BEHIND = "gaps, all", "survey", "gap_report", "what lies behind"
_COUNTED = {"measure": "children_0_3"}


def run(setting: Setting) -> Outcome:
    """Time the whole computation and its parts: measuring, the top of the page, and its tabs."""
    pack, basket = setting.pack, read_basket()
    counted = {**_COUNTED, "baseline": pack.baselines[0]}
    service = basket.services[0]

    def head() -> Any:
        return gap_report(survey(pack, basket), **counted)

    def behind(report: Any) -> None:
        access = next(iter(report.survey.access.values()))
        found = change(access, threshold_min=20)
        change_by_ward(access, found, **counted)
        closures(access, found, **counted)
        supply_shown(report, "gp_practice")
        fairness_shown(report)
        bands_shown(report, service)
        curve_shown(report, service)

    measured = survey(pack, basket)
    ready = gap_report(measured, **counted)
    rows = race(
        _PAGE,
        [
            Contender(
                _ALL,
                f"{len(basket)} services: streets and homes tied, times, ward table, isolation with 400 draws, why, "
                "barriers, pockets; then GP practices then and now, supply, fairness, bands, curve",
                lambda: behind(head()),
            )
        ],
        setting.options.repeats,
    )
    rows += race(
        _PARTS,
        [
            Contender(
                _SURVEY,
                "streets and homes tied, 11 services timed on the streets and straight",
                lambda: survey(pack, basket),
            ),
            Contender(_HEAD, "ward table, isolation, why, barriers, pockets", lambda: gap_report(measured, **counted)),
            Contender(_BEHIND, "one service in each tab, all four tabs", lambda: behind(ready)),
        ],
        min(setting.options.repeats, 5),
    )
    seconds = best(rows, _PAGE, _ALL)
    budgets = [] if seconds is None else [Budget("all of the Gaps page, cold", seconds, 0.4, True, "s")]
    return Outcome(rows, budgets, [])
