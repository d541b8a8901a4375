"""Rail services: the number of trains that call at each station on a weekday.

Publisher: Rail Delivery Group, timetable feed of January 2019, compiled into calling patterns by Aquius, whose *Data
structure* gives the meaning of the columns. A row is a calling pattern: an operator, the stations in order, and the
services a weekday. ``directional_flag_d`` is Aquius's link property ``d``: where it is 1 the trains run only in the
order written; where it is blank they run both ways and the number is the sum of both directions. Either way the
number counts trains, so the trains that call at a station are the plain sum over its patterns.

The data count trains and have no times; a pattern that runs only on some weekdays has a fraction (0.4 is twice a
week).
"""

import re
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.sources.checks import finish, number, read_table, text

_SCHEMA = pa.DataFrameSchema(
    {
        "operator": text(),
        "services_per_weekday": number(0),
        "directional_flag_d": text("1|1\\.0", reason="is neither blank nor 1", blank=True),
        "calling_points": text(r"[^>]+( > [^>]+)+", reason="is not a list of stations joined by ' > '"),
    }
)


def read_rail_patterns(path: Path, *, source: str, vintage: str) -> pd.DataFrame:
    """Read the weekday trains that call at each station.

    Parameters
    ----------
    path
        One row a calling pattern.
    source, vintage
        Kept in the frame's ``attrs``.

    Returns
    -------
    pandas.DataFrame
        One row a station, by name: ``station`` (as the feed writes it), ``key`` (see `station_key`), ``operators``
        (joined by ``;``), ``trains_per_weekday`` (float64, both directions together).

    Raises
    ------
    SourceError
        The file is not in this form; names line, column and value.
    """
    patterns = read_table(path, _SCHEMA)
    patterns["station"] = patterns["calling_points"].map(lambda stops: list(dict.fromkeys(stops.split(" > "))))
    calls = patterns.explode("station")
    stations = calls.groupby("station", as_index=False).agg(
        operators=("operator", lambda names: ";".join(sorted(set(names)))),
        trains_per_weekday=("services_per_weekday", "sum"),
    )
    stations["key"] = stations["station"].map(station_key)
    names = ("station", "key", "operators", "trains_per_weekday")
    return finish(stations, {name: name for name in names}, source=source, vintage=vintage)


def read_calling_patterns(path: Path) -> pd.DataFrame:
    """Read the calling patterns themselves.

    Returns
    -------
    pandas.DataFrame
        One row a pattern: ``operator``, ``trains`` (float64, on a weekday), ``one_way`` (otherwise the trains are those
        of both directions together) and ``stations``, a list of keys in order (see `station_key`).

    Raises
    ------
    SourceError
        The file is not in this form; names line, column and value.
    """
    patterns = read_table(path, _SCHEMA)
    return pd.DataFrame(
        {
            "operator": patterns["operator"],
            "trains": patterns["services_per_weekday"],
            "one_way": patterns["directional_flag_d"] != "",
            "stations": [[station_key(name) for name in stops.split(" > ")] for stops in patterns["calling_points"]],
        }
    )


def station_key(name: str) -> str:
    """Reduce a station's name to the words that all publishers use.

    NaPTAN, the timetable and maps differ in case, in the word "station" and in "-on-Sea": ``Cliff-on-Sea`` and
    ``Cliff station`` both give ``cliff``.
    """
    key = re.sub(r"\b(?:rail|railway)?\s*station$", "", name.strip().lower())
    return re.sub(r"[-\s]on[-\s]sea\b", "", key).strip()
