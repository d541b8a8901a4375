"""What has to be decided about a user's rows, and what is wrong with others, each as a table."""

from collections import Counter
from itertools import islice
from typing import Any

import pandas as pd
import streamlit as st

from analysis.shown import nobody_counted
from geo.own.counts import Counts
from geo.own.places import CHOICES, Places
from geo.own.table import Problem
from ui.kit.downloads import csv_bytes
from ui.kit.keyed import own_answer
from ui.kit.page import plain
from ui.kit.tables import Column, show_table
from wording.own import answer_words, own_words, question_title
from wording.rounding import digits

_MOST_SHOWN = 200


def answers_given(asked: Places, crc: int) -> dict[str, str]:
    """Draw each kind of question with its rows, and return what is answered so far, by kind."""
    said, words = own_words(), answer_words()
    counts = Counter(question.kind for question in asked.questions)
    answers: dict[str, str] = {}
    for kind, count in counts.items():
        choice = st.radio(
            question_title(kind, count),
            ["", *CHOICES[kind]],
            key=own_answer(kind, crc).key,
            format_func=lambda one: words[one] if one else said["ask"],
            horizontal=True,
        )
        if choice:
            answers[kind] = choice
        rows = [
            {"line": digits(question.line), "name": question.name, "one": question.one, "other": question.other}
            for question in islice((one for one in asked.questions if one.kind == kind), _MOST_SHOWN)
        ]
        with st.expander(said["questions"], expanded=not choice):
            columns = {
                "line": Column(said["line"]),
                "name": Column(said["name_column"]),
                "one": Column(said["one"]),
                "other": Column(said["other"]),
            }
            table = nobody_counted(pd.DataFrame(rows))
            show_table(table, columns, key=f"own-questions-{kind}", alt=said["questions"])
    return answers


def problems_table(found: Places | Counts, name: str) -> None:
    """Draw the rows that cannot be used, with the list as a file; nothing where there are none."""
    if not found.problems:
        return
    said = own_words()
    columns = {
        "line": Column(said["line"]),
        "column": Column(said["column"]),
        "value": Column(said["value"]),
        "reason": Column(said["reason"]),
    }
    with st.expander(said["problems"], expanded=True, icon=":material/error:"):
        shown = nobody_counted(_frame(list(found.problems[:_MOST_SHOWN])))
        show_table(shown, columns, key="own-problems", alt=said["problems"])
        st.download_button(
            said["problems_csv"],
            lambda: csv_bytes(nobody_counted(_frame(list(found.problems))), {"title": plain(name)}),
            file_name="rows-that-cannot-be-used.csv",
            mime="text/csv",
            key="own-problems-csv",
            on_click="ignore",
            icon=":material/download:",
        )


def _frame(problems: list[Problem]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {"line": digits(one.line), "column": one.column, "value": one.value, "reason": one.reason} for one in problems
    ]
    return pd.DataFrame(rows, columns=["line", "column", "value", "reason"])
