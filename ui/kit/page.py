"""The frame of every page: title, purpose, area pack, errors in plain words, footer."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

import streamlit as st

from drawing.basemap import ATTRIBUTION
from geo.errors import InputError, PackError, ReachError, SourceError, UnknownNameError
from geo.pack import AreaPack
from ui.kit import resources

_P = ParamSpec("_P")
_CSS = """
<style>
.stMainBlockContainer { max-width: 84rem; padding-top: 3.6rem; }
.stMainBlockContainer h1 { font-size: 1.6rem; padding: 0; }
.stMainBlockContainer h2 { font-size: 1.15rem; line-height: 1.4; padding: .3rem 0; }
.stMainBlockContainer h3 { font-size: 1.05rem; line-height: 1.4; padding: .2rem 0; }
.stMainBlockContainer > .stVerticalBlock { gap: .7rem; }
@media (max-width: 640px) { .stMainBlockContainer { padding-left: 1rem; padding-right: 1rem; } }
.stMainBlockContainer a:focus-visible, .stMainBlockContainer button:focus-visible { outline: 3px solid #0B0C0C; }
</style>
"""

_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|<>~$&])")
# A backslash does not prevent lists, emoji, icons, colours, links, mail addresses and arrows; a word joiner, which has
# no width, does.
_LATER = re.compile(r"^(?=\d+[.)]\s|-\s)|:(?=[\w+/-]+[:\[]|//)|\bwww(?=\.)|@(?=\w)|[-<>~=](?=[->=])", re.IGNORECASE)
JOINER = "\u2060"


def plain(text: str) -> str:
    """Return a text that markdown shows unchanged: a name from a file or link must not become a link or picture."""
    return _MARKS.sub(r"\\\1", _LATER.sub(rf"\g<0>{JOINER}", " ".join(text.split())))


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
    """Draw an error: its message unchanged, and what to do."""
    st.error(f"{plain(str(error))}\n\n{advice(error)}", icon=":material/error:")


def part(draw: Callable[_P, None]) -> Callable[_P, None]:
    """Make `draw` a part of a page that is drawn again by itself (``st.fragment``); use it as a decorator.

    A :class:`~geo.errors.ReachError` inside is shown instead of the part: Streamlit handles the errors of a fragment
    itself, so :func:`page` would never see it.
    """

    @wraps(draw)
    def drawn(*given: _P.args, **named: _P.kwargs) -> None:
        try:
            draw(*given, **named)
        except ReachError as error:
            show_error(error)

    return st.fragment(drawn)


def footer(attribution: str = ATTRIBUTION) -> None:
    """Draw the footer of a page."""
    st.divider()
    st.caption(
        f"{attribution} A figure marked *modelled* is worked out, not counted. *Can reach* means that the way there is "
        "short enough. It does not mean that a family is registered or comes."
    )


@contextmanager
def page(title: str, purpose: str, *, area: str = "southend") -> Iterator[AreaPack]:
    """Draw the frame of a page around its content.

    A :class:`~geo.errors.ReachError` inside is shown in plain words, with what to do; the footer always follows.

    Parameters
    ----------
    title
        Heading of the page.
    purpose
        The question that it answers, in one sentence.
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
        pack = resources.area_pack(area)
    except ReachError as error:
        show_error(error)
        footer()
        st.stop()
    try:
        yield pack
    except ReachError as error:
        show_error(error)
    footer()
