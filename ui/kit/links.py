"""Links to what is on screen: the address of this page, a short one, and the lines that embed it elsewhere."""

from html import escape
from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from geo.errors import ReachError
from ui.kit import stores
from ui.kit.session import Session, session
from ui.kit.visitor import visitor

EMBED_PX = 640


def page_address() -> str:
    """Return the address of this page in the reader's browser, or an empty string when there is none."""
    try:
        return st.context.url or ""
    except (AttributeError, RuntimeError):  # no browser behind this run
        return ""


def only_here(address: str) -> bool:
    """Whether no other machine can open the address: it leads back to the one it is opened on, or nowhere."""
    try:
        host = (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:  # not an address at all
        return True
    if not host or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ip = ip_address(host)
    except ValueError:  # a name
        return False
    return ip.is_loopback or ip.is_unspecified


def app_address(address: str, page: str) -> str:
    """Return the address of the app, with a slash at its end, from that of one of its pages (empty for the first)."""
    parts = urlsplit(address)
    path = parts.path.rstrip("/")
    path = path.removesuffix(f"/{page}") if page else path
    return urlunsplit((parts.scheme, parts.netloc, f"{path}/", "", ""))


def short_link(label: str, page: str, query: str, *, key: str) -> str:
    """Draw the button that makes a short link of a view; return its path, such as ``s/abc2345``, once it is made.

    Parameters
    ----------
    label
        Words of the button.
    page, query
        Name of the page, and the query of its address.
    key
        Key of the button.

    Returns
    -------
    str
        The path below the address of the app; empty while there is none, or for a view other than this one.
    """
    made = session.short_link
    if made is not None and made[:2] == (page, query):
        return f"s/{made[2]}"
    st.button(label, key=key, icon=":material/link:", on_click=_make, args=(page, query))
    if session.short_link_fault:
        st.error(Session.short_link_fault.pop(), icon=":material/error:")
    return ""


def _make(page: str, query: str) -> None:
    try:
        session.short_link = (page, query, stores.short_links().make(page, query, visitor()).code)
    except ReachError as error:
        session.short_link_fault = str(error)


def embed_lines(address: str, page: str, query: str, title: str) -> str:
    """Return the HTML that shows a view inside another page.

    Parameters
    ----------
    address
        Address of the app, with a slash at its end.
    page, query
        Name of the page, and the query of its address.
    title
        Name of the frame, which a screen reader reads.
    """
    link = f"{address}{page}?{query}{'&' if query else ''}embed=1"
    return (
        f'<iframe src="{escape(link)}" title="{escape(title)}" width="100%" height="{EMBED_PX}" loading="lazy" '
        'style="border:1px solid #B1B4B6"></iframe>'
    )
