"""Read a user's table of places: a name and a position on each row, checked row by row, and what has to be asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from geo.errors import InputError
from geo.own.columns import PLACES, find_columns
from geo.own.grid import DEGREES, METRES, PAIRS, Bools, Box, Floats, metres
from geo.own.notes import Notes
from geo.own.numbers import numbers
from geo.own.table import LONGEST_NAME, Problem, Table, printable
from geo.pack import AreaPack
from geo.places import tidy_postcode

APART_M = 2_000.0
"""Two positions of a row that are further apart than this, metres, are asked about: one of them must be wrong."""
APART, SWAPPED, TWO_POSITIONS = "apart", "swapped", "two_positions"
LEAVE_OUT = "leave_out"
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        APART: ("position", "postcode", LEAVE_OUT),
        SWAPPED: ("swap", LEAVE_OUT),
        TWO_POSITIONS: ("degrees", "metres", LEAVE_OUT),
    }
)
"""What may be answered to each kind of question."""
COLUMNS = ("name", "easting", "northing", "line", "postcode")
_MOST = MappingProxyType({"lon": 180.0, "lat": 90.0, "easting": 1e7, "northing": 1e7})
_NOWHERE, _BY_POSTCODE = -1, len(PAIRS)


@dataclass(frozen=True)
class Question:
    """A row whose position is in doubt.

    Attributes
    ----------
    line, name
        Which row.
    kind
        ``apart``: its postcode and its position are far apart; ``swapped``: its two numbers look swapped;
        ``two_positions``: its degrees and its metres are far apart. `CHOICES` has what may be answered.
    one, other
        The two places in the row's own words; of one that looks swapped, as it stands and as it would be.
    one_at, other_at
        Where they are: easting and northing, metres; of one that looks swapped, the first may be anywhere.
    apart_km
        How far apart they are.
    """

    line: int
    name: str
    kind: str
    one: str
    other: str
    one_at: tuple[float, float]
    other_at: tuple[float, float]
    apart_km: float


@dataclass(frozen=True, eq=False)
class Places:
    """What a table of places holds.

    Attributes
    ----------
    table
        The table as it was given.
    columns
        The column of the table that was taken for each meaning.
    rows
        The rows that can be used: `COLUMNS`; metres on the area's grid, and the postcode whose position it is.
    problems
        What is wrong with other rows, by line.
    questions
        What has to be asked about the rows that are left, by line.
    """

    table: Table
    columns: Mapping[str, str]
    rows: pd.DataFrame
    problems: tuple[Problem, ...]
    questions: tuple[Question, ...]


@dataclass(eq=False)
class _Located:
    """Where the rows are, while they are read, all ``(n,)`` or ``(n, 2)``.

    `called` is `name` as a list, `pair` numbers what the position comes from, `postcode` is empty where there is none,
    and `values` has the numbers of each column of positions.
    """

    name: pd.Series
    called: list[str]
    pair: np.ndarray
    xy: Floats
    postcode: pd.Series
    at_postcode: Floats
    values: dict[str, Floats] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)


def read_places(
    table: Table,
    pack: AreaPack,
    *,
    columns: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    same_names: bool = False,
    progress: Callable[[float], None] = lambda _: None,
) -> Places:
    """Check a table of places in or just outside an area.

    A row takes its position from the first that it has: degrees, metres on the grid of the area, its postcode.

    Parameters
    ----------
    table
        As given.
    pack
        The area: its postcodes, its grid, and how far its streets go.
    columns
        Column of the table for a meaning, chosen by hand; see :func:`geo.own.columns.find_columns`.
    answers
        For a kind of question, what to do with such rows: see `CHOICES`. Without one, they are asked about.
    same_names
        Whether places apart from each other may have one name.
    progress
        Called with a share from 0 to 1 now and then.

    Raises
    ------
    InputError
        When the table has no column of names, or none of positions; or for an answer that there is not.
    """
    given = dict(answers or {})
    for kind, choice in given.items():
        if choice not in CHOICES.get(kind, ()):
            raise InputError(f"{choice!r} is no answer to {kind!r}; answers: {', '.join(CHOICES.get(kind, ()))}")
    roles = place_columns(table, columns)
    _check_columns(table, roles)
    cells = {role: table.cells[table.header.index(column)] for role, column in roles.items()}
    notes = Notes.on(table)
    notes.check_cells(cells, roles)
    rows = _begin(notes, cells, roles, pack)
    progress(0.3)
    _locate(notes, rows, cells, roles)
    progress(0.5)
    _by_postcode(notes, rows, cells, roles, pack)
    _place(notes, rows, pack, given)
    progress(0.7)
    _compare(notes, rows, cells, roles, pack, given)
    _find_same(notes, rows, same_names=same_names)
    good = notes.good
    kept = pd.DataFrame(
        {
            "name": rows.name[good].to_numpy(object),
            "easting": rows.xy[good, 0],
            "northing": rows.xy[good, 1],
            "line": table.lines[good],
            "postcode": np.where(rows.pair[good] == _BY_POSTCODE, rows.postcode[good], "").astype(object),
        }
    )
    progress(1.0)
    questions = tuple(sorted(rows.questions, key=lambda one: one.line))
    return Places(table, MappingProxyType(roles), kept, notes.sorted(), questions)


def place_columns(table: Table, by_hand: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the column of a table for each meaning; ``x`` and ``y`` become what they hold, degrees or metres.

    Raises
    ------
    InputError
        As for :func:`geo.own.columns.find_columns`; not when a meaning has no column.
    """
    at = find_columns(table, PLACES, by_hand)
    axes = [at.pop(axis, None) for axis in ("x", "y")]
    if None not in axes:
        read = np.concatenate([numbers(table.cells[number], degrees=True) for number in axes])
        # Degrees are small numbers and metres on a national grid are large, whichever way around they stand.
        pair = METRES if np.nanmax(np.abs(read), initial=0.0) > _MOST["lon"] else DEGREES
        for role, number in zip(pair, axes, strict=True):
            if number is not None:
                at.setdefault(role, number)
    return {role: table.header[number] for role, number in at.items()}


def _check_columns(table: Table, roles: Mapping[str, str]) -> None:
    if "name" not in roles or not ("postcode" in roles or any(set(pair) <= set(roles) for pair in PAIRS)):
        raise InputError(
            f"{table.name}: the header needs name, and lon with lat, easting with northing, or postcode; "
            f"it has {', '.join(table.header)}"
        )


def _begin(notes: Notes, cells: Mapping[str, pd.Series], roles: Mapping[str, str], pack: AreaPack) -> _Located:
    """Check the names, and look up the postcodes."""
    count = len(notes.table)
    name = cells["name"].str.split().str.join(" ").astype(object)
    wide = notes.table.widths > len(notes.table.header)
    notes.bad((name == "").to_numpy(bool) & ~wide, "name is missing", roles["name"])
    long = (name.str.len() > LONGEST_NAME).to_numpy(bool)
    notes.bad(long, f"the name is longer than {LONGEST_NAME} letters", roles["name"], name)
    postcode, at_postcode = pd.Series([""] * count, dtype=object), np.full((count, 2), np.nan)
    if "postcode" in cells:
        postcode = pd.Series([tidy_postcode(text) or "" for text in cells["postcode"]], dtype=object)
        known = pack.postcodes.drop_duplicates("postcode").set_index("postcode")[["easting", "northing"]]
        at_postcode = known.reindex(postcode).to_numpy(np.float64)
    nowhere = np.full((count, 2), np.nan)
    return _Located(name, name.tolist(), np.full(count, _NOWHERE), nowhere, postcode, at_postcode)


def _locate(notes: Notes, rows: _Located, cells: Mapping[str, pd.Series], roles: Mapping[str, str]) -> None:
    """Choose for each row what its position comes from, and read the numbers of it."""
    placed = notes.table.widths > len(notes.table.header)  # nothing more is said of a row that is too wide
    fine = notes.good.copy()
    for number, pair in enumerate(PAIRS):
        if not set(pair) <= set(cells):
            continue
        filled = {role: (cells[role] != "").to_numpy(bool) for role in pair}
        for role in pair:
            rows.values[role] = numbers(cells[role], degrees=pair == DEGREES)
        either = ~placed & (filled[pair[0]] | filled[pair[1]])
        both = either & filled[pair[0]] & filled[pair[1]]
        for role in pair:
            texts, column, most = cells[role], roles[role], _MOST[role]
            notes.bad(either & ~filled[role], f"{role} is missing", column)
            unread = both & fine & np.isnan(rows.values[role])
            notes.bad(unread, f"{role} {{value!r}} is not a number", column, texts)
            words = f"{most:.0f} degrees" if pair == DEGREES else "10,000 km"
            out = both & fine & (np.abs(rows.values[role]) > most)
            notes.bad(out, f"{role} {{value}} is out of range: at most {words} either way", column, texts)
        rows.pair[both] = number
        placed |= either
    if "postcode" in cells:
        rows.pair[~placed & (cells["postcode"] != "").to_numpy(bool)] = _BY_POSTCODE
        placed |= rows.pair == _BY_POSTCODE
    ways = [" and ".join(pair) for pair in PAIRS if set(pair) <= set(cells)]
    ways += ["postcode"] if "postcode" in cells else []
    notes.bad(~placed, f"{' or '.join(ways)} is missing")


def _by_postcode(
    notes: Notes, rows: _Located, cells: Mapping[str, pd.Series], roles: Mapping[str, str], pack: AreaPack
) -> None:
    """Place the rows that have nothing but a postcode."""
    mine = rows.pair == _BY_POSTCODE
    if not mine.any():
        return
    texts, known = cells["postcode"], np.isfinite(rows.at_postcode).all(axis=1)
    whole = (rows.postcode != "").to_numpy(bool)
    notes.bad(notes.good & mine & ~whole, "{value!r} is not a whole postcode", roles["postcode"], texts)
    unknown = notes.good & mine & whole & ~known
    said = "postcode {postcode} is unknown in and near {area}"
    notes.bad(unknown, said, roles["postcode"], texts, postcode=rows.postcode.tolist(), area=pack.name)
    rows.xy[mine] = rows.at_postcode[mine]


def _place(notes: Notes, rows: _Located, pack: AreaPack, answers: Mapping[str, str]) -> None:
    """Turn positions into metres, and ask about those that look swapped."""
    box = Box.of(pack)
    for number, pair in enumerate(PAIRS):
        at = np.flatnonzero(notes.good & (rows.pair == number))
        if not len(at):
            continue
        given = np.column_stack([rows.values[role][at] for role in pair])
        straight, turned = metres(pair, given, pack.crs), metres(pair, given[:, ::-1], pack.crs)
        swapped = ~box.holds(straight) & box.holds(turned)
        rows.xy[at] = straight
        for place in np.flatnonzero(swapped).tolist():
            row, (x, y) = int(at[place]), given[place].tolist()
            if answers.get(SWAPPED) == "swap":
                rows.xy[row] = turned[place]
                continue
            notes.good[row] = False
            if SWAPPED not in answers:
                one, other = (f"{pair[0]} {a:.10g}, {pair[1]} {b:.10g}" for a, b in ((x, y), (y, x)))
                _ask(notes, rows, row, SWAPPED, (one, straight[place]), (other, turned[place]))


def _compare(
    notes: Notes,
    rows: _Located,
    cells: Mapping[str, pd.Series],
    roles: Mapping[str, str],
    pack: AreaPack,
    answers: Mapping[str, str],
) -> None:
    """Ask where a row's positions are far apart, and note what is outside the area in the end."""
    said = {role: texts.tolist() for role, texts in cells.items() if role in _MOST}
    if set(METRES) <= set(rows.values):
        second = np.column_stack([rows.values[role] for role in METRES])
        far = notes.good & (rows.pair == 0) & _far(rows.xy, second)
        _settle(notes, rows, far, second, TWO_POSITIONS, answers, said)
    far = notes.good & (rows.pair < _BY_POSTCODE) & _far(rows.xy, rows.at_postcode)
    _settle(notes, rows, far, rows.at_postcode, APART, answers, said)
    box = Box.of(pack)
    for number, pair in enumerate(PAIRS):
        out = notes.good & (rows.pair == number) & ~box.holds(rows.xy)
        if out.any():
            values = [[f"{value:.10g}" for value in rows.values[role]] for role in pair]
            out_words = f"{pair[0]} {{x}}, {pair[1]} {{y}} is outside the area of {{area}} ({box.words(pair)})"
            notes.bad(out, out_words, roles[pair[0]], cells[pair[0]], x=values[0], y=values[1], area=pack.name)


def _settle(
    notes: Notes,
    rows: _Located,
    far: Bools,
    second: Floats,
    kind: str,
    answers: Mapping[str, str],
    cells: Mapping[str, list[str]],
) -> None:
    """Do with rows of two positions as was answered, or ask."""
    choice = answers.get(kind)
    if choice == CHOICES[kind][0] or not far.any():
        return
    if choice == CHOICES[kind][1]:
        rows.xy[far] = second[far]
        rows.pair[far] = _BY_POSTCODE if kind == APART else 1
        return
    notes.good &= ~far
    if choice == LEAVE_OUT:
        return
    postcodes = rows.postcode.tolist()
    for row in np.flatnonzero(far).tolist():
        one = _pair_words(PAIRS[int(rows.pair[row])], cells, row)
        other = f"postcode {postcodes[row]}" if kind == APART else _pair_words(METRES, cells, row)
        _ask(notes, rows, row, kind, (one, rows.xy[row]), (other, second[row]))


def _far(here: Floats, there: Floats) -> Bools:
    apart = here - there
    return np.asarray(np.hypot(apart[:, 0], apart[:, 1]) > APART_M)  # False where either is not known


def _pair_words(pair: tuple[str, str], cells: Mapping[str, list[str]], row: int) -> str:
    return ", ".join(f"{role} {printable(cells[role][row])}" for role in pair)


def _ask(notes: Notes, rows: _Located, row: int, kind: str, one: tuple[str, Floats], other: tuple[str, Floats]) -> None:
    (first, here), (second, there) = one, other
    rows.questions.append(
        Question(
            line=int(notes.table.lines[row]),
            name=printable(rows.called[row]),
            kind=kind,
            one=first,
            other=second,
            one_at=(float(here[0]), float(here[1])),
            other_at=(float(there[0]), float(there[1])),
            apart_km=float(np.hypot(*(here - there))) / 1000.0,
        )
    )


def _find_same(notes: Notes, rows: _Located, *, same_names: bool) -> None:
    """Note a name that stands before: anywhere, or with `same_names` at the same position to the metre."""
    named = pd.DataFrame({"name": rows.name.str.casefold(), "line": notes.table.lines})
    key = ["name"]
    if same_names:
        named["x"], named["y"] = np.floor(np.nan_to_num(rows.xy, nan=-1.0)).T
        named, key = named[notes.good], ["name", "x", "y"]
    named = named[named["name"] != ""]
    first = named.groupby(key, sort=False)["line"].transform("first")
    again = np.zeros(len(notes.good), dtype=bool)
    again[named.index[first != named["line"]]] = True
    words = "and its position stand" if same_names else "stands"
    said = f"the name {{value!r}} {words} on {notes.table.unit} {{first}} already"
    notes.bad(again, said, "", rows.name, first=first.reindex(range(len(again))).fillna(0).astype(int).tolist())
