"""Results that are kept by their question, for all visitors: who asks the same again is given the same object.

What is kept is shared, so nobody may change it.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from analysis.areas.side_by_side import SideBySide
from analysis.gaps.report import GapReport
from analysis.trends.trend import Trend
from geo.pack import AreaPack

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _of_gaps(report: GapReport) -> tuple[Any, ...]:
    return report.survey.pack, report.survey.basket, report.measure, report.baseline


def _of_call(call: "partial[Any]") -> tuple[Any, ...]:
    return call.func.__module__, call.func.__qualname__, call.args, call.keywords


_QUESTION_OF: dict[str | type[Any], Callable[[Any], Any]] = {
    AreaPack: lambda pack: pack.digest,
    GapReport: _of_gaps,
    SideBySide: lambda found: (dict(found.names), found.measure, found.mode, found.within_min, found.rows),
    Trend: lambda found: (found.indicator, found.series, found.points),
    partial: _of_call,
}


def kept(most: int) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Keep the `most` last results of a function by its arguments; use it as a decorator.

    A pack counts as its checksum, and what was worked out from one as its question.
    """
    return st.cache_resource(show_spinner=False, max_entries=most, hash_funcs=_QUESTION_OF)
