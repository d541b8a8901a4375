"""Keys of the session that depend on what is drawn: a file, a list, a row or an attempt; the others are in `session`.

Each function returns the slot of a control, or of what was made, from what it belongs to.
"""

import re
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from geo.errors import ReachError
from ui.kit.slots import Linked, Slot
from workers.job import Job


def programme_categories(programme: str) -> Linked[Sequence[str]]:
    """Return where the places are kept that a programme is taken to be offered at: ``at_`` and its name."""
    return Linked("at_" + "_".join(re.findall(r"[a-z0-9]+", programme.split("(")[0].casefold())), ())


def timing_input(field: str, control: str) -> Slot[Any]:
    """Return what the control of one part of a timing holds; `control` is the key of the choice of the mode."""
    return Slot(f"{control}-{field}", None)


def own_file(attempt: int) -> Slot[Any]:
    """Return the file that is given in that attempt."""
    return Slot(f"own-file-{attempt}", None)


def own_rows(attempt: int) -> Slot[str]:
    """Return the rows that are pasted in that attempt."""
    return Slot(f"own-rows-{attempt}", "")


def own_name(which: int | str) -> Slot[str]:
    """Return the name for what is given in an attempt, or the one that a layer is to have by its id."""
    return Slot(f"own-name-{which}", "")


def own_column(role: str, table: int) -> Slot[str]:
    """Return the column that is chosen for a meaning; `table` is a checksum of the header."""
    return Slot(f"own-column-{role}-{table:08x}", "")


def own_answer(kind: str, table: int) -> Slot[str | None]:
    """Return what is answered to a kind of question; `table` is a checksum of the header."""
    return Slot(f"own-answer-{kind}-{table:08x}", None)


def person_input(field: str, person: str) -> Slot[str]:
    """Return what the control of somebody's role or team holds; `person` is their id."""
    return Slot(f"person-{field}-{person}", "")


def for_team(which: str) -> Slot[bool]:
    """Return whether the visitor's team may change what is saved, too; `which` tells what."""
    return Slot(f"for-team-{which}", False)


def change_input(field: str, position: int) -> Slot[Any]:
    """Return what the control of one input of a change of the plan holds."""
    return Slot(f"lab-in-{field}-{position}", None)


def in_ward(box: Slot[str]) -> Slot[str]:
    """Return the venue or street that is chosen in the ward that a box names."""
    return Slot(f"{box.key}-in-ward", "")


def basket_editor(number: int) -> Slot[Mapping[str, Any] | None]:
    """Return the edits in the table of services after that many resets."""
    return Slot(f"basket-editor-{number}", None)


def pocket_row(rows: int) -> Slot[object]:
    """Return the row that is chosen in the table of pockets; `rows` is a checksum of which pockets it shows."""
    return Slot(f"gaps-pockets-{rows:08x}", None)


def step_held(turned: int) -> Slot[str | None]:
    """Return what the list of the story's steps holds, once a key, a button or the history has turned it so often.

    Each turn makes a new list. What the browser tells just then, such as the new size of its window, carries what its
    list held before: for the same list, that would undo the turn.
    """
    return Slot(f"step-{turned}", None)


def file_made(key: str) -> Slot[tuple[Hashable, bytes]]:
    """Return a file that was made, after what it was made from; `key` is that of its button."""
    return Slot(f"{key}-made", (None, b""))


def file_asked(key: str) -> Slot[tuple[Hashable, Job | ReachError | None]]:
    """Return the job that makes a file, or why there is none, after what it is made from; `key` is of its button."""
    return Slot(f"{key}-asked", (None, None))


def list_search(which: str) -> Slot[str]:
    """Return the words that a list is searched for; `which` is the list."""
    return Slot(f"list-search-{which}", "")


def list_page(which: str) -> Slot[int]:
    """Return the number of the page that a list is at, from 1."""
    return Slot(f"list-page-{which}", 1)


def copy_asked(key: str) -> Slot[object]:
    """Return what a button that copies a picture was asked for; `key` is that of the picture."""
    return Slot(f"{key}-copy", None)
