"""The tables of several areas: each figure in words, an area a column, and what differs in their sources."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analysis.areas.side_by_side import SideBySide
from analysis.shown import ShownFrame, made_of_shown, nobody_counted
from ui.kit.kept import kept
from ui.kit.tables import Column, show_table
from wording.areas import cell_words, fact_words, page_words, part_words, row_words, source_words

OF_SERVICES = ("reach", "minutes", "supply", "places")


def figures_table(found: SideBySide, parts: Sequence[str], *, key: str) -> None:
    """Draw some parts of a comparison as one table."""
    title = " · ".join(part_words(found, part) for part in parts)
    show_table(figures_frame(found, parts), _columns(found), key=key, alt=title, height="content")


@kept(most=64)
def figures_frame(found: SideBySide, parts: Sequence[str]) -> ShownFrame:
    """Return some parts of a comparison in words: ``label``, and a column for each area by its code."""
    rows = []
    for part in parts:
        for _, figures in found.rows[found.rows["part"] == part].groupby("name", sort=False):
            rows.append({"label": row_words(figures), **cell_words(figures)})
    return made_of_shown(pd.DataFrame(rows, columns=["label", *found.names]))


def services_tables(found: SideBySide) -> None:
    """Draw the figures of each kind of service, a tab a figure."""
    for part, tab in zip(OF_SERVICES, st.tabs([part_words(found, part) for part in OF_SERVICES]), strict=True):
        with tab:
            figures_table(found, [part], key=f"areas-{part}")


def sources_table(found: SideBySide) -> None:
    """Draw what differs in where the figures come from, and then what is the same."""
    words = page_words()
    rows = [
        {
            "label": fact_words(fact),
            **{area: source_words(fact, area) for area in found.names},
            "same": words["alike"] if fact.same else words["unlike"],
        }
        for fact in sorted(found.facts, key=lambda fact: fact.same)
    ]
    columns = {**_columns(found), "same": Column(words["compared"])}
    show_table(nobody_counted(pd.DataFrame(rows)), columns, key="areas-sources", alt=words["differs"], height="content")


def _columns(found: SideBySide) -> dict[str, Column]:
    return {
        "label": Column(page_words()["figure"], pinned=True),
        **{code: Column(name) for code, name in found.names.items()},
    }
