"""What the reader gives: its kind, a file or pasted rows, read and checked with its progress shown."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from zlib import crc32

import streamlit as st

from geo.errors import InputError, ReachError
from geo.own.counts import Counts, count_columns, read_counts
from geo.own.files import KINDS, read_bytes
from geo.own.places import Places, place_columns, read_places
from geo.own.table import MOST_BYTES, Table, printable
from geo.own.text import read_text
from geo.pack import AreaPack
from store.layers import COUNTS, Layer
from ui.kit import controls
from ui.kit.keyed import own_file, own_rows
from ui.kit.page import show_error
from ui.kit.session import Session, session
from ui.own.columns import columns_by_hand
from ui.own.questions import answers_given
from wording.own import kind_words, own_words

_TEMPLATES = {
    "places": "name,postcode,lon,lat\n",
    COUNTS: "code,measure,value\n",
}
_SLOW_BYTES = 300_000
"""What is smaller than this is read before a bar would be seen."""


@dataclass(frozen=True, eq=False)
class Given:
    """What was given and what was found in it; `stem` is a first name for it."""

    kind: str
    stem: str
    found: Places | Counts


def give(pack: AreaPack, replacing: Layer | None) -> Given | None:
    """Draw the form, and what has to be decided about what was given; None while nothing can be used.

    Parameters
    ----------
    pack
        The area.
    replacing
        The layer whose rows are to be replaced, which fixes the kind.
    """
    said, kinds = own_words(), kind_words()
    if replacing is not None:
        kind = replacing.kind
    else:
        kind = st.radio(
            said["what"],
            list(kinds),
            key=controls.kept(Session.own_kind, list(kinds)),
            format_func=lambda one: kinds[one],
            horizontal=True,
        )
    if kind == COUNTS and not _open_data(said):
        return None
    source = _source(pack, kind, said)
    if source is None:
        return None
    key, name, size, read = source
    try:
        table = _kept(Session.own_read, key, size, read)
        crc = crc32("\n".join(table.header).encode("utf-8", "replace"))
        return Given(kind, PurePath(name).stem, _checked(pack, kind, table, (*key, pack.digest), size, crc))
    except ReachError as error:
        show_error(error)
        return None


def _open_data(said: Mapping[str, str]) -> bool:
    """Ask whether counts are of real families, and refuse those."""
    real = st.radio(
        said["real"],
        ["no", "yes"],
        index=None,
        key=controls.kept(Session.own_real, ["no", "yes"]),
        format_func=lambda one: said[f"real_{one}"],
        help=said["real_help"],
    )
    if real is None:
        st.info(said["real_ask"], icon=":material/help:")
    elif real == "yes":
        st.warning(said["real_refused"], icon=":material/shield:")
    return real == "no"


def _source(
    pack: AreaPack, kind: str, said: Mapping[str, str]
) -> tuple[tuple[Hashable, ...], str, int, Callable[[Callable[[float], None]], Table]] | None:
    """Draw where a file or rows are given; return its key, name and size, and how to read it."""
    attempt = session.own_attempt
    file = st.file_uploader(
        said["file"],
        type=list(KINDS),
        key=own_file(attempt).key,
        max_upload_size=MOST_BYTES // 1_000_000,
        help=said["file_help"],
    )
    text = st.text_area(said["paste"], key=own_rows(attempt).key, height=110)
    st.download_button(
        said["template"],
        lambda: _template(pack, kind),
        file_name=f"{pack.code}-{kind}.csv",
        mime="text/csv",
        key="own-template",
        on_click="ignore",
        icon=":material/download:",
    )
    if file is not None:

        def read_file(progress: Callable[[float], None]) -> Table:
            return read_bytes(file.getvalue(), file.name, progress=progress)

        return (file.file_id, kind), printable(file.name), file.size, read_file
    if text and text.strip():

        def read_rows(progress: Callable[[float], None]) -> Table:
            if len(text) > MOST_BYTES:
                raise InputError(f"these are more than {MOST_BYTES // 1_000_000} million letters: give a file instead")
            return read_text(text, kind_words()[kind], progress=progress)

        return (text, kind), "", len(text), read_rows
    return None


def _template(pack: AreaPack, kind: str) -> bytes:
    """Return a file with the headings and a row of the area's own."""
    if kind == COUNTS:
        rows = [f"{code},Families,10" for code in pack.lsoas.index[:2]]
    else:
        some = pack.demand["postcode"].iloc[[0, len(pack.demand) // 2]]
        rows = [f"Place {number},{postcode},," for number, postcode in enumerate(some, start=1)]
    return ("\ufeff" + _TEMPLATES.get(kind, _TEMPLATES["places"]) + "\n".join(rows) + "\n").encode()


def _checked(
    pack: AreaPack, kind: str, table: Table, key: tuple[Hashable, ...], size: int, crc: int
) -> Places | Counts:
    """Check a table with the columns and the answers that the reader has chosen."""
    if kind == COUNTS:
        by_hand = columns_by_hand(table, ("code", "postcode", "measure", "value"), count_columns, crc)

        def counted(progress: Callable[[float], None]) -> Counts:
            return read_counts(table, pack, columns=by_hand, progress=progress)

        counts: Counts = _kept(Session.own_checked, (*key, _frozen(by_hand)), size, counted)
        return counts
    roles = ("name", "postcode", "lon", "lat", "easting", "northing")
    by_hand = columns_by_hand(table, roles, place_columns, crc)

    def checked(progress: Callable[[float], None]) -> tuple[Places, dict[tuple[Any, ...], Places]]:
        return read_places(table, pack, columns=by_hand, same_names=True, progress=progress), {}

    asked, answered = _kept(Session.own_checked, (*key, _frozen(by_hand)), size, checked)
    answers = answers_given(asked, crc)
    if not answers:
        found: Places = asked
        return found
    chosen = _frozen(answers)
    if chosen not in answered:
        answered.clear()
        answered[chosen] = read_places(table, pack, columns=by_hand, answers=answers, same_names=True)
    settled: Places = answered[chosen]
    return settled


def _frozen(chosen: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((chosen or {}).items()))


def _kept(slot: Any, key: Hashable, size: int, make: Callable[[Callable[[float], None]], Any]) -> Any:
    """Return what was made before from the same, or make it and keep it; a bar shows how far it is."""
    before, made = slot.get()
    if before == key:
        return made
    if size < _SLOW_BYTES:
        made = make(lambda _: None)
    else:
        text = own_words()["reading"]
        bar = st.progress(0.0, text=text)

        def tell(share: float) -> None:
            bar.progress(min(max(share, 0.0), 1.0), text=text)

        try:
            made = make(tell)
        finally:
            bar.empty()
    slot.put((key, made))
    return made
