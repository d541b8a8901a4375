"""`reach scenario run` and `reach scenario compare`: what saved plans do to reach."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from analysis.rounding import digits, per_cent
from commands.console import check_out, count_text, new_group, rounded, terminal, write_text
from geo.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    import pandas as pd

    from analysis.scenario import Scenario
    from analysis.scenario_lab import Effect

FORMATS = ("table", "json")
MOST_COMPARED = 4

scenario_commands = new_group("What a plan (a scenario file) does to reach.")


@scenario_commands.command("run")
def run_command(
    file: Annotated[Path, typer.Argument(help="Scenario file (JSON).", metavar="FILE.json")],
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    measure: Annotated[str, typer.Option(help="Who is counted in the table.")] = "children_0_3",
    out: Annotated[Path | None, typer.Option(help="File to write instead of printing.", metavar="FILE")] = None,
) -> None:
    """Work out what a scenario does to reach, by ward and for the target wards, the others and the borough.

    Parts of wards are shown to the nearest 5.
    """
    check_format(format_)
    check_out(out, [file])
    scenario, effect = effect_of(file)
    _check_counted(effect, measure)
    if format_ == "json":
        write_text(json.dumps(answer(effect), indent=2, ensure_ascii=False, allow_nan=False) + "\n", out)
        return
    console = terminal()
    if out is not None:
        import io

        text = io.StringIO()
        console = terminal(text, width=110)
    console.print(Text(_heading(scenario, effect, measure), style="bold"))
    console.print(_run_table(effect, measure))
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
    console.print(Text(_footnote(found[0][1]), style="dim"), soft_wrap=True)


def check_format(name: str) -> None:
    """Check the name of an output format; `UnknownNameError` lists the valid ones."""
    if name not in FORMATS:
        raise UnknownNameError("format", name, list(FORMATS))


def effect_of(file: Path) -> tuple["Scenario", "Effect"]:
    """Read a scenario file and work out what it does; errors as for reading, opening its area and applying it."""
    from analysis.scenario_file import read_scenario
    from analysis.scenario_lab import Lab
    from geo.pack import list_packs, open_pack

    scenario = read_scenario(file)
    if scenario.area not in list_packs():  # the name comes from the file: no path may be made of it
        raise UnknownNameError("area", scenario.area[:100], list_packs())
    try:
        return scenario, Lab(open_pack(scenario.area)).effect(scenario)
    except InputError as error:
        raise InputError(f"{file.name}: {error}") from error


def answer(effect: "Effect") -> dict[str, Any]:
    """Return what a scenario does as plain values: people as shown, to the nearest 5."""
    scenario = effect.scenario
    return {
        "name": scenario.name,
        "area": scenario.area,
        "service": scenario.service,
        "mode": scenario.mode,
        "within_min": scenario.within_min,
        "baseline": scenario.baseline,
        "changes": len(scenario.changes),
        "cost": {"one_off": scenario.cost.one_off, "yearly": scenario.cost.yearly},
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
        **{name: sent(float(row[name])) for name in people[3:]},
        "share_before": rounded(float(row["share_before"]), SHARE_DECIMALS),
        "share_after": rounded(float(row["share_after"]), SHARE_DECIMALS),
        "minutes_saved_each": rounded(float(row["minutes_saved_each"]), 1),
    }


def _check_counted(effect: "Effect", measure: str) -> None:
    if measure not in effect.counts.measures:
        kind = f"measure under baseline {effect.scenario.baseline!r}"
        raise UnknownNameError(kind, measure, list(effect.counts.measures))


def _question(scenario: "Scenario") -> str:
    from geo.modes import mode_named
    from geo.services import category_named

    kind, mode = category_named(scenario.service).label, mode_named(scenario.mode)
    pace = "" if scenario.speed_kmh is None else f" at {scenario.speed_kmh:g} km/h"
    return f"within {scenario.within_min:g} minutes of the nearest {kind}, {mode.label.lower()}{pace}"


def _heading(scenario: "Scenario", effect: "Effect", measure: str) -> str:
    label = effect.counts.pack.measure_record(measure, scenario.baseline)["label"]
    return f"{scenario.name}: {label} {_question(scenario)}"


def _run_table(effect: "Effect", measure: str) -> Table:
    from analysis.reach import GROUP_WORDS, groups_of

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    # It must fit a terminal of 80 columns, where a wider one would cut figures off.
    table.add_column("Ward", no_wrap=True)
    for heading in ("Total", "Before", "After", "Change", "Lose", "Was", "Is", "Saved"):
        table.add_column(heading, justify="right", no_wrap=True)
    apart = "target" in groups_of(effect.counts.pack)
    for level in ("ward", "group"):
        rows = effect.shown(level)
        for _, row in rows[rows["measure"] == measure].iterrows():
            name = GROUP_WORDS[str(row["code"])] if level == "group" else str(row["name"])
            mark = " *" if level == "ward" and row["group"] == "target" and apart else ""
            table.add_row(name + mark, *_cells(row), style="bold" if level == "group" else "")
        if level == "ward":
            table.add_section()
    return table


def _cells(row: "pd.Series[Any]") -> list[str]:
    shown = figures(row)

    def people(name: str) -> str:
        figure = shown[name]
        return f"{figure:+,.0f}" if name == "change" and isinstance(figure, int | float) else count_text(figure)

    shares = ["-" if (share := shown[name]) is None else per_cent(share) for name in ("share_before", "share_after")]
    saved = "-" if shown["minutes_saved_each"] is None else f"{shown['minutes_saved_each']:.1f}"
    counts = [people("total"), people("reached_before"), people("reached_after"), people("change")]
    return [*counts, people("no_longer_reached"), *shares, saved]


def _footnote(effect: "Effect") -> str:
    from analysis.reach import groups_of

    pack = effect.counts.pack
    marked = "* target ward. " if "target" in groups_of(pack) else ""
    return (
        f"{pack.name}. {marked}Saved: minutes, one way. People are to the nearest 5. "
        "Can reach is not the same as attends. Sources: " + " | ".join(pack.attribution())
    )


def _compare_table(found: list[tuple["Scenario", "Effect"]], measure: str) -> Table:
    from analysis.reach import GROUP_WORDS

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
            name = GROUP_WORDS[str(row["code"])] if level == "group" else str(row["name"])
            after = [_figure(float(values[at])) for values in after_of]
            table.add_row(name, _figure(float(row["reached_before"])), *after, style="bold" if level == "group" else "")
        if level == "ward":
            table.add_section()
    costs = [scenario.cost for scenario, _ in found]
    table.add_row("Cost once, £", "", *[digits(cost.one_off) for cost in costs])
    table.add_row("Cost a year, £", "", *[digits(cost.yearly) for cost in costs])
    return table


def _figure(value: float) -> str:
    from analysis.shown import sent

    return count_text(sent(float(value)))


def _differences(scenarios: list["Scenario"]) -> list[str]:
    """Say where scenarios ask different questions, so that "Now" is that of the first alone."""
    first = scenarios[0]
    return [
        f"{other.name} asks another question ({_question(other)}; {other.baseline}) than {first.name} "
        f"({_question(first)}; {first.baseline}); “Now” is that of {first.name}."
        for other in scenarios[1:]
        if (other.service, other.mode, other.speed_kmh, other.within_min, other.baseline)
        != (first.service, first.mode, first.speed_kmh, first.within_min, first.baseline)
    ]
