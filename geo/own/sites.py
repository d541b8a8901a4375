"""Read a file of sites or points for a command: every row can be used, or all that cannot be are listed."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from geo.errors import InputError
from geo.own.files import read_file
from geo.own.places import SWAPPED, Places, Question, read_places
from geo.pack import AreaPack

MOST_SHOWN = 20


def read_sites(path: Path, pack: AreaPack, *, progress: Callable[[float], None] = lambda _: None) -> pd.DataFrame:
    """Read a file of sites or points in or just outside an area.

    Parameters
    ----------
    path
        Of any kind that :func:`geo.own.files.read_bytes` reads, with columns for names and positions.
    pack
        The area.
    progress
        Called with a share from 0 to 1 now and then.

    Returns
    -------
    ``name, easting, northing, line, postcode``, in the order of the file: metres on the area's grid, the line on which
    the row starts, and the postcode whose position it has (empty where the row has coordinates).

    Raises
    ------
    InputError
        When the file cannot be read, its header lacks a column, or any row cannot be used: without a name or a
        position, text instead of a number, an unknown postcode, longitude and latitude swapped, two positions that are
        far apart, outside the area, a name that occurs twice. Lists the first `MOST_SHOWN` rows by line.
    """
    found = read_places(read_file(path, progress=progress), pack, progress=progress)
    faults = row_faults(found)
    if faults:
        noun = "row" if len(faults) == 1 else "rows"
        unit = found.table.unit
        lines = [f"  {unit} {line}: {'; '.join(said)}" for line, said in list(faults.items())[:MOST_SHOWN]]
        if len(faults) > MOST_SHOWN:
            lines.append(f"  and {len(faults) - MOST_SHOWN} more")
        raise InputError("\n".join([f"{found.table.name}: {len(faults)} {noun} cannot be used", *lines]))
    return found.rows


def row_faults(found: Places) -> dict[int, list[str]]:
    """Return what is wrong with each row that cannot be used as it stands, by line; questions count as faults."""
    said = [(problem.line, problem.reason) for problem in found.problems]
    said += [(question.line, question_words(question)) for question in found.questions]
    faults: dict[int, list[str]] = {}
    for line, words in sorted(said, key=lambda one: one[0]):
        faults.setdefault(line, []).append(words)
    return faults


def question_words(question: Question) -> str:
    """Say what is in doubt about a row."""
    if question.kind == SWAPPED:
        first, second = (part.split()[0] for part in question.one.split(", "))
        return f"{first} and {second} look swapped: {question.one}"
    return f"{question.one} and {question.other} are {question.apart_km:.1f} km apart: leave out the wrong one"
