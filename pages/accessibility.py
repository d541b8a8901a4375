"""Accessibility: the statement, in the form that UK public bodies publish."""

import re
from html import escape

import streamlit as st

from store.settings import read_contact
from ui.kit.page import page
from ui.kit.resources import chosen_area
from wording.accessibility import read_findings

PREPARED = "27 November 2026"

INTRODUCTION = """
This statement applies to Service Reach: its pages, its maps and the files that it makes.

It is run by the body that gave you its address. We want as many people as possible to be able to use it. For
example, you should be able to:

- zoom in to 200% without losing anything, and read the text at 400% in one column
- use every control with a keyboard alone, and see by a thick ring where the focus is
- set a place on a map with the arrow keys
- get every figure on a map or chart as a table or as words
- read every page with a screen reader, as far as the limits below allow
- tell colours apart, or do without them: every class has a label and every service a letter
- have it light or dark, with more contrast, or in the colours of your system, as your device is set
- use it without things that move: nothing on a page moves by itself, and every page keeps your setting for less motion
- use it in a browser that cannot draw maps: each says so, and where its figures are

[AbilityNet](https://mcmw.abilitynet.org.uk/) has advice on making your device easier to use if you have a disability.
"""

KNOWN = """
## How accessible this website is

We know that some parts are not fully accessible:

- a ward, venue or street that is drawn on a map can be picked there with a pointer only. Choose it by name, in the box
  beside the map. A place can be set with the arrow keys, by the control below the map
- maps stay light when the page is dark
- a table with many rows shows a screen reader only some of its rows at a time. You can download each as CSV
- the meeting view's Polish and Arabic are working translations that native speakers have still to review, and the
  speaker's notes are in English
- the parts of Streamlit, the software that draws the pages, that are listed below
"""

CONTACT = """
## Feedback and contact information

If you need a figure, a map or a report in another form, such as large print, easy read or braille, write to the address
below. Say which page it is about, and what form would suit you. You should hear within 10 working days.
"""

PROBLEMS = """
## Reporting accessibility problems

If you find a problem that is not listed here, or think that we do not meet the requirements, write to the address
above. Say what you tried to do, with which browser and which aid.

## Enforcement procedure

The Equality and Human Rights Commission (EHRC) is responsible for enforcing the Public Sector Bodies (Websites and
Mobile Applications) (No. 2) Accessibility Regulations 2018 (the “accessibility regulations”). If you are not happy
with how your complaint is answered, [contact the Equality Advisory and Support Service
(EASS)](https://www.equalityadvisoryservice.com/).

## Technical information about this website's accessibility

The body that runs this copy is committed to making it accessible, in accordance with the accessibility regulations.

### Compliance status

This website is partially compliant with the [Web Content Accessibility Guidelines version
2.2](https://www.w3.org/TR/WCAG22/) AA standard, due to the non-compliances listed below.

## Non-accessible content

The content listed below is not accessible, for the reasons given.

### Non-compliance with the accessibility regulations
"""

REST = """
### Disproportionate burden

Nothing has been left out on this ground.

### Content that is not within the scope of the accessibility regulations

Maps are exempt, as long as what is essential is also given in an accessible form. Here it is: each map has a
sentence and a table with the same figures, and journeys can be asked for by postcode or street.

## What we are doing to improve accessibility

Each change to the program is checked by machine. A real browser opens every page in its main states and at several
sizes, and axe-core looks for faults. It also checks the text of every map and chart, the main tasks by keyboard, and
the contrast of every colour. A finding that is not on the list above stops the change. Some things only a person can
judge, such as whether the reading order makes sense with a screen reader. They have still to be tested with people who
use one.
"""

PREPARATION = f"""
## Preparation of this accessibility statement

This statement was prepared on {PREPARED}. It was last reviewed on {PREPARED}.

This website was last tested on {PREPARED}, by the people who write the program. The machine (axe-core, with the rules
of WCAG 2.0, 2.1 and 2.2 at A and AA) tested every page and its main states at 1366×768, and every page at 390×844. It
tested the sizes that a zoom of 200% and of 400% leaves, and the fullest pages in dark colours, too. It went through the
meeting view, a journey and a new hub by keyboard alone. It has not been tested by others.
"""


def contact_html(given: str) -> str:
    """Return the HTML of the address to write to, or of who should have set it."""
    contact = " ".join(given.split())
    if not contact:
        return (
            "<p>No address has been set yet. Ask whoever gave you the address of this page. Whoever runs this copy of "
            "Service Reach can set an e-mail address or a phone number (<code>reach app --contact</code>).</p>"
        )
    words = re.sub(
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", lambda found: f'<a href="mailto:{found[0]}">{found[0]}</a>', escape(contact)
    )
    return f"<p><strong>{words}</strong></p>"


with page(
    "Accessibility statement for Service Reach",
    "How far everyone can use these pages, what we know does not work, and whom to tell.",
    area=chosen_area(),
):
    st.markdown(INTRODUCTION)
    st.markdown(KNOWN)
    st.markdown(CONTACT)
    st.html(contact_html(read_contact() or ""))
    st.markdown(PROBLEMS)
    columns = {"rule": "Rule", "where": "Where", "problem": "What is wrong", "wcag": "WCAG 2.2", "belongs": "Whose"}
    columns["instead"] = "What to use instead"
    head = "".join(f'<th scope="col">{title}</th>' for title in columns.values())
    rows = ("".join(f"<td>{escape(getattr(row, key))}</td>" for key in columns) for row in read_findings())
    body = "".join(f"<tr>{cells}</tr>" for cells in rows)
    st.html(
        "<style>.known td, .known th { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; "
        'border-bottom: 1px solid var(--reach-rule); }</style><div style="overflow-x:auto" tabindex="0" role="region" '
        f'aria-label="Known problems"><table class="known"><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        "</table></div>"
    )
    st.markdown(REST)
    st.markdown(PREPARATION)
