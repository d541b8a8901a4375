"""What a scenario changes, as shown and in words, for every report that prints it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.scenario.lab import Effect, Lab
from analysis.scenario.scenario import FREE, Scenario, SetSpeed
from analysis.shown import ShownFrame, made_of_shown, row_of
from geo.measures import MEASURES
from wording.numbers import people, percent, signed
from wording.rounding import pounds
from wording.scenario import change_words, question, session_words, site_names


@dataclass(frozen=True, eq=False)
class EffectWords:
    """What one scenario does, as it may be shown.

    Attributes
    ----------
    effect
        From :meth:`analysis.scenario.lab.Lab.effect`: true figures, not for showing.
    """

    effect: Effect

    @classmethod
    def of(cls, lab: Lab, scenario: Scenario) -> "EffectWords":
        """Work out what `scenario` does; errors as for :meth:`analysis.scenario.lab.Lab.effect`."""
        return cls(lab.effect(scenario))

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.effect.scenario

    @property
    def question(self) -> str:
        """What is asked: ``"a children's centre within 15 minutes walking with a pram"``."""
        return question(self.scenario)

    @cached_property
    def wards(self) -> ShownFrame:
        """Before and after, index ``measure, code``, wards then groups; as shown."""
        both = pd.concat([self.effect.shown("ward"), self.effect.shown("group")])
        return made_of_shown(both.set_index(["measure", "code"]))

    @cached_property
    def small_areas(self) -> ShownFrame:
        """Before and after by LSOA, as shown."""
        return self.effect.shown("lsoa")

    @property
    def measures(self) -> list[str]:
        """Measures that are counted."""
        return list(self.effect.counts.measures)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """One row a change, in order: ``number, change`` (a sentence), ``one_off, yearly`` (pounds)."""
        pack, names = self.effect.counts.pack, site_names(self.effect)
        rows = []
        for number, change in enumerate(self.scenario.changes, start=1):
            cost = FREE if isinstance(change, SetSpeed) else change.cost
            rows.append((number, change_words(pack, change, names), cost.one_off, cost.yearly))
        return pd.DataFrame(rows, columns=["number", "change", "one_off", "yearly"])

    @property
    def has_sessions(self) -> bool:
        """Whether a weekly session runs afterwards; tables then have a column for those who reach nothing else."""
        return self.effect.sessions.places > 0

    def rows(self, code: str) -> list[list[str]]:
        """Rows for one ward or group: who, how many, within reach before and after, change; then by sessions alone."""
        rows = []
        for measure in self.measures:
            row = row_of(self.wards, (measure, code))
            rows.append(
                [
                    MEASURES[measure].label,
                    people(row["total"]),
                    f"{people(row['reached_before'])} ({percent(row['share_before'])})",
                    f"{people(row['reached_after'])} ({percent(row['share_after'])})",
                    signed(row["change"], unknown="–"),
                    *self.session_cells(row),
                ]
            )
        return rows

    def session_cells(self, row: Mapping[str, Any]) -> list[str]:
        """Return the cell of those who have a place at a session and reach nothing else; none without a session."""
        return [people(row["by_session_only"])] if self.has_sessions else []

    def for_ward(self, ward: str) -> dict[str, Any]:
        """Return what a brief prints of it for a ward or group."""
        first = row_of(self.wards, (self.measures[0], ward))
        gain, lose = people(first["gain"]), people(first["lose"])
        who = MEASURES[self.measures[0]].counted
        words = (
            f"Who could reach {self.question}. Shorter by a minute or more for {gain} {who}, longer for {lose}."
            if first["gain"] or first["lose"]
            else f"Who could reach {self.question}. Nobody here has a shorter or a longer way."
        )
        words = f"{words} {session_words(self.effect, self.measures[0], ward)}".rstrip()
        return {
            "name": self.scenario.name,
            "words": words,
            "rows": self.rows(ward),
            "has_sessions": self.has_sessions,
        }

    def change_rows(self) -> list[list[str]]:
        """Rows of the list of changes: number, what, one-off cost, yearly cost."""
        rows = self.changes
        return [
            [str(number), str(words), pounds(float(once)), pounds(float(yearly))]
            for number, words, once, yearly in zip(*(rows[name] for name in rows), strict=True)
        ]

    def places(self) -> list[tuple[float, float, str]]:
        """Easting, northing and a letter (N new, M moved, S session, X closed) for each place that changes."""
        before, after = self.effect.before.sites, self.effect.after.sites
        found = []
        for key, site in after.items():
            old = before.get(key)
            if old is None:
                found.append((site.easting, site.northing, "S" if site.session else "N"))
            elif (old.easting, old.northing) != (site.easting, site.northing):
                found.append((site.easting, site.northing, "M"))
        gone = [site for key, site in before.items() if key not in after]
        return found + [(site.easting, site.northing, "X") for site in gone]
