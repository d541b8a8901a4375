"""What the lab's panels ask of the place where plans are kept; the page hands one in, so panels know no database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from analysis.scenario.scenario import Scenario


class Version(Protocol):
    """One version of a kept plan."""

    @property
    def scenario_id(self) -> str:
        """Which plan."""

    @property
    def number(self) -> int:
        """Which version, from 1."""

    @property
    def kind(self) -> str:
        """``saved``, ``deleted`` or ``restored``."""

    @property
    def scenario(self) -> Scenario:
        """The plan as it was from then on."""

    @property
    def saved_by(self) -> str:
        """Who saved it."""

    @property
    def saved_at(self) -> datetime:
        """When, UTC."""


class Unread(Protocol):
    """A kept plan that this program cannot read."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def number(self) -> int:
        """Its last version."""

    @property
    def saved_by(self) -> str:
        """Who saved that."""

    @property
    def saved_at(self) -> datetime:
        """When, UTC."""

    @property
    def reason(self) -> str:
        """Why, to follow the name: "made by a newer version of this program"."""


class Saved(Protocol):
    """What came of saving."""

    @property
    def version(self) -> Version:
        """The version that was written."""

    @property
    def message(self) -> str:
        """What to tell whoever saved."""


class Plans(Protocol):
    """Where plans are kept; every method raises a `ReachError` that says what went wrong."""

    def save(self, scenario: Scenario, who: str, *, scenario_id: str | None, based_on: int | None) -> Saved:
        """Keep a plan as a new version, or as a new plan."""

    def latest(self, scenario_id: str) -> Version:
        """Return the newest version of a plan."""

    def version(self, scenario_id: str, number: int) -> Version:
        """Return one version of a plan."""

    def versions(self, scenario_id: str) -> Sequence[Version]:
        """Return every version of a plan, oldest first."""

    def list(self, area: str, *, deleted: bool = False) -> Sequence[Version]:
        """Return the newest version of each plan of an area."""

    def unreadable(self, area: str) -> Sequence[Unread]:
        """Return the plans of an area that are not deleted and cannot be read."""

    def duplicate(self, scenario_id: str, who: str, name: str) -> Version:
        """Keep a copy under another name."""

    def delete(self, scenario_id: str, who: str) -> Version:
        """Mark a plan as deleted."""

    def restore(self, scenario_id: str, who: str) -> Version:
        """Bring a deleted plan back."""
