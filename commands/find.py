"""`reach find`: search for a place by name, with travel times from there to every category of service."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from commands.console import note, rounded, terminal, write_text
from commands.options import Area, Assumed, Between, Day, Leaving, SureOf, open_area
from commands.points import asked_time, mode_at, note_timetable, way_words
from commands.scenario import check_format
from geo.errors import UnknownNameError
from wording.rounding import digits

if TYPE_CHECKING:
    from analysis.travel.access import Access
    from geo.places import Place


def find_command(
    place: Annotated[str, typer.Argument(help="Postcode, street, address, ward, venue or station.")],
    area: Area = None,
    service: Annotated[str | None, typer.Option(help="One kind of service; every kind when left out.")] = None,
    mode: Annotated[str, typer.Option(help="How families travel.")] = "walk_pram",
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    day: Day = None,
    between: Between = None,
    sure: SureOf = None,
    assumed: Assumed = False,
) -> None:
    """Find a place by what people call it, and say how long it takes from there to the nearest of each service.

    A name that several places have is not guessed: they are listed, and nothing is worked out. Of a ward, the times are
    those of its people: half of them need no longer than the first, and 8 in 10
    need a time between the other two.
    """
    check_format(format_)

    from analysis.travel.access import Access
    from geo.finder import Finder
    from geo.services import CATEGORIES

    chosen, pack = mode_at(mode, leaving=Leaving(day, between, sure, assumed)), open_area(area)
    kinds = [name for name, kind in CATEGORIES.items() if kind.shown and len(pack.services_of(name))]
    if service is not None and service not in kinds:
        raise UnknownNameError("service", service, kinds)
    answer = Finder.of(pack).find(place)
    found = answer.one()
    if answer.said:
        note(f"Note: {answer.said}")
    if answer.suggestions:
        note(f"Not this one? There is also: {'; '.join(other.name for other in answer.suggestions)}")
    access = Access.of(pack, chosen)
    note_timetable(pack, chosen)
    wanted = kinds if service is None else [service]
    rows = _ward_rows(access, found, wanted) if found.kind == "ward" else _rows(access, found, wanted)
    if format_ == "json":
        asked = {"place": _as_dict(found, pack.crs), "mode": mode, **asked_time(pack, chosen)}
        said = json.dumps({**asked, "rows": rows}, indent=2, ensure_ascii=False)
        write_text(f"{said}\n", None)
        return
    ward = " ward" if found.kind == "ward" else ""
    console = terminal()
    console.print(Text(f"From {found.name}{ward}: {way_words(chosen)}", style="bold"))
    console.print(_table(rows))
    console.print(Text("Sources: " + " | ".join(pack.attribution()), style="dim"), soft_wrap=True)


def _as_dict(place: "Place", crs: str) -> dict[str, Any]:
    from geo.coordinates import to_lonlat

    (lon,), (lat,) = to_lonlat(place.easting, place.northing, crs)
    return {
        "kind": place.kind,
        "name": place.name,
        "ward": place.ward,
        "lon": round(float(lon), 6),
        "lat": round(float(lat), 6),
        "note": place.note,
    }


def _rows(access: "Access", place: "Place", kinds: list[str]) -> list[dict[str, Any]]:
    from analysis.travel.access import journeys

    if access.transit is not None:
        return _timed_rows(access, place, kinds)
    found = []
    for journey in journeys(access, (place.easting, place.northing), kinds):
        way = journey.route
        name = str(access.pack.services.loc[journey.service_id, "name"]) if way is not None else None
        minutes = None if way is None else rounded(way.time_s / 60, 1)
        metres = None if way is None else rounded(way.length_m, 0)
        found.append({"service": journey.category, "minutes": minutes, "metres": metres, "nearest": name})
    return found


def _timed_rows(access: "Access", place: "Place", kinds: list[str]) -> list[dict[str, Any]]:
    start = access.snap([(place.easting, place.northing)])
    found = []
    for kind in kinds:
        services = access.pack.services_of(kind)
        times = access.between(start, access.snap(services[["easting", "northing"]].to_numpy(float)))
        nearest = int(times.nearest_site[0])
        name = None if nearest < 0 else str(services["name"].iloc[nearest])
        minutes = rounded(float(times.nearest_s[0]) / 60, 1)
        found.append({"service": kind, "minutes": minutes, "metres": None, "nearest": name})
    return found


def _ward_rows(access: "Access", place: "Place", kinds: list[str]) -> list[dict[str, Any]]:
    from analysis.reach.wards import ward_times

    pack = access.pack
    code = str(pack.wards.index[pack.wards["name"] == place.name][0])
    baseline = pack.baselines[0]
    measure = pack.measure_names(baseline)[0]
    people = pack.measure(measure, baseline)
    found = []
    for kind in kinds:
        times = ward_times(pack, access.to_category(kind).nearest_s, code, people)
        median, low, high = (rounded(value / 60, 1) for value in (times.median_s, times.low_s, times.high_s))
        found.append({"service": kind, "median_min": median, "p10_min": low, "p90_min": high, "people": measure})
    return found


def _table(rows: list[dict[str, Any]]) -> Table:
    from geo.services import CATEGORIES

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    ward = "median_min" in rows[0]
    headings = ("Nearest of each kind", *(("Half within", "1 in 10", "9 in 10") if ward else ("Minutes", "Metres")))
    for heading in headings:
        table.add_column(heading, justify="left" if heading == headings[0] else "right")
    if not ward:
        table.add_column("Which")
    for row in rows:
        keys = ("median_min", "p10_min", "p90_min") if ward else ("minutes", "metres")
        figures = ["-" if row[key] is None else digits(row[key]) for key in keys]
        which = [] if ward else [Text(row["nearest"] or "none can be reached")]
        table.add_row(CATEGORIES[row["service"]].label, *figures, *which)
    return table
