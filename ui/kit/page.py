"""The frame of every page: title, purpose, area pack, errors in plain words, footer."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from geo.errors import InputError, PackError, ReachError, SourceError, UnknownNameError
from geo.pack import AreaPack
from geo.packs import default_area
from store.errors import NotAllowedError
from ui.kit import resources
from ui.kit.area import area_buttons, area_switch, follow_area
from ui.kit.session import session
from ui.kit.view import BESIDE, NARROW_PX, WIDEST_PX, follow_window
from wording.areas import no_such_area, switch_words
from wording.numbers import capital
from wording.particulars import map_credit, off_streets
from wording.welcome import meanings_in

_P = ParamSpec("_P")
_CSS = f"""
<style>
.stMainBlockContainer {{ max-width: {WIDEST_PX}px; padding: 3.9rem 2rem 2rem; }}
.stMainBlockContainer h1 {{ font-size: 1.35rem; line-height: 1.3; padding: 0 0 .9rem; }}
.st-key-head {{ column-gap: 1rem; row-gap: 0; padding-bottom: .5rem; }}
.st-key-head h1 {{ padding-bottom: 0; }}
.st-key-area-chosen .react-aria-ComboBox > div {{ min-height: 2rem; height: 2rem; }}
.stMainBlockContainer h2 {{ font-size: 1.15rem; line-height: 1.4; padding: .3rem 0; }}
.stMainBlockContainer h3 {{ font-size: 1.05rem; line-height: 1.4; padding: .2rem 0; }}
.stMainBlockContainer > .stVerticalBlock {{ gap: .5rem; }}
[data-testid=stLayoutWrapper]:has(> .st-key-window) {{ position: absolute; width: 0; height: 0; overflow: hidden; }}
[class*=st-key-credit-] {{ flex-wrap: nowrap; }}
[class*=st-key-credit-] p {{ font-size: .75rem; line-height: 1.3; }}
[class*=st-key-credit-] .stPopover button {{ min-height: 0; padding: 0 .25rem; }}
/* What a picture shows is in the name of its button for who hears it; who sees it has the map or chart above. */
[class*=st-key-][class*=-picture] [data-testid=stPopoverButton] em {{ position: absolute; width: 1px; height: 1px;
  overflow: hidden; clip-path: inset(50%); white-space: nowrap; }}
/* One line of controls, each with its label before it. */
.st-key-controls {{ column-gap: 1rem; row-gap: .25rem; }}
.st-key-controls > * {{ width: auto; max-width: 100%; flex: 0 1 auto; }}
.st-key-controls :is(.stSelectbox, .stSlider, .stButtonGroup) {{ display: flex; align-items: center; gap: .5rem; }}
.st-key-controls .stButtonGroup, .st-key-controls .stButtonGroup > div {{ flex-wrap: wrap; max-width: 100%; }}
.st-key-controls [data-testid="stButtonGroup"] {{ flex-wrap: wrap; max-width: 100%; min-width: 0; }}
.st-key-controls [data-testid=stWidgetLabel] {{ width: auto; flex: none; margin: 0; min-height: 0; }}
.st-key-controls > :has(.stSelectbox) {{ flex: 1 1 16.5rem; max-width: 30rem; }}
.st-key-controls .stSelectbox > div {{ flex: 1 1 9rem; min-width: 9rem; width: 9rem; }}
.st-key-controls .stSlider > div {{ width: 8rem; padding-top: .9rem; }}
.st-key-under-map {{ flex-direction: row; flex-wrap: wrap; align-items: center; gap: .25rem 1rem; }}
.st-key-under-map > * {{ width: auto; max-width: 100%; flex: 0 1 auto; }}
/* The answer has room for two lines whatever it says, so that the map below it stays where it is. */
.st-key-answer {{ min-height: 3.4rem; justify-content: center; }}
.st-key-answer h2 {{ padding: 0; font-size: 1.1rem; text-wrap: pretty; }}
.st-key-steady {{ --room: 4.2rem; min-height: var(--room); max-height: var(--room); overflow-y: auto;
  justify-content: safe center; }}
.st-key-steady h2 {{ font-size: 1.05rem; }}
[data-testid=stTooltipIcon] button {{ min-width: 24px; min-height: 24px; }}
/* What one does next looks like a button, because all else in the panel is to be read. */
.st-key-next-steps [data-testid="stPageLink-NavLink"] {{ border: 1px solid var(--reach-edge); border-radius: .5rem;
  min-height: 2.5rem; padding: .25rem .6rem; }}
.st-key-next-steps {{ gap: .5rem; }}
.st-key-next-steps [data-testid="stPageLink-NavLink"]:hover {{ border-color: var(--reach-strong); }}
.st-key-plan-head {{ gap: .25rem; }}
.st-key-plan-head h3 {{ padding: 0; }}
/* The legend lies at the foot of the map. */
[class*=st-key-framed-] {{ position: relative; }}
[class*=st-key-framed-] > .stElementContainer:has(> .stHtml) {{
  position: absolute; left: .5rem; bottom: 1.9rem; z-index: 2; width: auto; max-width: calc(100% - 1rem);
  zoom: .9;
}}
@media (max-width: {NARROW_PX}px) {{
  .st-key-beside > * > .stHorizontalBlock {{ flex-direction: column; }}
  .st-key-beside > * > .stHorizontalBlock > .stColumn {{ width: 100%; flex: none; }}
}}
@media (max-width: 640px) {{
  .stMainBlockContainer {{ padding: 3.6rem .75rem 1rem; }}
  .stMainBlockContainer h1 {{ font-size: 1.15rem; }}
  .stMainBlockContainer h2 {{ font-size: 1rem; line-height: 1.3; }}
  .st-key-controls > :has(.stSelectbox) {{ flex: 1 1 100%; max-width: none; }}
  .st-key-controls .stSelectbox > div {{ min-width: 0; }}
  .st-key-controls .stSlider > div {{ width: 8.5rem; }}
  .st-key-answer {{ min-height: 6rem; }}
  .st-key-steady {{ --room: 9.5rem; }}
  :is(.st-key-answer, .st-key-steady) h2 {{ font-size: 1rem; }}
  [class*=st-key-framed-] > .stElementContainer:has(> .stHtml) {{ position: static; padding: .3rem 0; }}
}}
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
    """Draw an error: its message unchanged, and what to do, which a refusal says itself."""
    if isinstance(error, NotAllowedError):
        st.info(f"{plain(capital(str(error)))}.", icon=":material/lock:")
        return
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


def plainly(markdown: str) -> str:
    """Return a sentence without the marks of markdown, such as for the title of a picture."""
    return re.sub(r"^#+ |[*_\\]", "", markdown.split("\n")[0]).strip()


def controls_line() -> DeltaGenerator:
    """Return the one line of controls above the answer and the map."""
    return st.container(horizontal=True, vertical_alignment="center", key="controls")


def answer(text: str, *, steady: bool = False) -> None:
    """Draw the page's answer, a heading in markdown, where the map below it does not move with its length.

    A `steady` one has a fixed height, enough for the longest sentence that was seen, and a longer one scrolls: the next
    click on the map must meet what it is aimed at.
    """
    with st.container(key="answer"), st.container(key="steady" if steady else "said"):
        st.markdown(text, help=meanings_in(text) or None)


def beside(shares: tuple[float, float] = BESIDE) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return where the map goes and where the panel beside it goes, which a narrow window has below the map.

    `shares` are those of the width that each has.
    """
    with st.container(key="beside"):
        left, right = st.columns(shares, gap="small")
    return left, right


def off_street_note(pack: AreaPack, mode: str) -> None:
    """Warn where many homes lie far from every street of the data; nothing elsewhere."""
    said = off_streets(pack, mode)
    if said:
        st.warning(said, icon=":material/warning:")


def footer(credit: str = "") -> None:
    """Draw the footer of a page."""
    st.divider()
    st.caption(
        f"{credit} A figure marked *modelled* is worked out, not counted. *Can reach* means that the way there is "
        "short enough. It does not mean that a family is registered or comes.".strip()
    )


def open_shown() -> AreaPack | None:
    """Open the pack of the area of this visit; where that cannot be, say why, offer the areas that there are: None."""
    try:
        return resources.area_pack(follow_area() or default_area())
    except PackError as error:
        show_error(error)
    except UnknownNameError as error:
        asked = session.area_shown
        st.warning(plain(no_such_area(asked[:60]) if asked else str(error)), icon=":material/search_off:")
        area_buttons()
    except InputError:  # several, and nothing says which
        st.subheader(switch_words()["which"], anchor=False)
        area_buttons()
    return None


@contextmanager
def page(title: str, purpose: str) -> Iterator[AreaPack]:
    """Draw the frame of a page about the area of this visit around its content.

    A :class:`~geo.errors.ReachError` inside is shown in plain words, with what to do; the footer always follows.

    Parameters
    ----------
    title
        Heading of the page.
    purpose
        What it answers, in one sentence: the help of the heading.

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
    follow_window()
    head = st.container(horizontal=True, vertical_alignment="center", key="head")
    head.title(title, anchor=False, help=purpose, width="content")
    pack = open_shown()
    if pack is None:
        footer()
        st.stop()
    with head:
        area_switch(pack.code)
    try:
        yield pack
    except ReachError as error:
        show_error(error)
    footer(map_credit(pack))


@contextmanager
def plain_page(title: str, purpose: str) -> Iterator[None]:
    """Draw the frame of a page that is about no area, so that it is there even when no area can be opened.

    Parameters
    ----------
    title, purpose
        As for :func:`page`; errors are shown in the same way.
    """
    st.html(_CSS)
    follow_window()
    st.container(key="head").title(title, anchor=False, help=purpose, width="content")
    try:
        yield
    except ReachError as error:
        show_error(error)
    footer()
