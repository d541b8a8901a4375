"""Accessibility: the statement, in the form that UK public bodies publish."""

import re
from datetime import date
from html import escape

import streamlit as st

from store.settings import read_contact
from ui.kit.page import page
from wording.accessibility import finding_columns, no_contact, preparation, read_findings, statement

PREPARED = date(2026, 11, 27)


def contact_html(given: str) -> str:
    """Return the HTML of the address to write to, or of who should have set it."""
    contact = " ".join(given.split())
    if not contact:
        return f"<p>{no_contact('<code>reach app --contact</code>')}</p>"
    words = re.sub(
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", lambda found: f'<a href="mailto:{found[0]}">{found[0]}</a>', escape(contact)
    )
    return f"<p><strong>{words}</strong></p>"


told = statement()
with page(told["title"], told["purpose"]):
    st.markdown(told["introduction"])
    st.markdown(told["known"])
    st.markdown(told["contact"])
    st.html(contact_html(read_contact() or ""))
    st.markdown(told["problems"])
    columns = finding_columns()
    head = "".join(f'<th scope="col">{title}</th>' for title in columns.values())
    rows = ("".join(f"<td>{escape(getattr(row, key))}</td>" for key in columns) for row in read_findings())
    body = "".join(f"<tr>{cells}</tr>" for cells in rows)
    st.html(
        "<style>.known td, .known th { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; "
        'border-bottom: 1px solid var(--reach-rule); }</style><div style="overflow-x:auto" tabindex="0" role="region" '
        f'aria-label="{escape(told["findings"])}"><table class="known"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
    st.markdown(told["rest"])
    st.markdown(preparation(PREPARED))
