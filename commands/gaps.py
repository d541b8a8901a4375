"""`reach gaps`: which wards and streets are cut off from which services, and why."""

import csv
import io
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.access import check_measure
from commands.console import check_out, count_text, nearest_whole, note, rounded, terminal, write_text
from commands.options import FORMATS, Area, Assumed, Between, Day, Leaving, SureOf, open_area
from commands.points import asked_time, mode_at, note_off_streets, note_timetable
from geo.errors import InputError, UnknownNameError
from wording.rounding import digits, fixed, minutes_cell, shortest

if TYPE_CHECKING:
    from analysis.gaps.report import GapReport
    from analysis.reach.basket import Basket

POCKETS_PRINTED = 15
COLUMNS = (
    "code",
    "name",
    "group",
    "isolation",
    "rank",
    "service",
    "threshold_min",
    "median_min",
    "p90_min",
    "share_within",
    "beyond",
    "gap_to_borough",
    "distance_min",
    "detour_min",
)


def gaps_command(
    area: Area = None,
    within: Annotated[
        list[str] | None,
        typer.Option(help="Another threshold, such as library=20, in steps of 5 minutes; may be repeated."),
    ] = None,
    weight: Annotated[
        list[str] | None, typer.Option(help="Another weight, such as gp_practice=2; may be repeated.")
    ] = None,
    mode: Annotated[
        str | None, typer.Option(help="How families travel; as the list of services says when left out.")
    ] = None,
    measure: Annotated[str, typer.Option(help="Who is counted.")] = "children_0_3",
    baseline: Annotated[
        str | None, typer.Option(help="Which counts are used; the first that the area has when left out.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="table, json or csv.")] = "table",
    out: Annotated[Path | None, typer.Option(help="File to write instead of printing.", metavar="FILE")] = None,
    day: Day = None,
    between: Between = None,
    sure: SureOf = None,
    assumed: Assumed = False,
) -> None:
    """Find who is cut off from what: wards by services, the share that is too far away, and pockets of homes.

    The list of services is data/basket.toml. A ward's figure (key isolation) is the share of them, in per cent, that is
    too far away on average for those who are counted; place 1 is the most cut off. Counts are to the nearest 5.
    """
    if format_ not in FORMATS:
        raise UnknownNameError("format", format_, list(FORMATS))
    check_out(out)

    from analysis.gaps.report import gap_report
    from analysis.reach.basket import read_basket
    from analysis.reach.survey import survey
    from wording.gaps import left_out_sentence

    leaving = Leaving(day, between, sure, assumed)
    if mode is None and leaving.given:
        raise InputError(f"{' and '.join(leaving.given)} needs --mode with a mode that goes by timetable")
    chosen = None if mode is None else mode_at(mode, leaving=leaving)
    basket = read_basket().changed(
        thresholds_min=_pairs("--within", within),
        weights=_pairs("--weight", weight),
        mode=None if chosen is None else chosen.name,
    )
    pack = open_area(area)
    baseline = pack.baselines[0] if baseline is None else baseline
    check_measure(pack, measure, baseline)
    report = gap_report(survey(pack, basket), measure=measure, baseline=baseline)
    for used in report.survey.basket.modes[:1]:
        note_off_streets(pack, used.name)
        note_timetable(pack, used)
    if format_ == "table":
        if out is None:
            _print_report(terminal(), report)
        else:
            text = io.StringIO()
            _print_report(terminal(text, width=130), report)
            write_text(text.getvalue(), out)
        return
    found = answer(report)
    if chosen is not None:
        found |= asked_time(pack, chosen)
    if report.survey.left_out:
        note(f"Note: {left_out_sentence(report.survey.left_out)}")
    write_text(_csv_text(found) if format_ == "csv" else json.dumps(found, indent=2, allow_nan=False) + "\n", out)
    if out is not None:
        note("Keep these attributions with it: " + " | ".join(pack.attribution()))


def _pairs(option: str, given: list[str] | None) -> dict[str, float]:
    """Read ``service=number`` entries; the basket itself checks the services and values."""
    pairs: dict[str, float] = {}
    for entry in given or []:
        service, equals, number = entry.partition("=")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not equals or not service or not math.isfinite(value):
            raise InputError(f"{option} {entry!r}: write it as service=number, such as library=20")
        if service in pairs:
            raise InputError(f"{option} names {service} twice")
        pairs[service] = value
    return pairs


def answer(report: "GapReport") -> dict[str, Any]:
    """Return the gaps as plain values; None where no site is reached."""
    from analysis.gaps.readings import readings_shown
    from analysis.shown import SHARE_DECIMALS, sent
    from geo.measures import measure_named

    areas = report.isolation.areas
    wards = areas.loc[list(report.survey.pack.wards.index)]
    readings = readings_shown(report)
    return {
        "area": report.survey.pack.code,
        "counted": measure_named(report.measure).label,
        "notes": _notes(report),
        "basket": _basket(report.survey.basket),
        "no_data": list(report.survey.left_out),
        "wards": [
            {
                "code": str(code),
                "name": str(row["name"]),
                "group": str(row["group"]),
                "isolation": rounded(row["isolation"], 1),
                "rank": nearest_whole(row["rank"]),
                "services": _services(report, str(code)),
            }
            for code, row in wards.iterrows()
        ],
        "readings": [
            {
                "service": str(service),
                "reading": str(name),
                "label": str(rows["label"].iloc[0]),
                "shares": {
                    str(code): {
                        "default": rounded(row["default_share"], SHARE_DECIMALS),
                        "reading": rounded(row["share"], SHARE_DECIMALS),
                    }
                    for code, row in rows.droplevel(["service", "reading"]).iterrows()
                },
            }
            for (service, name), rows in readings.groupby(level=["service", "reading"], sort=False)
        ],
        "pockets": [
            {
                "name": str(row["name"]),
                "ward": str(row["ward"]),
                "service": str(row["service"]),
                "children": sent(row["children"]),
                "median_min": rounded(row["median_min"], 1),
                "nearest": str(row["nearest"]) or None,
                "lon": rounded(row["lon"], 4),
                "lat": rounded(row["lat"], 4),
            }
            for _, row in report.pockets.iterrows()
        ],
    }


def _notes(report: "GapReport") -> dict[str, str]:
    """Return notes on the keys: what each means, and of which ages the people are that it counts."""
    who = report.who
    return {
        "basket": "the services that count, how soon each should be reached, and how much it counts",
        "isolation": f"share of these services that is too far away for {who} on average, in per cent",
        "beyond": f"{who} who live further than threshold_min",
        "children": f"{who}, in pockets",
        "share_within": f"share of {who} within threshold_min",
        "median_min": f"minutes within which half of {who} live",
        "p90_min": f"minutes within which nine in ten of {who} live",
    }


def _basket(basket: "Basket") -> list[dict[str, Any]]:
    return [
        {
            "service": item.service,
            "threshold_min": item.threshold_min,
            "mode": item.mode,
            "weight": item.weight,
            "reason": item.reason,
        }
        for item in basket
    ]


def _services(report: "GapReport", code: str) -> dict[str, Any]:
    from analysis.shown import SHARE_DECIMALS, sent

    found = {}
    beyond = report.beyond.xs(code, level="code")
    for service, row in report.services.xs(code, level="code").iterrows():
        why = {key: rounded(row[key], 1) for key in ("distance_min", "detour_min")}
        if row["speed_min"]:  # for modes with different speeds on different streets: without it the parts would not sum
            why["speed_min"] = rounded(row["speed_min"], 1)
        found[str(service)] = {
            "median_min": rounded(row["median_min"], 1),
            "p90_min": rounded(row["p90_min"], 1),
            "share_within": rounded(row["share_within"], SHARE_DECIMALS),
            "beyond": sent(beyond[str(service)]),
            "gap_to_borough": rounded(row["gap_to_borough"], 1),
            "why": why,
        }
    return found


def _csv_text(found: dict[str, Any]) -> str:
    limits = {item["service"]: item["threshold_min"] for item in found["basket"]}
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for ward in found["wards"]:
        for service, figures in ward["services"].items():
            row = {**ward, **figures, **figures["why"], "service": service, "threshold_min": limits[service]}
            writer.writerow(row)
    return text.getvalue()


def _print_report(console: Console, report: "GapReport") -> None:
    from analysis.gaps.pockets import ANY_SERVICE
    from analysis.reach.reach import groups_of
    from analysis.shown import sent
    from drawing.palette import symbol
    from geo.services import category_named
    from geo.vintages import baseline_words
    from wording.gaps import kind_of, left_out_sentence, pockets_by
    from wording.groups import area_words

    pack, basket = report.survey.pack, report.survey.basket
    console.print(Text(f"Minutes within which half of the {report.who} live, in each ward of {pack.name}", "bold"))
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Ward", no_wrap=True)
    table.add_column("Too far", justify="right", no_wrap=True)
    for item in basket:
        table.add_column(symbol(item.service).letters, justify="right", no_wrap=True)
    first_group = groups_of(pack)[0]
    apart = first_group == "target"
    for code, row in report.isolation.areas.iterrows():
        if code == first_group:
            table.add_section()
        medians = report.services["median_min"].xs(str(code), level="code")
        ward = not math.isnan(row["rank"])
        name = (
            f"{fixed(row['rank']).rjust(2)} {row['name']}{'*' if apart and row['group'] == 'target' else ''}"
            if ward
            else row["name"]
        )
        beyond = f"{digits(row['isolation'])}% ({digits(row['low'])}-{digits(row['high'])})"
        table.add_row(name, beyond, *(minutes_cell(medians[name], none="-") for name in basket.services))
    console.print(table)
    key = (
        f"{symbol(item.service).letters} {category_named(item.service).label} ({shortest(item.threshold_min)} min)"
        for item in basket
    )
    console.print(Text(f"{', '.join(key)}."), soft_wrap=True)
    _print_readings(console, report)
    if report.survey.left_out:
        console.print(Text(left_out_sentence(report.survey.left_out)), soft_wrap=True)
    console.print()
    console.print(Text(f"Homes too far away, those with most {pockets_by(report)} first", style="bold"))
    pockets = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("Homes", "Ward", "Too far from"):
        pockets.add_column(heading)
    for heading in (_short(report.measure), "Minutes"):
        pockets.add_column(heading, justify="right")
    pockets.add_column("Nearest")
    for _, row in report.pockets.head(POCKETS_PRINTED).iterrows():
        listed = row["service"] in basket.services
        service = category_named(row["service"]).label if listed else kind_of(ANY_SERVICE)
        figures = count_text(sent(row["children"])), minutes_cell(row["median_min"], none="-")
        pockets.add_row(row["name"], row["ward_name"], service, *figures, row["nearest"] or "-")
    console.print(pockets)
    words = (
        f"{f'* {area_words(pack).target}. ' if apart else ''}Counted: {report.who}. Whose figures: "
        f"{baseline_words(pack, report.baseline)}; modelled. {len(report.pockets)} groups of homes in all. Minutes: "
        "half live within. Too far: per cent of the services, least and most over walking speeds and weights. Can "
        "reach is not the same as going there."
    )
    console.print(Text(words, style="dim"), soft_wrap=True)
    console.print(Text("Sources: " + " | ".join(pack.attribution()), style="dim"), soft_wrap=True)


def _short(measure: str) -> str:
    """Return a short heading for the column of people counted, with their ages."""
    from geo.measures import measure_named

    return measure_named(measure).label.replace("aged ", "")


def _print_readings(console: Console, report: "GapReport") -> None:
    """Print the share within reach of each contested service under each reading of which sites count."""
    from analysis.gaps.readings import readings_shown
    from analysis.reach.reach import groups_of
    from geo.services import category_named
    from wording.numbers import percent

    readings = readings_shown(report)
    if readings.empty:
        return
    console.print()
    console.print(Text("Share within reach where it is not certain which places count", style="bold"))
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Ward", no_wrap=True)
    columns = list(readings.groupby(level=["service", "reading"], sort=False))
    for (service, _), rows in columns:
        table.add_column(category_named(str(service)).plural, justify="right")
        table.add_column(str(rows["label"].iloc[0]).lower(), justify="right")
    for code in readings.index.get_level_values("code").unique():
        if code == groups_of(report.survey.pack)[0]:
            table.add_section()
        found = [rows.xs(code, level="code").iloc[0] for _, rows in columns]
        cells = [percent(row[key]) for row in found for key in ("default_share", "share")]
        table.add_row(str(found[0]["name"]), *cells)
    console.print(table)
