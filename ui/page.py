"""The frame that every page stands in: title, purpose, area pack, errors in plain words, footer."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from geo.errors import InputError, PackError, ReachError, SourceError, UnknownNameError
from geo.pack import AreaPack
from ui import session
from ui.basemap import ATTRIBUTION

_CSS = """
<style>
.stMainBlockContainer { max-width: 84rem; padding-top: 3.6rem; }
.stMainBlockContainer h1 { font-size: 1.6rem; padding: 0; }
.stMainBlockContainer h2 { font-size: 1.15rem; line-height: 1.4; padding: .3rem 0; }
.stMainBlockContainer > .stVerticalBlock { gap: .7rem; }
@media (max-width: 640px) { .stMainBlockContainer { padding-left: 1rem; padding-right: 1rem; } }
.stMainBlockContainer a:focus-visible, .stMainBlockContainer button:focus-visible { outline: 3px solid #0B0C0C; }
</style>
"""


def advice(error: ReachError) -> str:
    """Return what the reader can do about an error."""
    if isinstance(error, UnknownNameError):
        return "Choose one of the names above, or open the page afresh from the menu."
    if isinstance(error, PackError):
        return "Check the area's data with `reach data check <area>`; if it is damaged, build it again."
    if isinstance(error, SourceError | InputError):
        return "Correct what is named above and try again; nothing that you entered has been lost."
    return "Try again; if it comes back, tell whoever looks after this site what you did."


def show_error(error: ReachError) -> None:
    """Draw an error: what is wrong, and what to do."""
    st.error(f"{error}\n\n{advice(error)}", icon=":material/error:")


def footer(attribution: str = ATTRIBUTION) -> None:
    """Draw the foot of a page."""
    st.divider()
    st.caption(
        f"{attribution} Figures marked *modelled* are estimates. *Can reach* means within a travel time on the street "
        "network; it does not mean that a family is registered or comes."
    )


@contextmanager
def page(title: str, purpose: str, *, area: str = "southend") -> Iterator[AreaPack]:
    """Stand a page in its frame.

    A :class:`~geo.errors.ReachError` inside is shown in plain words, with what to do; the footer always follows.

    Parameters
    ----------
    title
        Heading of the page.
    purpose
        What it answers, in one sentence.
    area
        Name of the area pack.

    Yields
    ------
    AreaPack
        The opened pack.

    Examples
    --------
    >>> with page("Ward map", "Who lives where, and what is near them.") as pack:
    ...     st.write(pack.name)
    """
    st.html(_CSS)
    st.title(title, anchor=False)
    st.markdown(purpose)
    try:
        pack = session.area_pack(area)
    except ReachError as error:
        show_error(error)
        footer()
        st.stop()
    try:
        yield pack
    except ReachError as error:
        show_error(error)
    footer()
