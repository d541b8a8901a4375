"""Which column of a table is what: as it was recognised, and as the reader matches it by hand."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from geo.errors import InputError
from geo.own.table import Table
from ui.kit.keyed import own_column
from wording.own import own_words, role_words


def columns_by_hand(
    table: Table, roles: Sequence[str], recognise: Callable[[Table], Mapping[str, str]], crc: int
) -> dict[str, str] | None:
    """Draw a list of the table's columns for each meaning; return them where one differs from what was recognised.

    Parameters
    ----------
    table
        As given.
    roles
        The meanings.
    recognise
        Finds the columns by their names.
    crc
        Checksum of the header: another header has lists of its own.
    """
    said, words = own_words(), role_words()
    try:
        known = dict(recognise(table))
    except InputError:  # two columns of one name: the reader says which
        known = {}
    options = ["", *dict.fromkeys(table.header)]
    chosen: dict[str, str] = {}
    with st.expander(said["columns"], expanded=not known, icon=":material/view_column:"):
        places = st.columns(2)
        for number, role in enumerate(roles):
            slot = own_column(role, crc)
            if not slot.held or slot.get() not in options:
                slot.put(known.get(role, ""))
            chosen[role] = places[number % 2].selectbox(
                words[role], options, key=slot.key, format_func=lambda column: column or said["no_column"]
            )
    if all(chosen[role] == known.get(role, "") for role in roles):
        return None
    return {**chosen, "x": "", "y": ""}
