"""`reach place`: where hubs would do most good, proven."""

import json
import math
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from commands.console import check_out, nearest_whole, note, rounded, terminal, write_text
from commands.scenario import GROUP_WORDS, check_format
from geo.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    import pandas as pd

    from analysis.placement import Placement

ALIASES = {"hall": "community_hall"}
UNITS = {
    "reach": "people within reach",
    "backup": "people who reach two",
    "time": "minutes in all",
    "worst": "minutes for the furthest",
    "gap": "percentage points between target wards and rest",
}


def place_command(
    area: Annotated[str, typer.Option(help="Name of the area.")] = "southend",
    goal: Annotated[str, typer.Option(help="reach, time, worst, gap or backup.")] = "reach",
    measure: Annotated[str, typer.Option(help="Who counts.")] = "children_in_poverty",
    hubs: Annotated[int, typer.Option(help="How many.")] = 5,
    candidates: Annotated[
        str, typer.Option(help="Kinds of venue, with commas; hall is short for community_hall.")
    ] = "library,school,hall",
    ward: Annotated[list[str] | None, typer.Option(help="Only in this ward (code); may be repeated.")] = None,
    service: Annotated[str, typer.Option(help="The kind of service that the hubs offer.")] = "childrens_centre",
    mode: Annotated[str, typer.Option(help="How families travel.")] = "walk_pram",
    within: Annotated[float, typer.Option(help="Threshold in minutes.")] = 15.0,
    baseline: Annotated[str | None, typer.Option(help="Which counts are used; the area's first when left out.")] = None,
    alternatives: Annotated[int, typer.Option(help="How many runners-up.")] = 5,
    seconds: Annotated[float, typer.Option(help="Most time to take; the best so far is then given.")] = 120.0,
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    out: Annotated[Path | None, typer.Option(help="File to write instead of printing.", metavar="FILE")] = None,
) -> None:
    """Find the best sites for hubs, with the proof and the runners-up. Ctrl+C stops and keeps the best so far."""
    check_format(format_)
    check_out(out)

    from analysis.placement import Question, place
    from analysis.placement_candidates import candidate_sites, venue_categories
    from analysis.placement_problem import GOALS
    from analysis.scenario import Scenario
    from analysis.scenario_lab import Lab
    from commands.access import check_measure
    from geo.modes import mode_named
    from geo.pack import open_pack
    from geo.services import category_named

    if goal not in GOALS:
        raise UnknownNameError("goal", goal, list(GOALS))
    if hubs < 1 or alternatives < 0 or not (math.isfinite(seconds) and seconds > 0):
        raise InputError("give 1 hub or more, 0 alternatives or more, and more than 0 seconds")
    kinds = [ALIASES.get(name, name) for name in (part.strip() for part in candidates.split(",")) if name]
    unknown = [kind for kind in kinds if kind not in venue_categories()]
    if unknown or not kinds:
        valid = [*venue_categories(), *ALIASES]
        raise UnknownNameError("kind of candidate", unknown[0] if unknown else "", valid)
    category_named(service)
    mode_named(mode)
    pack = open_pack(area)
    baseline = pack.baselines[0] if baseline is None else baseline
    check_measure(pack, measure, baseline)
    lab = Lab(pack)
    scenario = Scenario("Best sites", pack.code, service, mode, within, baseline)
    already = pack.services_of(service).index
    sites = candidate_sites(pack, list(dict.fromkeys(kinds)), wards=tuple(ward or ()), already=set(map(str, already)))
    question = Question(
        goal=goal, measures=((measure, 1.0),), hubs=hubs, alternatives=alternatives, time_limit_s=seconds
    )
    with _interrupted() as stop:
        found = place(lab, scenario, sites, question, stop=stop.is_set)
    for name, reason in list(found.left_out.items())[:5]:
        note(f"Note: {name} was left out: {reason}")
    if format_ == "json":
        text = json.dumps(answer(found, sites, measure), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        write_text(text, out)
        return
    import io

    buffer = io.StringIO()
    console = terminal() if out is None else terminal(buffer, width=110)
    console.print(_table(found, pack.wards["name"].to_dict()))
    for line in _lines(found, sites, measure):
        console.print(Text(line), soft_wrap=True)
    console.print(Text("Sources: " + " | ".join(pack.attribution()), style="dim"), soft_wrap=True)
    if out is not None:
        write_text(buffer.getvalue(), out)


@contextmanager
def _interrupted() -> Iterator[threading.Event]:
    """Let Ctrl+C set an event instead of ending the program."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def answer(found: "Placement", candidates: "pd.DataFrame", measure: str) -> dict[str, Any]:
    """Return an answer as plain values; None stands for a figure that there is none of."""
    proof = found.proof
    return {
        "sites": _sites(found.sites),
        "objective": rounded(proof.objective, 4),
        "bound": rounded(proof.bound, 4),
        "gap": rounded(proof.gap, 6),
        "seconds": rounded(proof.seconds, 3),
        "status": proof.status,
        "before": {"objective": rounded(found.before, 4), **_groups(found, measure, "before")},
        "after": {"objective": rounded(found.after, 4), **_groups(found, measure, "after")},
        "alternatives": [
            {
                "sites": _sites(candidates.loc[list(other.sites)]),
                "objective": rounded(other.proof.objective, 4),
                "bound": rounded(other.proof.bound, 4),
                "gap": rounded(other.proof.gap, 6),
                "status": other.proof.status,
            }
            for other in found.alternatives
        ],
    }


def _sites(rows: "pd.DataFrame") -> list[dict[str, Any]]:
    from geo.coordinates import to_lonlat

    lon, lat = to_lonlat(rows["easting"].to_numpy(float), rows["northing"].to_numpy(float))
    return [
        {"id": str(site), "name": str(name), "lon": round(float(x), 6), "lat": round(float(y), 6)}
        for site, name, x, y in zip(rows.index, rows["name"], lon, lat, strict=True)
    ]


def _groups(found: "Placement", measure: str, when: str) -> dict[str, Any]:
    if measure not in found.effect.counts.measures:
        return {}
    rows = found.effect.shown("group")
    return {
        str(row["code"]): {
            "total": nearest_whole(float(row["total"])),
            "reached": nearest_whole(float(row[f"reached_{when}"])),
            "share": rounded(float(row[f"share_{when}"]), 2),
        }
        for _, row in rows[rows["measure"] == measure].iterrows()
    }


def _table(found: "Placement", wards: dict[str, str]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("Site", "Kind", "Ward"):
        table.add_column(heading)
    for heading in ("Adds", "Only here", "Nearest for"):
        table.add_column(heading, justify="right")
    for _, row in found.sites.iterrows():
        adds = f"{row['adds']:,.2f}" if found.question.goal == "gap" else f"{row['adds']:,.0f}"
        figures = [adds, f"{row['only_here']:,.0f}", f"{row['nearest_for']:,.0f}"]
        kind, ward = str(row["category"]).replace("_", " "), wards.get(str(row["ward"]), "")
        table.add_row(Text(str(row["name"])), kind, ward, *figures)
    return table


def _lines(found: "Placement", candidates: "pd.DataFrame", measure: str) -> list[str]:
    proof, unit = found.proof, UNITS[found.question.goal]
    digits = 2 if found.question.goal == "gap" else 0
    proven = "proven best" if proof.status == "optimal" else f"{proof.status}; the best so far"
    lines = [
        f"{unit[0].upper()}{unit[1:]}: {proof.objective:,.{digits}f} (now {found.before:,.{digits}f}); {proven}. "
        f"No choice can do better than {proof.bound:,.{digits}f} (gap {proof.gap:.2%}); {proof.seconds:.1f} seconds."
    ]
    for code, row in _groups(found, measure, "after").items():
        before = _groups(found, measure, "before")[code]["reached"]
        lines.append(f"{GROUP_WORDS[code]}: {_shown(row['reached'])} of {_shown(row['total'])}, now {_shown(before)}.")
    for number, other in enumerate(found.alternatives, start=1):
        names = ", ".join(candidates.loc[list(other.sites), "name"].astype(str))
        lines.append(f"Runner-up {number}: {other.proof.objective:,.{digits}f}: {names}")
    return lines


def _shown(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"
