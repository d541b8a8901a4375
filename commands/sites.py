"""`reach sites`: for every site of a service, who lives near enough to it and who has no other."""

import json
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.access import asked_sites, check_measure, reading_note
from commands.console import count_text, csv_text, note, rounded, write_answer
from commands.options import (
    Area,
    Assumed,
    Baseline,
    Between,
    Counted,
    Day,
    Format,
    Leaving,
    Out,
    OwnSites,
    Reading,
    Service,
    Speed,
    StepsPenalty,
    SureOf,
    TravelMode,
    Within,
    check_options,
    open_area,
)
from commands.points import asked_time, mode_at, name_off_network, note_timetable, way_words
from wording.rounding import fixed, shortest

if TYPE_CHECKING:
    from analysis.reach.catchment import Catchments
    from geo.network.modes import Mode
    from geo.pack import AreaPack

COLUMNS = ("id", "name", "ward", "inside", "alone", "extra_min")


def sites_command(
    area: Area = None,
    service: Service = None,
    services: OwnSites = None,
    mode: TravelMode = "walk_pram",
    within: Within = 15.0,
    measure: Counted = "children_0_3",
    baseline: Baseline = None,
    format_: Format = "table",
    speed: Speed = None,
    steps_penalty: StepsPenalty = None,
    out: Out = None,
    reading: Reading = None,
    day: Day = None,
    between: Between = None,
    sure: SureOf = None,
    assumed: Assumed = False,
) -> None:
    """Count who lives near enough to each site, and who would lose reach if it closed.

    "Inside" are those within the threshold of the site; the areas of neighbours overlap, so these do not add up. "Only
    this one" are those of them for whom no other site is near enough: they lose reach if it closes. "Extra to the next"
    is how many minutes more half of these need, at least, to the next site. People are to the nearest 5.
    """
    check_options(format_, out, services, within)

    from analysis.reach.catchment import catchments_of
    from analysis.travel.access import Access
    from geo.boundaries.lookup import locate

    chosen = mode_at(mode, speed, steps_penalty, Leaving(day, between, sure, assumed))
    pack = open_area(area)
    baseline = pack.baselines[0] if baseline is None else baseline
    check_measure(pack, measure, baseline)
    sites, which = asked_sites(pack, service, services, reading)
    if services is not None:
        xy = sites[["easting", "northing"]].to_numpy(float)
        sites = sites.assign(ward=locate(xy, pack.wards.reset_index(), within_m=0.0).codes)
        sites.index = [str(number) for number in range(1, len(sites) + 1)]
    access = Access.of(pack, chosen)
    name_off_network("site", sites["name"], access.snap(sites[["easting", "northing"]].to_numpy(float)))
    note_timetable(pack, chosen)
    found = catchments_of(access, sites, measure=measure, baseline=baseline, within_min=within)
    chosen_reading = which.default.name if which is not None and reading is None else reading
    asked = {
        "area": pack.code,
        "service": services.name if services is not None else service,
        "reading": chosen_reading,
        "mode": mode,
        **asked_time(pack, chosen),
        "within_min": int(within) if within.is_integer() else within,
        "measure": measure,
        "baseline": baseline,
    }
    result = answer(asked, pack, found)
    which_words = reading_note(which, chosen_reading)
    write_answer(
        format_,
        out,
        lambda console: _print_table(console, pack, chosen, result, which_words),
        lambda: json.dumps(result, indent=2, allow_nan=False) + "\n",
        lambda: csv_text(COLUMNS, result["rows"]),
    )
    if out is not None and format_ != "table":
        note("Keep these attributions with it: " + " | ".join(pack.attribution()))


def answer(asked: dict[str, Any], pack: "AreaPack", found: "Catchments") -> dict[str, Any]:
    """Return question and answer as plain values: shown counts, minutes to 1 decimal, None for none.

    Parameters
    ----------
    asked
        ``area, service, reading, mode, within_min, measure, baseline``.
    pack, found
        The area, and the catchments.
    """
    from analysis.shown import sent
    from wording.catchment import ward_name

    rows = [
        {
            "id": str(site),
            "name": str(row["name"]),
            "ward": ward_name(pack, str(row["ward"])),
            "inside": sent(row["inside"]),
            "alone": sent(row["alone"]),
            "extra_min": rounded(row["extra_min"], 1),
        }
        for site, row in found.shown().iterrows()
    ]
    together = {key: sent(value) for key, value in found.shown_reached().iloc[0].items()}
    return {**asked, "rows": rows, "together": together}


def _print_table(console: Console, pack: "AreaPack", mode: "Mode", result: dict[str, Any], which: str) -> None:
    from geo.measures import measure_named
    from geo.vintages import baseline_words

    label, within = measure_named(result["measure"]).label, shortest(result["within_min"])
    heading = f"{label} within {within} minutes of each site: {way_words(mode)}"
    console.print(Text(heading, style="bold"))
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Site")
    table.add_column("Ward", no_wrap=True)
    for title in ("Inside", "Only this one", "Extra min to the next"):
        table.add_column(title, justify="right")
    for row in result["rows"]:
        extra = "-" if row["extra_min"] is None else fixed(row["extra_min"], 1)
        table.add_row(row["name"], row["ward"], count_text(row["inside"]), count_text(row["alone"]), extra)
    console.print(table)
    reached, shared, total = (count_text(result["together"][key]) for key in ("reached", "shared", "total"))
    console.print(Text(f"Together: {reached} of {total}; {shared} of these can reach more than one."), soft_wrap=True)
    if which:
        console.print(Text(which), soft_wrap=True)
    footnote = (
        f"{pack.name}. Baseline: {baseline_words(pack, result['baseline'])}. Areas of neighbours overlap, so people "
        "inside do not add up. Can reach is not the same as attends. People are to the nearest 5."
    )
    console.print(Text(footnote, style="dim"), soft_wrap=True)
    console.print(Text("Sources: " + " | ".join(pack.attribution()), style="dim"), soft_wrap=True)
