"""What a scenario changes, under disclosure control and in words, for every report that prints it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.explain import listed
from analysis.scenario import (
    AddLink,
    AddOutreach,
    AddSite,
    AtPostcode,
    Change,
    ChangeOffer,
    CloseSite,
    Cost,
    MoveSite,
    Point,
    Scenario,
    SetSpeed,
    Spot,
    Venue,
)
from analysis.scenario_lab import Effect, Lab
from geo.measures import MEASURES
from geo.modes import mode_named
from geo.services import category_named
from reports.frames import row_of
from reports.wording import change_cell, count_cell, pounds, share_cell


@dataclass(frozen=True, eq=False)
class EffectWords:
    """What one scenario does, as it may be shown.

    Attributes
    ----------
    effect
        From :meth:`analysis.scenario_lab.Lab.effect`: true figures, not for showing.
    """

    effect: Effect

    @classmethod
    def of(cls, lab: Lab, scenario: Scenario) -> "EffectWords":
        """Work out what `scenario` does; errors as for :meth:`analysis.scenario_lab.Lab.effect`."""
        return cls(lab.effect(scenario))

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.effect.scenario

    @property
    def question(self) -> str:
        """What is asked: ``"a children's centre within 15 minutes, walking with a pram"``."""
        mode = mode_named(self.scenario.mode).label
        label = category_named(self.scenario.service).label
        return f"a {label} or hub within {self.scenario.within_min:g} minutes, {mode[0].lower()}{mode[1:]}"

    @cached_property
    def wards(self) -> pd.DataFrame:
        """Before and after, index ``measure, code``, wards then groups; under disclosure control."""
        both = pd.concat([self.effect.shown("ward"), self.effect.shown("group")])
        return both.set_index(["measure", "code"])

    @cached_property
    def small_areas(self) -> pd.DataFrame:
        """Before and after by LSOA, under disclosure control; empty where its threshold forbids such a table."""
        if self.scenario.within_min % 5:
            return pd.DataFrame(columns=["measure", "code", "minutes_saved_each"])
        return self.effect.shown("lsoa")

    @property
    def measures(self) -> list[str]:
        """Measures that are counted."""
        return list(self.effect.counts.measures)

    def rows(self, code: str) -> list[list[str]]:
        """Rows for one ward or group: who, how many, within reach before and after, change."""
        rows = []
        for measure in self.measures:
            row = row_of(self.wards, (measure, code))
            rows.append(
                [
                    MEASURES[measure].label,
                    count_cell(float(row["total"])),
                    f"{count_cell(float(row['reached_before']))} ({share_cell(float(row['share_before']))})",
                    f"{count_cell(float(row['reached_after']))} ({share_cell(float(row['share_after']))})",
                    change_cell(float(row["change"])),
                ]
            )
        return rows

    def for_ward(self, ward: str) -> dict[str, Any]:
        """Return what a brief prints of it for a ward or group."""
        first = row_of(self.wards, (self.measures[0], ward))
        gain, lose = count_cell(float(first["gain"])), count_cell(float(first["lose"]))
        who = MEASURES[self.measures[0]].label.lower()
        words = (
            f"Who could reach {self.question}. Shorter by a minute or more for {gain} {who}, longer for {lose}."
            if first["gain"] or first["lose"]
            else f"Who could reach {self.question}. Nobody here has a shorter or a longer way."
        )
        return {"name": self.scenario.name, "words": words, "rows": self.rows(ward)}

    def change_rows(self) -> list[list[str]]:
        """Rows of the list of changes: number, what, one-off cost, yearly cost."""
        rows = []
        for number, change in enumerate(self.scenario.changes, start=1):
            cost = Cost() if isinstance(change, SetSpeed) else change.cost
            rows.append([str(number), self.change_words(change), pounds(cost.one_off), pounds(cost.yearly)])
        return rows

    def change_words(self, change: Change) -> str:
        """Say what a change is, in a sentence."""
        match change:
            case AddSite():
                return f"Open “{change.name}” at {self._place(change.at)}{_offer(change.programmes, change.places)}."
            case MoveSite():
                return f"Move {self._site(change.site)} to {self._place(change.at)}."
            case CloseSite():
                return f"Close {self._site(change.site)}."
            case ChangeOffer():
                return f"Change what {self._site(change.site)} offers{_offer(change.programmes, change.places)}."
            case AddOutreach():
                days = listed([f"{day.capitalize()}s" for day in change.weekdays])
                return (
                    f"Run sessions “{change.name}” at {self._place(change.at)}: {days} from {change.starts} for "
                    f"{change.length_min:g} minutes, {change.families} families each, {change.weeks} weeks a year"
                    f"{_offer(change.programmes, None)}."
                )
            case AddLink():
                ends = f"{self._place(change.one_end)} to {self._place(change.other_end)}"
                return f"Make a path “{change.name}” from {ends}."
            case SetSpeed():
                return f"Families travel at {change.speed_kmh:g} km/h."

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

    def _site(self, site: str) -> str:
        for sites in (self.effect.after.sites, self.effect.before.sites):
            if site in sites:
                return sites[site].name
        return site

    def _place(self, spot: Spot) -> str:
        match spot:
            case Venue(service):
                services = self.effect.counts.pack.services
                return str(services["name"].get(service, service))
            case AtPostcode(postcode):
                return postcode
            case Point(easting, northing):
                return f"grid point {easting:.0f}, {northing:.0f}"


def _offer(programmes: tuple[str, ...] | None, places: float | None) -> str:
    words = []
    if programmes is not None:
        words.append(listed(list(programmes)) or "no programme")
    if places is not None:
        words.append(f"{places:g} places a week")
    return f" ({'; '.join(words)})" if words else ""
