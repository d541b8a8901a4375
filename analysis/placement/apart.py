"""Searches for the best sites as another process runs them: what is sent there and back is small."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from analysis.placement.placement import Placement, Question, adopt, hub_curve, place
from analysis.placement.watch import Progress
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import Scenario
from geo.known_pack import KnownPack


@dataclass(frozen=True, eq=False)
class Answer:
    """A placement without its effect, which holds the whole area.

    Attributes
    ----------
    parts
        All other fields of the :class:`Placement`, by name.
    """

    parts: Mapping[str, Any]

    @classmethod
    def of(cls, found: Placement) -> "Answer":
        """Take the effect off."""
        return cls({part.name: getattr(found, part.name) for part in fields(found) if part.name != "effect"})

    def in_lab(self, lab: Lab) -> Placement:
        """Return the placement with its effect, worked out in the lab of the same area."""
        return Placement(**self.parts, effect=lab.effect(adopt(self.parts["scenario"], self.parts["sites"])))


@dataclass(frozen=True)
class Step:
    """How far a search is.

    Attributes
    ----------
    answer
        Which answer it looks for: 1 is the best, 2 the first runner-up.
    progress
        How far it is with that.
    """

    answer: int
    progress: Progress


def search(
    known: KnownPack,
    scenario: Scenario,
    candidates: pd.DataFrame,
    question: Question,
    *,
    progress: Callable[[Step], None],
    stop: Callable[[], bool],
) -> Answer:
    """Open the area and choose the best sites; parameters and errors as for :func:`place` and ``KnownPack.open``."""
    answer, seconds = 0, float("inf")

    def told(now: Progress) -> None:
        nonlocal answer, seconds
        if now.seconds < seconds:  # a search for a runner-up counts its seconds from 0 again
            answer += 1
        seconds = now.seconds
        progress(Step(answer, now))

    return Answer.of(place(Lab(known.open()), scenario, candidates, question, progress=told, stop=stop))


def curve(
    known: KnownPack,
    scenario: Scenario,
    candidates: pd.DataFrame,
    question: Question,
    up_to: int,
    *,
    progress: Callable[[Step], None],  # noqa: ARG001  # it tells nothing on the way
    stop: Callable[[], bool],
) -> pd.DataFrame:
    """Open the area and solve for every number of hubs; as :func:`hub_curve` and ``KnownPack.open``."""
    return hub_curve(Lab(known.open()), scenario, candidates, question, up_to, stop=stop)
