"""The options that commands about a service share: their types with their help, and the checks on them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.console import check_out
from geo.errors import InputError, UnknownNameError
from geo.network.modes import LONGEST_THRESHOLD_MIN

if TYPE_CHECKING:
    from geo.pack import AreaPack

FORMATS = ("table", "json", "csv")

Area = Annotated[
    str | None, typer.Option(help="Name of the area; that of the setting REACH_AREA, or the only one, when left out.")
]
Service = Annotated[str | None, typer.Option(help="Kind of service, such as childrens_centre.")]
OwnSites = Annotated[
    Path | None,
    typer.Option(help="File of your own sites instead (CSV, workbook, map): names, and positions.", metavar="FILE"),
]
TravelMode = Annotated[str, typer.Option(help="How families travel.")]
Within = Annotated[float, typer.Option(help="Threshold in minutes; a time equal to it counts.")]
Counted = Annotated[str, typer.Option(help="Who is counted.")]
Baseline = Annotated[str | None, typer.Option(help="Which counts are used; the first that the area has when left out.")]
Format = Annotated[str, typer.Option("--format", help="table, json or csv.")]
Speed = Annotated[float | None, typer.Option(help="Another speed for the mode, km/h.", metavar="KMH")]
StepsPenalty = Annotated[
    float | None,
    typer.Option(help="What a flight of steps costs besides its walk; 120 with a pram.", metavar="SECONDS"),
]
Day = Annotated[
    str | None,
    typer.Option(help="Day of a mode by timetable, such as saturday or 2026-05-12.", metavar="DAY"),
]
Between = Annotated[
    str | None,
    typer.Option(help="When one leaves, by timetable: every minute of 09:00-11:00 counts.", metavar="FROM-UNTIL"),
]
SureOf = Annotated[
    str | None,
    typer.Option("--sure", help="In how many of these minutes a time must do: half or nine_in_ten."),
]
Assumed = Annotated[bool, typer.Option("--assumed", help="Whether routes whose times are assumed count.")]
Out = Annotated[Path | None, typer.Option(help="File to write instead of printing.", metavar="FILE")]
Reading = Annotated[
    str | None,
    typer.Option(
        help="Which places count, of a service where sources leave it open, such as core for childrens_centre "
        "(data/readings.toml)."
    ),
]


@dataclass(frozen=True)
class Leaving:
    """What was said of the time of a journey by timetable; None where nothing was.

    Attributes
    ----------
    day, between, sure
        As typed.
    assumed
        Whether assumed routes count; False also where nothing was said.
    """

    day: str | None = None
    between: str | None = None
    sure: str | None = None
    assumed: bool = False

    @property
    def given(self) -> list[str]:
        """The options that were given."""
        named = (("--day", self.day), ("--between", self.between), ("--sure", self.sure), ("--assumed", self.assumed))
        return [name for name, value in named if value]


def open_area(area: str | None) -> "AreaPack":
    """Open the pack of the area that a command is about; errors as for `geo.packs.default_area` and `open_pack`."""
    from geo.packs import default_area, open_pack

    return open_pack(default_area() if area is None else area)


def check_options(format_: str, out: Path | None, services: Path | None, within: float) -> None:
    """Check what can be wrong with the options before any data is opened.

    Raises
    ------
    UnknownNameError
        When there is no such format.
    InputError
        When `out` cannot be written or is `services`, or the threshold is not a number of 0 or more.
    """
    if format_ not in FORMATS:
        raise UnknownNameError("format", format_, list(FORMATS))
    check_out(out, [services])
    if not 0 <= within <= LONGEST_THRESHOLD_MIN:
        raise InputError(
            f"a threshold of {within} minutes makes no sense: give 0 or more, {LONGEST_THRESHOLD_MIN} at most"
        )
