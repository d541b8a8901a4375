"""`reach place`: the best sites for hubs (facility location), with the proof."""

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

from commands.console import check_out, count_text, note, rounded, terminal, write_text
from commands.options import Area, Assumed, Between, Day, Leaving, SureOf, open_area
from commands.points import asked_time, mode_at, name_boxes, note_off_streets, note_timetable
from commands.scenario import check_format
from geo.errors import InputError, UnknownNameError
from wording.rounding import digits, fixed, per_cent, shortest

if TYPE_CHECKING:
    import pandas as pd

    from analysis.placement.placement import Placement
    from geo.pack import AreaPack


def place_command(
    area: Area = None,
    goal: Annotated[str, typer.Option(help="reach, time, worst, gap or backup.")] = "reach",
    measure: Annotated[
        list[str] | None,
        typer.Option(
            help="Who counts; several with commas or repeated, each with its weight, as births_per_year:2. Left out: "
            "children_in_poverty, or children_0_3 where the area does not count them. Weights are scaled so that the "
            "largest is 1."
        ),
    ] = None,
    hubs: Annotated[
        int | None, typer.Option(help="How many; 5 when left out, or with --budget as many as it pays for.")
    ] = None,
    candidates: Annotated[
        str,
        typer.Option(help="Kinds of venue, with commas; hall, health_centre and gp are short for the longer names."),
    ] = "library,school,hall",
    postcode: Annotated[list[str] | None, typer.Option(help="A postcode to choose from too; may be repeated.")] = None,
    ward: Annotated[list[str] | None, typer.Option(help="Only in this ward (name or code); may be repeated.")] = None,
    force: Annotated[
        list[str] | None, typer.Option(help="Id or postcode that must be chosen; may be repeated.")
    ] = None,
    ban: Annotated[
        list[str] | None, typer.Option(help="Id or postcode that must not be chosen; may be repeated.")
    ] = None,
    budget: Annotated[float | None, typer.Option(help="Most to spend, in the money of the area; needs --cost.")] = None,
    cost: Annotated[
        list[str] | None,
        typer.Option(help="What a hub costs once; for one kind as library:20000; may be repeated."),
    ] = None,
    own: Annotated[
        Path | None,
        typer.Option(help="File of your own places to choose from as well (CSV, workbook, map).", metavar="FILE"),
    ] = None,
    service: Annotated[str, typer.Option(help="The kind of service that the hubs offer.")] = "childrens_centre",
    mode: Annotated[str, typer.Option(help="How families travel.")] = "walk_pram",
    within: Annotated[float, typer.Option(help="Threshold in minutes.")] = 15.0,
    places: Annotated[
        float | None, typer.Option(help="People whom each new hub has room for; goal reach only.")
    ] = None,
    baseline: Annotated[str | None, typer.Option(help="Which counts are used; the area's first when left out.")] = None,
    alternatives: Annotated[int, typer.Option(help="How many runners-up.")] = 5,
    seconds: Annotated[float, typer.Option(help="Most time to take; the best so far is then given.")] = 120.0,
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    out: Annotated[Path | None, typer.Option(help="File to write instead of printing.", metavar="FILE")] = None,
    day: Day = None,
    between: Between = None,
    sure: SureOf = None,
    assumed: Assumed = False,
) -> None:
    """Find the best sites for hubs, with the proof and the runners-up. Ctrl+C stops and keeps the best so far.

    People are shown to the nearest 5, sums of minutes to the nearest hundred.
    """
    check_format(format_)
    check_out(out, [] if own is None else [own])

    from analysis.placement.candidates import candidate_sites, lists_none
    from analysis.placement.goals import goal_named
    from analysis.placement.placement import Question, place
    from analysis.scenario.lab import Lab
    from analysis.scenario.scenario import Scenario
    from commands.access import check_measure
    from geo.own.sites import read_sites
    from geo.places import tidy_postcode
    from geo.services import category_named
    from wording.particulars import middles_tried, no_list_of

    model = goal_named(goal)
    if (hubs is not None and hubs < 1) or alternatives < 0 or not (math.isfinite(seconds) and seconds > 0):
        raise InputError("give 1 hub or more, 0 alternatives or more, and more than 0 seconds")
    if places is not None and not model.counts_capacity:
        raise InputError(
            f"--places is counted with --goal reach only: {goal} asks how far or how evenly people are reached, not "
            "who finds room"
        )
    if places is not None and not (math.isfinite(places) and places > 0):
        raise InputError("give more than 0 places, or leave --places out for no limit")
    if budget is not None and not (math.isfinite(budget) and budget > 0):
        raise InputError("give a budget of more than 0, or leave --budget out")
    if (budget is None) != (not cost):
        raise InputError("a budget needs what a hub costs, and the other way round: give both --budget and --cost")
    measures = _measures(measure) if measure else ()
    costs = _costs(cost or [])
    kinds = [name for name in (part.strip() for part in candidates.split(",")) if name]
    category_named(service)
    chosen = mode_at(mode, leaving=Leaving(day, between, sure, assumed))
    pack = open_area(area)
    baseline = pack.baselines[0] if baseline is None else baseline
    if not measures:
        usual = ("children_in_poverty", "children_0_3")
        measures = ((next((name for name in usual if name in pack.measure_names(baseline)), usual[0]), 1.0),)
    for name, _ in measures:
        check_measure(pack, name, baseline)
    lab = Lab(pack)
    scenario = Scenario("Best sites", pack.code, service, chosen.name, within, baseline)
    already = set(map(str, pack.services_of(service).index))
    wards = tuple(_ward_code(pack, name) for name in ward or ())
    sites = candidate_sites(
        pack,
        list(dict.fromkeys(kinds)),
        wards=wards,
        postcodes=tuple(postcode or ()),
        already=already,
        own={} if own is None else {"file": read_sites(own, pack)},
    )
    if lists_none(pack, kinds) and not postcode:
        note(f"Note: {middles_tried(pack)}")
    note_off_streets(pack, mode)
    note_timetable(pack, chosen)
    if not already:
        note(f"Note: {no_list_of(pack, service)}")
    name_boxes(pack, [tidy_postcode(text) or "" for text in [*(postcode or ()), *(force or ())]])
    if places is not None:
        sites = sites.assign(places=places)
    if budget is not None:
        sites = sites.assign(cost=_cost_of_each(sites, costs))
    forced, banned = (tuple(dict.fromkeys(map(_candidate, names or ()))) for names in (force, ban))
    if both := sorted(set(forced) & set(banned)):
        raise InputError(f"{both[0]} stands in --force and in --ban: take it out of one")
    question = Question(
        goal=goal,
        measures=measures,
        hubs=5 if hubs is None and budget is None else hubs,
        budget=budget,
        forced=forced,
        banned=banned,
        alternatives=alternatives,
        time_limit_s=seconds,
    )
    with _interrupted() as stop:
        found = place(lab, scenario, sites, question, stop=stop.is_set)
    for name, reason in list(found.left_out.items())[:5]:
        note(f"Note: {name} was left out: {reason}")
    if format_ == "json":
        text = (
            json.dumps(
                {**answer(found, sites), **asked_time(pack, chosen)}, indent=2, ensure_ascii=False, allow_nan=False
            )
            + "\n"
        )
        write_text(text, out)
        return
    import io

    buffer = io.StringIO()
    console = terminal() if out is None else terminal(buffer, width=110)
    if not found.sites.empty:
        console.print(_table(found, pack.wards["name"].to_dict()))
    for line in _lines(found, sites):
        console.print(Text(line), soft_wrap=True)
    console.print(Text("Sources: " + " | ".join(pack.attribution()), style="dim"), soft_wrap=True)
    if out is not None:
        write_text(buffer.getvalue(), out)


def _measures(texts: list[str]) -> tuple[tuple[str, float], ...]:
    """Read ``name`` or ``name:weight``, several with commas; the largest weight becomes 1.

    A weight above 1 would count one person as several, and would so show counts that the rounding hides.
    """
    found: dict[str, float] = {}
    for text in (part.strip() for whole in texts for part in whole.split(",")):
        name, colon, number = text.partition(":")
        if name in found:
            raise InputError(f"the measure {name} is named twice: give it once, with its weight")
        found[name] = _positive(number, f"the weight of {name}") if colon else 1.0
    largest = max(found.values())
    return tuple((name, weight / largest) for name, weight in found.items())


def _costs(texts: list[str]) -> dict[str, float]:
    """Read an amount, for every category (key ``""``), or ``kind:amount``."""
    from analysis.placement.candidates import ALSO_CALLED

    found: dict[str, float] = {}
    for text in (part.strip() for whole in texts for part in whole.split(",")):
        kind, _, number = text.rpartition(":")
        found[ALSO_CALLED.get(kind, kind)] = _positive(number, f"the cost of a {kind or 'hub'}")
    return found


def _cost_of_each(sites: "pd.DataFrame", costs: dict[str, float]) -> "pd.Series[float]":
    kinds = sorted(set(sites["category"].astype(str)))
    for kind in costs:
        if kind and kind not in kinds:
            raise UnknownNameError("kind of candidate in --cost", kind, kinds)
    for kind in kinds:
        if kind not in costs and "" not in costs:
            raise InputError(f"say what a hub at a {kind} costs: --cost {kind}:AMOUNT, or --cost AMOUNT for every kind")
    return sites["category"].map(lambda kind: costs.get(kind, costs.get("", math.nan))).astype(float)


def _positive(text: str, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise InputError(f"{what} must be a number above 0, not {text!r}")
    return value


def _ward_code(pack: "AreaPack", name: str) -> str:
    """Return the code of a ward given by code or name; any other text is returned unchanged, and refused later."""
    from geo.spelling import plain_words, usual

    words = usual(plain_words(name))
    names = {usual(plain_words(str(ward))): str(code) for code, ward in pack.wards["name"].items()}
    return names.get(words[:-1] if words[-1:] == ("ward",) else words, name)


def _candidate(name: str) -> str:
    """Return the id of a candidate given by id or postcode."""
    from geo.places import tidy_postcode

    postcode = tidy_postcode(name)
    return name if postcode is None else f"postcode-{postcode}"


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


def answer(found: "Placement", candidates: "pd.DataFrame") -> dict[str, Any]:
    """Return an answer as plain values, in shown figures; None stands for no figure.

    The people of each group are those of the first measure.
    """
    proof, measure, crs = found.proof, found.question.measures[0][0], found.effect.counts.pack.crs
    return {
        "sites": _sites(found.sites, crs),
        "objective": _score(found, proof.objective),
        "bound": _score(found, proof.bound),
        "gap": rounded(proof.gap, 6),
        "seconds": rounded(proof.seconds, 3),
        "status": proof.status,
        "before": {"objective": _score(found, found.before), **_groups(found, measure, "before")},
        "after": {"objective": _score(found, found.after), **_groups(found, measure, "after")},
        "alternatives": [
            {
                "sites": _sites(candidates.loc[list(other.sites)], crs),
                "objective": _score(found, other.proof.objective),
                "bound": _score(found, other.proof.bound),
                "gap": rounded(other.proof.gap, 6),
                "status": other.proof.status,
            }
            for other in found.alternatives
        ],
    }


def _score(found: "Placement", value: float) -> float | str | None:
    """Return a score as it may be shown; see :func:`analysis.placement.shown.shown_score`."""
    from analysis.placement.shown import everybody, shown_score
    from analysis.shown import said

    shown = shown_score(found.question.goal, value, everybody(found))
    return said(shown) or rounded(shown, 1)


def _sites(rows: "pd.DataFrame", crs: str) -> list[dict[str, Any]]:
    from geo.coordinates import to_lonlat

    lon, lat = to_lonlat(rows["easting"].to_numpy(float), rows["northing"].to_numpy(float), crs)
    return [
        {"id": str(site), "name": str(name), "lon": round(float(x), 6), "lat": round(float(y), 6)}
        for site, name, x, y in zip(rows.index, rows["name"], lon, lat, strict=True)
    ]


def _groups(found: "Placement", measure: str, when: str) -> dict[str, Any]:
    if measure not in found.effect.counts.measures:
        return {}
    from analysis.shown import SHARE_DECIMALS, sent

    rows = found.effect.shown("group")
    return {
        str(row["code"]): {
            "total": sent(float(row["total"])),
            "reached": sent(float(row[f"reached_{when}"])),
            "share": rounded(float(row[f"share_{when}"]), SHARE_DECIMALS),
        }
        for _, row in rows[rows["measure"] == measure].iterrows()
    }


def _written(found: "Placement | None", value: float | str | None) -> str:
    """Write a shown score (or a shown count, when `found` is None); a dash where there is no figure."""
    from analysis.placement.goals import goal_named
    from analysis.shown import said

    if value is None or isinstance(value, str):
        return value or "-"
    if math.isnan(value):
        return "-"
    if words := said(value):
        return words
    decimals = 0 if found is None else max(0, goal_named(found.question.goal).decimals)
    return digits(value, decimals) if decimals else digits(value)


def _table(found: "Placement", wards: dict[str, str]) -> Table:
    from analysis.placement.shown import shown_sites

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("Site", "Kind", "Ward"):
        table.add_column(heading)
    for heading in ("Adds", "Only here", "Nearest for"):
        table.add_column(heading, justify="right")
    for _, row in shown_sites(found).iterrows():
        figures = [_written(found, row["adds"]), _written(None, row["only_here"]), _written(None, row["nearest_for"])]
        kind, ward = str(row["category"]).replace("_", " "), wards.get(str(row["ward"]), "")
        table.add_row(Text(str(row["name"])), kind, ward, *figures)
    return table


def _lines(found: "Placement", candidates: "pd.DataFrame") -> list[str]:
    from wording.groups import group_names
    from wording.lab import line_words

    proof, unit = found.proof, line_words(found.question.goal, found.effect.counts.pack)
    measure, several = found.question.measures[0][0], len(found.question.measures) > 1

    def score(value: float) -> str:
        return _written(found, _score(found, value))

    if "places" in found.sites:
        unit = "people within reach who find a place"
    if several:
        unit = unit.replace("people", "weighted people")
    proven = "proven best" if proof.status == "optimal" else f"{proof.status}; the best so far"
    lines = [
        f"{unit[0].upper()}{unit[1:]}: {score(proof.objective)} (now {score(found.before)}); {proven}. "
        f"No choice can do better than {score(proof.bound)} (gap {per_cent(proof.gap, 2)}); "
        f"{fixed(proof.seconds, 1)} seconds."
    ]
    if found.sites.empty:
        lines.insert(0, "No candidate makes this better: to open none is the answer.")
    if several:
        weights = ", ".join(f"{name} x {shortest(weight)}" for name, weight in found.question.measures)
        lines.append(f"People are weighted: {weights}. By group, {measure} alone:")
    groups = group_names(found.effect.counts.pack)
    for code, row in _groups(found, measure, "after").items():
        before = _groups(found, measure, "before")[code]["reached"]
        reached, total = count_text(row["reached"]), count_text(row["total"])
        lines.append(f"{groups[code]}: {reached} of {total}, now {count_text(before)}.")
    for number, other in enumerate(found.alternatives, start=1):
        names = ", ".join(candidates.loc[list(other.sites), "name"].astype(str)) or "none of the candidates"
        lines.append(f"Runner-up {number}: {score(other.proof.objective)}: {names}")
    return lines
