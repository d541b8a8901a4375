"""Bookmarks on every page: keep the view on screen, open it again, remove it from the list.

A bookmark is a page and the query of its address, so it opens exactly the same as a copied link. Its page must be one
of the pages of the app, and its query is given to their controls, which check each value: nothing in a bookmark is ever
run, and it never links to another site.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from analysis.scenario.scenario import Scenario
from geo.errors import ReachError
from store.bookmarks import Bookmark, BookmarkStore
from store.person import Task
from ui.kit import plan, resources, stores
from ui.kit.area import in_lasting_area
from ui.kit.keyed import list_search
from ui.kit.links import app_address, embed_lines, only_here, page_address, short_link
from ui.kit.page import plain, show_error
from ui.kit.paged import paged
from ui.kit.session import Session, address, session
from ui.kit.slots import forget_all, linked
from ui.kit.visitor import Access, access, visitor
from ui.kit.who import may, may_change
from wording.rounding import digits
from wording.take import bookmark_such_as, take_words

LONGEST_TITLE = 120
MOST_REMOVED = 10

# Names in an address that do not belong to a control of ui.kit.controls.
_OTHER_NAMES = (
    Session.area.name, Session.plan.name, Session.scenario.name, Session.version.name, Session.basket.key,
)  # fmt: skip
# While a family's question is answered, the address of the meeting view has their postcode, which is not part of the
# story.
_NEVER_KEPT = {"meeting": (Session.place.key, Session.way.key)}
# Opening a bookmark removes the choices of this visit, but never the plan that is being edited.
_REMEMBERED = (
    Session.visit_id, Session.history, Session.stored, Session.lab_who, Session.bookmark_as, Session.area_shown,
    Session.plans_aside,
)  # fmt: skip

# The button is in the header of the app, at its right end, so that nothing on a page moves because of it.
_CSS = """
<style>
div:has(> .st-key-bookmarks) { position: fixed; top: .6rem; right: 1rem; z-index: 999991; width: auto !important; }
@media (min-width: 769px) { [data-testid="stHeader"] { padding-right: 9rem; } }
[class*="st-key-bookmarks-open-"] button { justify-content: flex-start; text-align: left; text-decoration: underline; }
.st-key-bookmarks button:focus-visible { outline: 3px solid #0B0C0C; outline-offset: 1px; }
:root:fullscreen div:has(> .st-key-bookmarks) { display: none; }
@media (display-mode: fullscreen) { div:has(> .st-key-bookmarks) { display: none; } }
@media print { div:has(> .st-key-bookmarks) { display: none; } }
</style>
"""


def bookmarks_button(pages: Mapping[str, Any], here: str, area: str) -> None:
    """Draw the button that opens the bookmarks.

    The store is opened only while the list is open, so that no page waits for a database; an error of it is shown
    instead of the list.

    Parameters
    ----------
    pages
        The pages of the app by name, as :class:`streamlit.Page` objects; bookmarks of other pages are not shown.
    here
        Name of the page on screen.
    area
        Code of the area on screen.
    """
    _go(pages)

    # A dialog takes the focus, keeps it while it is open and returns it; a popover would come last in the tab order.
    @st.dialog("Bookmarks", on_dismiss=_hide)
    def panel() -> None:
        _go(pages)
        try:
            store = stores.bookmarks()
            _message(store)
            stores.note_set_aside()
            _keep(store, here, area)
            _share(pages, here)
            _list(store, pages, area)
        except ReachError as error:
            show_error(error)

    st.html(_CSS)
    # Not in a fragment: the dialog would replace the page's own style when only the fragment is drawn again.
    with st.container(key="bookmarks"):
        st.button("Bookmarks", key="bookmarks-open", icon=":material/bookmarks:", on_click=_show)
    # Kept as state, so that the list stays open when the page behind it is drawn again.
    if session.bookmarks_shown:
        panel()


def _show() -> None:
    session.bookmarks_shown, session.welcome_on = True, ""  # one dialog at a time
    _say("")


def _hide() -> None:
    session.bookmarks_shown = False
    _say("")


def _say(text: str, gone: Bookmark | None = None) -> None:
    """Keep the message about the last action until the next action, since the page may be drawn again in between."""
    session.bookmarks_told, session.bookmark_removed = text, gone


def _go(pages: Mapping[str, Any]) -> None:
    """Go to the bookmark that was chosen, if one was."""
    chosen = Session.bookmark_chosen.pop()
    if chosen is not None:
        page, query = chosen
        st.switch_page(pages[page], query_params=query)


def _message(store: BookmarkStore) -> None:
    told, gone = session.bookmarks_told, session.bookmark_removed
    # Always drawn, even when empty: otherwise the form below would be created again with each message, and its field
    # would lose the focus.
    with st.container(key="bookmarks-told"):
        if told:
            st.info(told, icon=":material/info:")
        if gone is not None:
            st.button("Undo", key="bookmarks-put-back", icon=":material/undo:", on_click=_put_back, args=(store, gone))


def _keep(store: BookmarkStore, here: str, area: str) -> None:
    """Draw the form that keeps the view on screen, for whom may do that."""
    if not may(Task.BOOKMARK):
        return
    signed_in = access() is Access.SIGNED_IN
    if not Session.bookmark_who.held:
        session.bookmark_who = session.bookmark_as or session.lab_who
    with st.form("bookmarks-form", border=False):
        st.text_input(
            "Title for this view",
            key=Session.bookmark_title.key,
            max_chars=LONGEST_TITLE,
            placeholder=_such_as(area),
        )
        if not signed_in:
            st.text_input("Your name (may be left empty)", key=Session.bookmark_who.key, max_chars=80)
        st.form_submit_button(
            "Bookmark this view",
            type="primary",
            icon=":material/bookmark_add:",
            on_click=_add,
            args=(store, here, area),
        )
    st.caption(
        "It keeps the page with all that is chosen on it, a postcode included. Everybody who uses this dashboard sees "
        "the list."
    )


def _such_as(area: str) -> str:
    """Return an example of a title, of a ward of the area; nothing while it is not known which area is meant."""
    try:
        return bookmark_such_as(str(resources.area_pack(area).wards["name"].iloc[0]))
    except ReachError:
        return ""


def _share(pages: Mapping[str, Any], here: str) -> None:
    """Draw what gives the view on screen to others: a short link, and lines for a page of their own."""
    words, there = take_words(), page_address()
    query = urlencode(in_lasting_area(own_view(here)), safe="~")
    root = app_address(there, here)
    short = ""
    if visitor().may(Task.LINK):
        short = short_link(words["short_link"], here, query, key="bookmarks-short")
    if short:
        st.code(f"{root}{short}", language=None, wrap_lines=True)
        st.caption(words["short_link_here"] if only_here(there) else words["short_link_help"])
    with st.expander(words["embed"]):
        st.caption(words["embed_help"])
        st.code(embed_lines(root, here, query, pages[here].title), language="html", wrap_lines=True)


def _add(store: BookmarkStore, here: str, area: str) -> None:
    who = session.bookmark_as = session.bookmark_who
    try:
        made = store.add(area, session.bookmark_title, here, view_query(here), visitor(who))
    except ReachError as error:
        _say(f"Not kept: {plain(str(error))}.")
        return
    session.bookmark_title = ""
    _say(f"Kept as “{plain(made.title)}”.")


def view_query(here: str) -> str:
    """Return the query of the view on screen: what the app's own controls wrote to the address, and nothing else."""
    return urlencode(own_view(here), safe="~")


def own_view(here: str) -> dict[str, str]:
    """Return the same by name."""
    left_out = _NEVER_KEPT.get(here, ())
    return {
        name: value
        for name, value in address().items()
        if (linked(name).memory().held or name in _OTHER_NAMES) and name not in left_out
    }


def _list(store: BookmarkStore, pages: Mapping[str, Any], area: str) -> None:
    here = tuple(pages)
    st.markdown("**Kept so far**")
    kept = paged("bookmarks", lambda search, number: store.list(area, pages=here, search=search, page=number))
    if not kept and not list_search("bookmarks").get():
        st.caption("None yet.")
    before = (kept.number - 1) * kept.size
    for number, bookmark in enumerate(kept, start=before + 1):  # so that no two buttons have the same name
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(gap=None, width="stretch"):
                st.button(
                    f"{number}\\. {plain(bookmark.title)}",
                    key=f"bookmarks-open-{bookmark.id}",
                    type="tertiary",
                    icon=":material/bookmark:",
                    on_click=_choose,
                    args=(bookmark, area),
                    wrap=True,
                )
                st.caption(plain(_about(bookmark, pages)))
            if may_change(Task.BOOKMARK, bookmark.owner):
                st.button(
                    f"Remove {number}",
                    key=f"bookmarks-remove-{bookmark.id}",
                    help=f"Take “{plain(bookmark.title)}” off the list; it can be put back",
                    on_click=_remove,
                    args=(store, bookmark),
                )
    count = store.list(area, pages=here, removed=True, size=1).total
    if count:
        with st.expander(f"Removed ({digits(count)})"):
            gone = paged(
                "bookmarks_removed",
                lambda search, number: store.list(
                    area, pages=here, search=search, page=number, size=MOST_REMOVED, removed=True
                ),
            )
            for number, bookmark in enumerate(gone, start=(gone.number - 1) * gone.size + 1):
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.markdown(f"{number}\\. {plain(bookmark.title)}", width="stretch")
                    if may_change(Task.BOOKMARK, bookmark.owner):
                        st.button(
                            f"Put back {number}",
                            key=f"bookmarks-restore-{bookmark.id}",
                            on_click=_put_back,
                            args=(store, bookmark),
                        )


def _about(bookmark: Bookmark, pages: Mapping[str, Any]) -> str:
    at = bookmark.saved_at.astimezone()
    who = f", {bookmark.saved_by}" if bookmark.saved_by else ""
    return f"{pages[bookmark.page].title}, {at.day} {at:%B %Y}{who}"


def _choose(bookmark: Bookmark, area: str) -> None:
    """Remove all choices so far, as for a visitor who opens a link, and open the bookmark on the next drawing."""
    query = dict(parse_qsl(bookmark.query, keep_blank_values=True))
    forget_all(but=_REMEMBERED)
    if not query.keys() & {Session.plan.name, Session.scenario.name}:
        _empty_plan(area)
    session.bookmark_chosen = (bookmark.page, query)


def _empty_plan(area: str) -> None:
    """Replace the plan that is being edited by an empty one (undo restores it): the view was kept without a plan."""
    if plan.begun():
        now = plan.history().now
        empty = Scenario(plan.UNNAMED, area, baseline=now.baseline)
        if now.area == area and now != empty:
            plan.open_plan(empty)


def _remove(store: BookmarkStore, bookmark: Bookmark) -> None:
    try:
        store.remove(bookmark.id, visitor(session.bookmark_as))
    except ReachError as error:
        _say(f"Not removed: {plain(str(error))}.")
        return
    _say(f"“{plain(bookmark.title)}” is off the list.", bookmark)


def _put_back(store: BookmarkStore, bookmark: Bookmark) -> None:
    try:
        store.restore(bookmark.id, visitor(session.bookmark_as))
    except ReachError as error:
        _say(f"Not put back: {plain(str(error))}.")
        return
    _say(f"“{plain(bookmark.title)}” is back on the list.")
