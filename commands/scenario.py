"""`reach scenario run` and `reach scenario compare`: the effect of saved plans on reach."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from commands.console import check_out, count_text, new_group, rounded, terminal, write_text
from commands.options import Assumed, Between, Day, Leaving, SureOf
from commands.points import asked_time, mode_at, note_timetable
from geo.errors import InputError, UnknownNameError
from geo.network.modes import mode_named
from wording.rounding import digits, fixed, per_cent, shortest

if TYPE_CHECKING:
    import pandas as pd

    from analysis.scenario.lab import Effect
    from analysis.scenario.scenario import Scenario

FORMATS = ("table", "json")
MOST_COMPARED = 4
_CHILDREN = "children_0_3"
_SESSION = "Session"
_APART = f"{_SESSION}: within reach of a weekly session alone, and with a place there; in no other count."
_SHORT = {"target": "target", "rest": "other"}

scenario_commands = new_group("What a plan (a scenario file) does to reach.")


@scenario_commands.command("run")
def run_command(
    file: Annotated[Path, typer.Argument(help="Scenario file (JSON).", metavar="FILE.json")],
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    measure: Annotated[str, typer.Option(help="Who is counted in the table.")] = "children_0_3",
    day: Day = None,
    between: Between = None,
    sure: SureOf = None,
    assumed: Assumed = False,
    out: Annotated[Path | None, typer.Option(help="File to write instead of printing.", metavar="FILE")] = None,
) -> None:
    """Work out what a scenario does to reach, by ward and for the target wards, the others and the borough.

    Parts of wards are shown to the nearest 5. A plan by bus and train has a day and a window of leaving of its own;
    what is given here stands in their place.
    """
    check_format(format_)
    check_out(out, [file])
    scenario, effect = effect_of(file, Leaving(day, between, sure, assumed))
    _check_counted(effect, measure)
    note_timetable(effect.counts.pack, mode_named(scenario.mode))
    if format_ == "json":
        write_text(json.dumps(answer(effect), indent=2, ensure_ascii=False, allow_nan=False) + "\n", out)
        return
    console = terminal()
    if out is not None:
        import io

        text = io.StringIO()
        console = terminal(text, width=110)
    console.print(Text(_heading(scenario, measure), style="bold"))
    console.print(_run_table(effect, measure))
    for line in _lines(effect, measure):
        console.print(Text(line), soft_wrap=True)
    console.print(Text(_footnote(effect), style="dim"), soft_wrap=True)
    if out is not None:
        write_text(text.getvalue(), out)


@scenario_commands.command("compare")
def compare_command(
    files: Annotated[list[Path], typer.Argument(help="Two to four scenario files.", metavar="A.json B.json …")],
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    measure: Annotated[str, typer.Option(help="Who is counted in the table.")] = "children_0_3",
) -> None:
    """Set two to four scenarios side by side."""
    check_format(format_)
    if not 2 <= len(files) <= MOST_COMPARED:
        raise InputError(f"give two to {MOST_COMPARED} scenario files to compare, not {len(files)}")
    found = [effect_of(file) for file in files]
    if len({scenario.area for scenario, _ in found}) > 1:
        raise InputError("these scenarios are for different areas, so their figures cannot stand side by side")
    for _, effect in found:
        _check_counted(effect, measure)
    if format_ == "json":
        result = {"scenarios": [answer(effect) for _, effect in found]}
        write_text(json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False) + "\n", None)
        return
    console = terminal()
    console.print(_compare_table(found, measure))
    for line in _differences([scenario for scenario, _ in found]):
        console.print(Text(f"Note: {line}"), soft_wrap=True)
    if any(effect.sessions.capacity > 0 for _, effect in found):
        console.print(Text(_APART), soft_wrap=True)
    console.print(Text(f"{_per_child(found)}: for each child aged 0–3 more with a place."), soft_wrap=True)
    console.print(Text(_footnote(found[0][1], apart=False), style="dim"), soft_wrap=True)


def check_format(name: str) -> None:
    """Check the name of an output format; `UnknownNameError` lists the valid ones."""
    if name not in FORMATS:
        raise UnknownNameError("format", name, list(FORMATS))


def effect_of(file: Path, leaving: Leaving = Leaving()) -> tuple["Scenario", "Effect"]:  # noqa: B008 - it is frozen
    """Read a scenario file and work out what it does, when one leaves at another time than it says if that is given.

    Errors as for reading, opening its area, applying it, and the time.
    """
    from analysis.scenario.file import read_scenario
    from analysis.scenario.lab import Lab
    from geo.packs import check_area, open_pack

    scenario = read_scenario(file)
    if leaving.given:
        scenario = replace(scenario, mode=mode_at(scenario.mode, leaving=leaving).name)
    check_area(scenario.area[:100])
    try:
        effect = Lab(open_pack(scenario.area)).effect(scenario)
        return effect.scenario, effect
    except InputError as error:
        raise InputError(f"{file.name}: {error}") from error


def answer(effect: "Effect") -> dict[str, Any]:
    """Return the effect of a scenario as plain values, people to the nearest 5."""
    scenario = effect.scenario
    return {
        "name": scenario.name,
        "area": scenario.area,
        "service": scenario.service,
        "mode": scenario.mode,
        **asked_time(effect.counts.pack, mode_named(scenario.mode)),
        "within_min": scenario.within_min,
        "baseline": scenario.baseline,
        "changes": len(scenario.changes),
        "cost": _cost(effect),
        "sessions": _sessions(effect),
        "groups": {
            str(measure): {str(row["code"]): figures(row) for _, row in rows.iterrows()}
            for measure, rows in effect.shown("group").groupby("measure", sort=False)
        },
        "wards": [
            {"measure": str(row["measure"]), "code": str(row["code"]), "name": str(row["name"]), **figures(row)}
            for _, row in effect.shown("ward").iterrows()
        ],
    }


def figures(row: "pd.Series[Any]") -> dict[str, Any]:
    """Return one row of a shown table as plain values."""
    from analysis.shown import SHARE_DECIMALS, sent, sent_change

    people = ("total", "reached_before", "reached_after", "newly_reached", "no_longer_reached")
    return {
        **{name: sent(float(row[name])) for name in people[:3]},
        "change": sent_change(float(row["change"])),
        **{name: sent(float(row[name])) for name in (*people[3:], "near_session_only", "by_session_only")},
        "share_before": rounded(float(row["share_before"]), SHARE_DECIMALS),
        "share_after": rounded(float(row["share_after"]), SHARE_DECIMALS),
        "minutes_saved_each": rounded(float(row["minutes_saved_each"]), 1),
    }


def _cost(effect: "Effect") -> dict[str, Any]:
    """Return the cost as plain values; for each child with a place where children are counted and some gain one."""
    from analysis.scenario.costs import cost_view, without_cost
    from analysis.shown import sent_change

    cost = effect.scenario.cost
    plain: dict[str, Any] = {
        "one_off": cost.one_off,
        "yearly": cost.yearly,
        "changes_without_cost": list(without_cost(effect.scenario)),
    }
    if _CHILDREN in effect.counts.measures:
        view = cost_view(effect)
        plain |= {
            "per_year": view.per_year,
            "more_with_a_place": sent_change(view.additional),
            "per_child_with_a_place": None if view.per_additional is None else rounded(view.per_additional, 2),
        }
    return plain


def _sessions(effect: "Effect") -> dict[str, Any]:
    held = [site for site in effect.after.sites.values() if site.session is not None]
    return {"count": len(held), "places_a_week": rounded(effect.sessions.capacity, 2)}


def _lines(effect: "Effect", measure: str) -> list[str]:
    """Return lines on whom the sessions reach, and on the cost."""
    from analysis.scenario.costs import cost_view
    from analysis.scenario.scenario import FREE
    from wording.groups import group_names
    from wording.numbers import money
    from wording.scenario import session_words, without_cost_words

    scenario, lines = effect.scenario, []
    table = effect.shown("group")
    for code in table.loc[(table["measure"] == measure) & (table["code"] != "rest"), "code"]:
        if said := session_words(effect, measure, str(code)):
            lines += [f"{group_names(effect.counts.pack)[str(code)]}: {said}"]
    if not scenario.changes:
        return lines
    cost, currency = scenario.cost, effect.counts.pack.manifest.particulars.currency
    price = f"Cost: {money(cost.one_off, currency)} once and {money(cost.yearly, currency)} a year."
    if _CHILDREN in effect.counts.measures and cost != FREE:
        view = cost_view(effect)
        if view.per_additional is not None:
            price += (
                f" Over {view.years} years that is {money(view.per_year, currency)} a year, "
                f"{money(view.per_additional, currency)} for each of {digits(view.additional)} more "
                "children aged 0–3 with a place."
            )
    return [*lines, f"{price} {without_cost_words(scenario)}".rstrip()]


def _sign(found: list[tuple["Scenario", "Effect"]]) -> str:
    from wording.numbers import currency_sign

    return currency_sign(found[0][1].counts.pack.manifest.particulars.currency)


def _per_child(found: list[tuple["Scenario", "Effect"]]) -> str:
    return f"A year a child, {_sign(found)}"


def _check_counted(effect: "Effect", measure: str) -> None:
    if measure not in effect.counts.measures:
        kind = f"measure under baseline {effect.scenario.baseline!r}"
        raise UnknownNameError(kind, measure, list(effect.counts.measures))


def _question(scenario: "Scenario") -> str:
    from geo.services import category_named
    from wording.scenario import at_speed, travelling

    way = f"{travelling(scenario.mode)}{at_speed(scenario.speed_kmh)}"
    return (
        f"within {shortest(scenario.within_min)} minutes of the nearest {category_named(scenario.service).label}, {way}"
    )


def _heading(scenario: "Scenario", measure: str) -> str:
    from geo.measures import measure_named

    return f"{scenario.name}: {measure_named(measure).label} {_question(scenario)}"


def _run_table(effect: "Effect", measure: str) -> Table:
    from analysis.reach.reach import groups_of
    from wording.groups import group_names

    sessions = effect.sessions.capacity > 0
    # The table must fit a terminal of 80 columns, because figures would be cut off otherwise.
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=sessions)
    table.add_column("Ward", no_wrap=True)
    headings = ["Total", "Before", "After", "Change", "Lose", "Was", "Is", "Saved"]
    for heading in [*headings, "Session"] if sessions else headings:
        table.add_column(heading, justify="right", no_wrap=True)
    apart, names = "target" in groups_of(effect.counts.pack), group_names(effect.counts.pack)
    for level in ("ward", "group"):
        rows = effect.shown(level)
        for _, row in rows[rows["measure"] == measure].iterrows():
            name = names[str(row["code"])] if level == "group" else str(row["name"])
            mark = " *" if level == "ward" and row["group"] == "target" and apart else ""
            cells = _cells(row) if sessions else _cells(row)[:-1]
            table.add_row(name + mark, *cells, style="bold" if level == "group" else "")
        if level == "ward":
            table.add_section()
    return table


def _cells(row: "pd.Series[Any]") -> list[str]:
    shown = figures(row)

    def people(name: str) -> str:
        figure = shown[name]
        if name == "change" and isinstance(figure, int | float):
            return f"{'+' if figure >= 0 else ''}{digits(figure)}"
        return count_text(figure)

    shares = ["-" if (share := shown[name]) is None else per_cent(share) for name in ("share_before", "share_after")]
    saved = "-" if shown["minutes_saved_each"] is None else fixed(shown["minutes_saved_each"], 1)
    counts = [people("total"), people("reached_before"), people("reached_after"), people("change")]
    return [*counts, people("no_longer_reached"), *shares, saved, people("by_session_only")]


def _footnote(effect: "Effect", *, apart: bool = True) -> str:
    from analysis.reach.reach import groups_of
    from wording.groups import area_words

    pack = effect.counts.pack
    sessions = f" {_APART}" if apart and effect.sessions.capacity > 0 else ""
    marked = f"* {area_words(pack).target}. " if "target" in groups_of(pack) else ""
    return (
        f"{pack.name}. {marked}Saved: minutes, one way.{sessions} People are to the nearest 5. "
        "Can reach is not the same as attends. Sources: " + " | ".join(pack.attribution())
    )


def _compare_table(found: list[tuple["Scenario", "Effect"]], measure: str) -> Table:
    from analysis.scenario.costs import cost_view, without_cost
    from wording.groups import area_words, group_names

    pack = found[0][1].counts.pack
    names, short = group_names(pack), {**_SHORT, "borough": area_words(pack).whole}
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Can reach")
    table.add_column("Now", justify="right")
    for scenario, _ in found:
        table.add_column(Text(scenario.name), justify="right")
    for level in ("ward", "group"):
        sides = [effect.shown(level) for _, effect in found]
        sides = [side[side["measure"] == measure].reset_index(drop=True) for side in sides]
        after_of = [side["reached_after"].to_numpy(float) for side in sides]
        for at, (_, row) in enumerate(sides[0].iterrows()):
            name = names[str(row["code"])] if level == "group" else str(row["name"])
            after = [_figure(float(values[at])) for values in after_of]
            table.add_row(name, _figure(float(row["reached_before"])), *after, style="bold" if level == "group" else "")
        table.add_section()
    if any(effect.sessions.capacity > 0 for _, effect in found):
        apart = [effect.shown("group") for _, effect in found]
        for code in apart[0]["code"].drop_duplicates():
            rows = [side[(side["measure"] == measure) & (side["code"] == code)].iloc[0] for side in apart]
            figures_ = [_figure(float(row["by_session_only"])) for row in rows]
            table.add_row(f"{_SESSION}, {short[str(code)]}", "", *figures_)
        table.add_section()
    costs, sign = [scenario.cost for scenario, _ in found], _sign(found)
    table.add_row(f"Cost once, {sign}", "", *[digits(cost.one_off) for cost in costs])
    table.add_row(f"Cost a year, {sign}", "", *[digits(cost.yearly) for cost in costs])
    table.add_row("No cost yet for", "", *[_changes(without_cost(scenario)) for scenario, _ in found])
    if all(_CHILDREN in effect.counts.measures for _, effect in found):
        each = [cost_view(effect).per_additional for _, effect in found]
        cells = ["-" if one is None else digits(one) for one in each]
        table.add_row(_per_child(found), "", *cells)
    return table


def _changes(numbers: tuple[int, ...]) -> str:
    return f"{len(numbers)} change{'' if len(numbers) == 1 else 's'}" if numbers else "-"


def _figure(value: float) -> str:
    from analysis.shown import sent

    return count_text(sent(float(value)))


def _differences(scenarios: list["Scenario"]) -> list[str]:
    """Return how the scenarios' settings differ; then "Now" is right only for the first."""
    first = scenarios[0]
    return [
        f"{other.name} asks another question ({_question(other)}; {other.baseline}) than {first.name} "
        f"({_question(first)}; {first.baseline}); “Now” is that of {first.name}."
        for other in scenarios[1:]
        if (other.service, other.mode, other.speed_kmh, other.within_min, other.baseline)
        != (first.service, first.mode, first.speed_kmh, first.within_min, first.baseline)
    ]
