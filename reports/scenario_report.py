"""The scenario report: what would change, for whom, at what cost, and how certain that is."""

import math
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analysis.gaps.isolation import FASTEST_KMH, SLOWEST_KMH
from analysis.reach.reach import GROUPS, main_group
from analysis.scenario.assignment import whole_capacity
from analysis.scenario.capacity import capacity_view
from analysis.scenario.costs import YEARS, cost_view, strategy_births, strategy_costs
from analysis.scenario.lab import Effect
from analysis.scenario.tables import change_table, shown_table
from analysis.shown import ShownFrame, made_of_shown, row_of, rows_of
from geo.measures import MEASURES
from geo.vintages import baseline_words, strategy_year, streets_words
from reports.brief import brief
from reports.pictures import change_picture
from reports.scenario_effect import change_rows, changed_sites, rows, session_cells
from wording.buses import route_notes
from wording.groups import area_words, group_names
from wording.languages import english
from wording.numbers import capital, listed, money, people, percent, signed
from wording.particulars import home_words
from wording.reports import licence_words, pack_words
from wording.rounding import digits, fixed, per_cent, shortest
from wording.scenario import at_speed, mode_words, pace, question, session_words, without_cost_words
from wording.transit import missing_words, status_notes

_FIRST = "children_0_3"
_MAX_LISTED = 40


def scenario_report(effect: Effect, made_on: date) -> bytes:
    """Make the report of a scenario.

    Parameters
    ----------
    effect
        The effect of the scenario.
    made_on
        Date that is printed on it.

    Returns
    -------
    PDF, tagged.

    Raises
    ------
    InputError
        When it cannot be typeset.
    """
    pack = effect.counts.pack
    small = effect.shown("lsoa")
    saved = small[small["measure"] == effect.counts.measures[0]].set_index("code")["minutes_saved_each"]
    minutes = saved.reindex(pack.lsoas.index).to_numpy(np.float64)
    map_ = change_picture(pack, minutes, changed_sites(effect), width_mm=182, height_mm=84)
    content = {**scenario_content(effect), "map_of_minutes": len(small) > 0}
    return brief("scenario", content, {"map": map_}, made_on)


def scenario_content(effect: Effect) -> dict[str, Any]:
    """Return the content of the report, as strings; errors as for :func:`scenario_report`."""
    scenario, pack = effect.scenario, effect.counts.pack
    currency = pack.manifest.particulars.currency
    changes = change_rows(effect)
    hidden = len(changes) - _MAX_LISTED
    return {
        "title": f"{scenario.name}: scenario report",
        "name": scenario.name,
        "kicker": f"Scenario report · {pack.name}",
        "sub": f"Version {scenario.version} · {len(changes)} change{'' if len(changes) == 1 else 's'}",
        "messages": [message(effect)],
        "note": scenario.note,
        "changes": changes[:_MAX_LISTED],
        "changes_more": f"{hidden} more changes are in the scenario's file." if hidden > 0 else "",
        "total_cost": [money(part, currency) for part in (scenario.cost.one_off, scenario.cost.yearly)],
        "question": question(effect.scenario),
        "has_sessions": effect.has_sessions,
        "groups": [
            {"name": name, "rows": rows(effect, code)}
            for code, name in group_names(effect.counts.pack).items()
            if (effect.counts.measures[0], code) in effect.by_area.index
        ],
        "wards": ward_rows(effect),
        "outcomes": outcome_rows(effect),
        "costs": cost_words(effect),
        "places": [
            [
                str(row["site"]),
                digits(float(whole_capacity(row["places"]))),
                people(row["taken"]),
            ]
            for _, row in capacity(effect).iterrows()
        ],
        "heads": [group_names(effect.counts.pack)[code] for code in _compared(effect)],
        "apart": len(_compared(effect)) > 1,
        "target": area_words(pack).target,
        "bands": [_band_cells(row) for _, row in bands(effect).iterrows()],
        "assumptions": assumptions(effect),
        "licence": licence_words(pack),
        "pack": pack_words(pack),
    }


def message(effect: Effect) -> str:
    """Return sentences: what the scenario does for children in the target wards, what sessions add, and who loses."""
    measure = effect.counts.measures[0]
    rows = {code: row_of(effect.by_area, (measure, code)) for code in GROUPS if (measure, code) in effect.by_area.index}
    main = rows.get("target", rows["borough"])
    who = MEASURES[measure].counted
    change = main["change"]
    before, after = (percent(main[f"share_{when}"]) for when in ("before", "after"))
    words = area_words(effect.counts.pack)
    where = f"the {words.targets}" if "target" in rows else effect.counts.pack.name
    gain, lose = (people(rows["borough"][key]) for key in ("gain", "lose"))
    asked = question(effect.scenario)
    start = f"As many {who} in {where} as now could reach {asked}: {after}."
    if change != 0:
        count = capital(people(abs(change)))
        more = "more" if change > 0 else "fewer"
        start = f"{count} {more} {who} in {where} could reach {asked}: {after} in place of {before}."
    apart = session_words(effect, measure, "target" if "target" in rows else "borough")
    way = (
        f"Across the {words.whole} {gain} would have a shorter way by a minute or more, and {lose} a longer one."
        if rows["borough"]["gain"] or rows["borough"]["lose"]
        else f"Across the {words.whole} nobody would have a shorter or a longer way."
    )
    return " ".join(part for part in (start, apart, way, *route_notes(effect)) if part)


def ward_rows(effect: Effect) -> list[list[str]]:
    """Return children within reach before and after by ward, the greatest change first."""
    table = rows_of(effect.by_area, effect.counts.measures[0], "measure")
    apart = len(_compared(effect)) > 1
    wards = table[~table.index.isin(list(GROUPS))]
    order = wards["change"].abs().fillna(0.0).sort_values(ascending=False, kind="stable").index
    rows = []
    for code in order:
        row = row_of(wards, code)
        each = float(row["minutes_saved_each"]) + 0.0  # so that -0.0 becomes 0.0
        mark = "▶ " if apart and row["group"] == "target" else ""
        rows.append(
            [
                f"{mark}{row['name']}",
                people(row["total"]),
                *(people(row[f"reached_{when}"]) for when in ("before", "after")),
                signed(row["change"], unknown="–"),
                percent(row["share_after"]),
                people(row["gain"]),
                people(row["lose"]),
                fixed(each, 1).replace("-", "−") if math.isfinite(each) else "–",
                *session_cells(effect, row),
            ]
        )
    return rows


def outcome_rows(effect: Effect) -> list[list[str]]:
    """Return children within reach of a site that serves each outcome, before and after, by group."""
    table = shown_outcomes(effect)
    rows = []
    for outcome in table["outcome"].drop_duplicates():
        cells = [capital(str(outcome))]
        for code in _compared(effect):
            row = row_of(table[table["outcome"] == outcome].set_index("code"), code)
            cells += [percent(row["share_before"]), percent(row["share_after"])]
        rows.append(cells)
    return rows


def _compared(effect: Effect) -> list[str]:
    """Return the groups that are compared: the target wards, if there are any, and the borough."""
    return list(dict.fromkeys([main_group(effect.counts.pack), "borough"]))


def shown_outcomes(effect: Effect) -> ShownFrame:
    """Return reach by outcome for groups, in shown figures; no rows where the area has no strategy."""
    table = effect.by_outcome("group")
    return made_of_shown(table[table["measure"] == effect.counts.measures[0]])


def cost_words(effect: Effect) -> list[str]:
    """Return sentences: cost for each further child with a place, the strategy's own figures, and its births."""
    pack = effect.counts.pack
    currency = pack.manifest.particulars.currency
    view = cost_view(effect, effect.counts.measures[0])
    said = [
        f"{money(view.cost.one_off, currency)} once and {money(view.cost.yearly, currency)} a year, as entered by the "
        f"planner: {money(view.per_year, currency)} a year with the one-off cost spread over {view.years} years, no "
        f"inflation or discounting. {without_cost_words(effect.scenario)}".rstrip()
    ]
    if view.per_year > 0 and view.per_additional is not None:
        each = (
            f"That is {money(round(view.per_additional, -1), currency)} a year for each of "
            f"{people(view.additional)} more children with a place"
        )
        if view.per_minute is not None:
            minute = money(view.per_minute, currency, cents=True)
            each += f", and {minute} a year for each minute saved on one journey of every child"
        said.append(each + " (worked out from the figures as shown).")
    now, targets = strategy_costs(pack), area_words(pack).targets
    if now:
        said.append(
            f"For size: the strategy of {strategy_year(pack)} gives {money(now['now'], currency)} a child "
            f"aged 0–3 a year in the {targets} then, and about {money(now['extra'], currency)} more with the "
            "programme."
        )
    births = strategy_births(pack)
    if births:
        said.append(
            f"Births: {digits(births['per_year'])} a year come to {digits(births['without_growth'])} in {YEARS} years; "
            f"the strategy's {digits(births['decade'])} imply growth of {per_cent(births['implied_growth'], 1)} "
            "every year."
        )
    return said


def capacity(effect: Effect) -> pd.DataFrame:
    """Compare capacity a week with the children assigned to it, for sites with a stated capacity.

    Returns
    -------
    Columns ``site, places, taken``; no rows where no site has a stated capacity. ``taken`` is a shown figure, and
    never more than ``places``, the capacity.
    """
    columns = ["site", "places", "taken"]
    if effect.counts.measures[0] != _FIRST or not any(
        site.capacity is not None or site.session is not None for site in effect.after.sites.values()
    ):
        return pd.DataFrame(columns=columns)
    view = capacity_view(effect).shown()
    limited = view.sites[np.isfinite(view.sites["places"])]
    return pd.DataFrame({"site": limited["name"].astype(str), "places": limited["places"], "taken": limited["taken"]})


def bands(effect: Effect) -> pd.DataFrame:
    """Work out who is within reach before and after at a slower and a faster walk.

    Returns
    -------
    A row a speed: ``speed`` in words, then ``share_before, share_after, change`` with ``_target`` and ``_borough``
    after each, as shown; no rows when families do not walk.
    """
    found = effect
    own = found.after.mode.speed_kmh
    if own is None or not found.scenario.mode.startswith("walk"):
        return pd.DataFrame()
    rows = []
    for words, speed in (("Slower walk", SLOWEST_KMH), ("As given", own), ("Faster walk", FASTEST_KMH)):
        within = found.scenario.within_min * speed / own
        table = shown_table(
            change_table(found.counts, "group", found.before_s, found.after_s, within), found.counts, "group"
        )
        first = table[table["measure"] == effect.counts.measures[0]].set_index("code")
        figures = {
            f"{key}_{code}": float(row_of(first, code)[key])
            for code in _compared(effect)
            for key in ("share_before", "share_after", "change")
        }
        rows.append({"speed": f"{words} ({shortest(speed)} km/h)", **figures})
    return pd.DataFrame(rows)


def _band_cells(row: "pd.Series[Any]") -> list[str]:
    figures = [(str(key), value) for key, value in row.items() if key != "speed"]
    cells = [signed(v, unknown="–") if key.startswith("change") else percent(v) for key, v in figures]
    return [str(row["speed"]), *cells]


def assumptions(effect: Effect) -> list[str]:
    """Return sentences with the assumptions behind the figures."""
    scenario, pack = effect.scenario, effect.counts.pack
    sessions = [site.name for site in effect.after.sites.values() if site.session is not None]
    said = [
        *_travel(effect),
        f"Whose figures: {baseline_words(pack, scenario.baseline)}. They are modelled, and families stay "
        "where they are.",
        "Can reach is not the same as goes to, is registered with, or gets help from.",
        *(
            ["A site of today is taken to offer everything that the strategy names, until the scenario says otherwise."]
            if pack.strategy
            else []
        ),
        "Numbers of people are to the nearest 5, and shares and changes are worked out from those.",
    ]
    if sessions:
        said.append(
            "A weekly session is no site that is open all week: who reaches nothing else is counted apart, and no more "
            f"of them than it has places ({listed(sessions)}). Places go to as many as there is room for, with the "
            "least travel."
        )
    return said


def _travel(effect: Effect) -> list[str]:
    """Return sentences on how families travel; by timetable also when, and which of the times are known."""
    pack, mode, streets = effect.counts.pack, effect.after.mode, streets_words(effect.counts.pack)
    if mode.timing is None:
        return [
            f"Travel is {mode_words(mode.name)}{at_speed(mode.speed_kmh)}, on streets and paths ({streets}), from each "
            f"{home_words(pack)} to the nearest place; a time equal to the limit counts as within it.",
            *route_notes(effect),
        ]
    say = english().say
    return [
        say("scenario.pace.journeys", way=mode_words(mode.name), pace=pace(mode)),
        say("scenario.pace.walks", streets=streets, home=home_words(pack)),
        " ".join([*status_notes(pack, mode.timing), *missing_words(pack)]),
        *route_notes(effect),
    ]
