"""A link that reopens the story at the same step, and a picture of it for a phone's camera, made on this machine."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno


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


def qr_image(link: str) -> str:
    """Return the QR code of a link as the address of an SVG image that holds itself."""
    return str(
        segno.make(link, error="m", micro=False).svg_data_uri(border=4, scale=8, dark="#0B0C0C", light="#FFFFFF")
    )


def no_link_html(title: str, text: str, lang: str) -> str:
    """Return the HTML of how to share where no phone can open the page: no code, and no link that leads nowhere."""
    return f'<div class="behind" lang="{lang}"><h2>{escape(title)}</h2><p>{escape(text)}</p></div>'


def share_html(title: str, link: str, size_px: int, lang: str) -> str:
    """Return the HTML of the code and the link in words, in a language."""
    return (
        f'<div class="behind" lang="{lang}" style="overflow:visible"><h2>{escape(title)}</h2>'
        f'<img src="{escape(qr_image(link))}" alt="QR: {escape(title)}" width="{size_px}" height="{size_px}" '
        f'style="display:block;border:1px solid #0B0C0C">'
        f'<p style="overflow-wrap:anywhere;font-size:.7em;margin-top:.5em"><a href="{escape(link)}">{escape(link)}</a>'
        f"</p></div>"
    )
