"""Headline cards: one big number, what it counts, and its status."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

STATUS_WORDS: dict[str, str] = {
    "published": "published",
    "census": "counted in the census",
    "modelled": "modelled",
}
_STATUS_MARKS = {"published": "■", "census": "●", "modelled": "◇"}  # a sign of its own, not colour alone


@dataclass(frozen=True)
class Card:
    """A headline: ``group`` above, the ``value`` in large type, a ``label`` below, and the figure's status."""

    group: str
    value: str
    label: str
    status: str | None = None
    strong: bool = False


def status_badge(status: str) -> str:
    """Return the HTML of a status: a sign and words; unknown words are not changed."""
    words = STATUS_WORDS.get(status, status)
    mark = _STATUS_MARKS.get(status, "○")
    return (
        '<span style="color:var(--reach-muted);background:var(--reach-raised);'
        "border:1px solid var(--reach-rule);border-radius:3px;font-size:.8rem;"
        f'padding:.05rem .4rem;white-space:nowrap"><span aria-hidden="true">{mark}</span> {escape(words)}</span>'
    )


def card_html(card: Card) -> str:
    """Return the HTML of one card; a strong one has a dark edge."""
    edge = f"6px solid var(--reach-{'strong' if card.strong else 'rule'})"
    badge = f"<div>{status_badge(card.status)}</div>" if card.status else ""
    return (
        f'<div style="border-left:{edge};padding:.1rem .9rem;flex:1 1 11rem;min-width:0;'
        'container-type:inline-size">'
        f'<div style="font-size:.95rem;font-weight:600">{escape(card.group)}</div>'
        # As large as its column allows, so that two figures stay on one line.
        f'<div style="font-size:clamp(1.2rem,14cqi,2.1rem);font-weight:700;line-height:1.15;color:var(--reach-strong)">'
        f"{escape(card.value)}</div>"
        f'<div style="font-size:.95rem;line-height:1.35">{escape(card.label)}</div>{badge}</div>'
    )


def show_cards(cards: Sequence[Card]) -> None:
    """Draw cards side by side, or one below the other on a phone."""
    inner = "".join(card_html(card) for card in cards)
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:.9rem 1.2rem">{inner}</div>')
