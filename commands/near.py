"""`reach near`: the area within which a place is so many minutes away, as a file for maps."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from commands.access import check_measure
from commands.console import count_text, note, terminal, write_text
from commands.options import (
    Area,
    Assumed,
    Baseline,
    Between,
    Counted,
    Day,
    Leaving,
    Speed,
    StepsPenalty,
    SureOf,
    TravelMode,
    Within,
    check_options,
    open_area,
)
from commands.points import mode_at, note_timetable, way_words
from geo.errors import UnknownNameError
from wording.rounding import shortest

ENDINGS = (".geojson", ".gpkg")


def near_command(
    place: Annotated[str, typer.Argument(help="Postcode, street, ward, venue or station.")],
    area: Area = None,
    mode: TravelMode = "walk_pram",
    within: Within = 15.0,
    measure: Counted = "children_0_3",
    baseline: Baseline = None,
    speed: Speed = None,
    steps_penalty: StepsPenalty = None,
    day: Day = None,
    between: Between = None,
    sure: SureOf = None,
    assumed: Assumed = False,
    out: Annotated[
        Path | None, typer.Option(help="File to write: .geojson or .gpkg; GeoJSON is printed without.", metavar="FILE")
    ] = None,
) -> None:
    """Draw where a place is within so many minutes: the streets to the very metre, and the houses along them.

    The people are those whose homes are within that time, to the nearest 5. Positions are longitude and latitude.
    """
    check_options("json", out, None, within)
    if out is not None and out.suffix.lower() not in ENDINGS:
        raise UnknownNameError("ending of a map file", out.suffix, list(ENDINGS))

    from analysis.reach.isochrone import isochrone_of, people_inside
    from analysis.shown import sent
    from analysis.travel.access import Access
    from geo.finder import Finder
    from reports.files import write_whole
    from reports.isochrone import check_shape, isochrone_file

    chosen = mode_at(mode, speed, steps_penalty, Leaving(day, between, sure, assumed))
    pack = open_area(area)
    baseline = pack.baselines[0] if baseline is None else baseline
    check_measure(pack, measure, baseline)
    found = Finder.of(pack).find(place).one()
    access = Access.of(pack, chosen)
    note_timetable(pack, chosen)
    shape = isochrone_of(access, (found.easting, found.northing), within)
    check_shape(shape, found.name)
    counted = {"measure": measure, "baseline": baseline}
    ending = ".geojson" if out is None else out.suffix.lower()
    content = isochrone_file(ending, access, shape, name=found.name, **counted)
    if out is None:
        write_text(content.decode(), None)
        return
    write_whole(out, content)
    note(f"Wrote {out}")
    people = count_text(sent(people_inside(access, shape, **counted)))
    terminal().print(
        Text(f"{people} within {shortest(within)} minutes of {found.name}: {way_words(chosen)}"), soft_wrap=True
    )
