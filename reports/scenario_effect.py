"""Rows and words for the effect of a scenario, for every report that prints it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.scenario.lab import Effect
from analysis.scenario.scenario import FREE, SetSpeed
from analysis.shown import row_of
from geo.measures import MEASURES
from wording.buses import route_notes
from wording.numbers import money, people, percent, signed
from wording.scenario import change_words, question, session_words, site_names


def changes(effect: Effect) -> pd.DataFrame:
    """Return one row a change, in order: ``number, change`` (a sentence), ``one_off, yearly`` (money)."""
    pack, names = effect.counts.pack, site_names(effect)
    rows = []
    for number, change in enumerate(effect.scenario.changes, start=1):
        cost = FREE if isinstance(change, SetSpeed) else change.cost
        rows.append((number, change_words(pack, change, names), cost.one_off, cost.yearly))
    return pd.DataFrame(rows, columns=["number", "change", "one_off", "yearly"])


def rows(effect: Effect, code: str) -> list[list[str]]:
    """Return rows for one ward or group: who, how many, within reach before and after, change; then sessions only."""
    rows = []
    for measure in effect.counts.measures:
        row = row_of(effect.by_area, (measure, code))
        rows.append(
            [
                MEASURES[measure].label,
                people(row["total"]),
                f"{people(row['reached_before'])} ({percent(row['share_before'])})",
                f"{people(row['reached_after'])} ({percent(row['share_after'])})",
                signed(row["change"], unknown="–"),
                *session_cells(effect, row),
            ]
        )
    return rows


def session_cells(effect: Effect, row: Mapping[str, Any]) -> list[str]:
    """Return the cell of those who reach only a session that has room for them; no cell without a session."""
    return [people(row["by_session_only"])] if effect.has_sessions else []


def for_ward(effect: Effect, ward: str) -> dict[str, Any]:
    """Return the content that a brief prints for the effect on a ward or group."""
    first = row_of(effect.by_area, (effect.counts.measures[0], ward))
    gain, lose = people(first["gain"]), people(first["lose"])
    who = MEASURES[effect.counts.measures[0]].counted
    words = (
        f"Who could reach {question(effect.scenario)}. Shorter by a minute or more for {gain} {who}, longer for {lose}."
        if first["gain"] or first["lose"]
        else f"Who could reach {question(effect.scenario)}. Nobody here has a shorter or a longer way."
    )
    words = " ".join(
        filter(None, [words, session_words(effect, effect.counts.measures[0], ward), *route_notes(effect)])
    )
    return {
        "name": effect.scenario.name,
        "words": words,
        "rows": rows(effect, ward),
        "has_sessions": effect.has_sessions,
    }


def change_rows(effect: Effect) -> list[list[str]]:
    """Return the rows of the list of changes: number, what, one-off cost, yearly cost."""
    rows, currency = changes(effect), effect.counts.pack.manifest.particulars.currency
    return [
        [str(number), str(words), money(float(once), currency), money(float(yearly), currency)]
        for number, words, once, yearly in zip(*(rows[name] for name in rows), strict=True)
    ]


def changed_sites(effect: Effect) -> list[tuple[float, float, str]]:
    """Return easting, northing and a letter (N new, M moved, S session, X closed) for each site that changes."""
    before, after = effect.before.sites, effect.after.sites
    found = []
    for key, site in after.items():
        old = before.get(key)
        if old is None:
            found.append((site.easting, site.northing, "S" if site.session else "N"))
        elif (old.easting, old.northing) != (site.easting, site.northing):
            found.append((site.easting, site.northing, "M"))
    gone = [site for key, site in before.items() if key not in after]
    return found + [(site.easting, site.northing, "X") for site in gone]
