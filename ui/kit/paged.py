"""Lists by pages: a field to search in them and buttons that turn the pages, where there is more than one page."""

from collections.abc import Callable
from typing import Literal, TypeVar

import streamlit as st

from store.paging import Page
from ui.kit import controls
from ui.kit.keyed import list_page, list_search
from ui.kit.slots import Slot
from wording.languages import Words, english
from wording.rounding import digits

_Entry = TypeVar("_Entry")
Which = Literal[
    "plans", "plans_deleted", "plans_compared", "plans_told", "plans_counted",
    "bookmarks", "bookmarks_removed", "layers", "layers_removed", "people", "changes",
]  # fmt: skip
"""The lists, by their names below ``lists.of`` in the words."""
_SUCH_AS = {"people": "such_as_people", "changes": "such_as_changes"}


def paged(which: Which, read: Callable[[str, int], Page[_Entry]], words: Words | None = None) -> Page[_Entry]:
    """Read the page of a list that is asked for, and draw what searches it and turns its pages.

    Parameters
    ----------
    which
        Which list it is.
    read
        Reads a page, from what is searched for and the number of the page; its errors are passed on.
    words
        The language; English when None.

    Returns
    -------
    The page. Nothing is drawn where one page has all there is and nothing is searched for.
    """
    said = words or english()
    search, number = list_search(which), list_page(which)
    controls.kept(search)
    page = read(search.get(), number.get())
    if page.total <= page.size and not search.get():
        return page
    what = said.say(f"lists.of.{which}")
    st.text_input(
        said.say("lists.find", what=what),
        key=search.key,
        max_chars=100,
        placeholder=said.say(f"lists.{_SUCH_AS.get(which, 'such_as')}"),
        on_change=number.put,
        args=(1,),
    )
    if not page.total:
        st.caption(said.say("lists.none"))
    if page.pages > 1:
        first = (page.number - 1) * page.size + 1
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                said.say(
                    "lists.shown", first=digits(first), last=digits(first + len(page) - 1), total=digits(page.total)
                ),
                width="content",
            )
            back, on = ("previous", "next") if which == "people" else ("newer", "older")  # people come by their names
            _turn(said.say(f"lists.{back}", what=what), f"list-newer-{which}", number, page.number - 1, page.pages)
            _turn(said.say(f"lists.{on}", what=what), f"list-older-{which}", number, page.number + 1, page.pages)
    return page


def _turn(label: str, key: str, number: Slot[int], to: int, pages: int) -> None:
    st.button(label, key=key, disabled=not 1 <= to <= pages, on_click=number.put, args=(to,))
