"""A link that reopens the story at the same step, and a picture of it for a phone's camera, made on this machine."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
import streamlit as st

_LOCAL = ("localhost", "127.0.0.1", "::1")


def story_link(address: str, state: Mapping[str, str]) -> str:
    """Return the link to a page with only what the story needs: never a postcode that somebody asked about.

    Parameters
    ----------
    address
        Address of the page; its query is left out.
    state
        Names and values; empty ones are left out.
    """
    parts = urlsplit(address)
    query = urlencode({name: value for name, value in state.items() if value}, safe="~")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def only_here(address: str) -> bool:
    """Whether the address leads back to the machine it is opened on."""
    return urlsplit(address).hostname in _LOCAL


def page_address() -> str:
    """Return the address of this page in the reader's browser, or an empty string when there is none."""
    try:
        return st.context.url or ""
    except (AttributeError, RuntimeError):  # no browser behind this run
        return ""


def qr_image(link: str) -> str:
    """Return the QR code of a link as the address of an SVG image that holds itself."""
    return str(
        segno.make(link, error="m", micro=False).svg_data_uri(border=4, scale=8, dark="#0B0C0C", light="#FFFFFF")
    )


def share_html(title: str, link: str, size_px: int, lang: str, warning: str = "") -> str:
    """Return the HTML of the code and the link in words, and of what to know of them, in a language."""
    note = f'<p style="font-size:.7em">{escape(warning)}</p>' if warning else ""
    return (
        f'<div class="behind" lang="{lang}" style="overflow:visible"><h2>{escape(title)}</h2>'
        f'<img src="{escape(qr_image(link))}" alt="QR: {escape(title)}" width="{size_px}" height="{size_px}" '
        f'style="display:block;border:1px solid #0B0C0C">'
        f'<p style="overflow-wrap:anywhere;font-size:.7em;margin-top:.5em"><a href="{escape(link)}">{escape(link)}</a>'
        f"</p>{note}</div>"
    )
