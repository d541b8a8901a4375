"""The button that hands over a workbook; the workbook itself is written by :mod:`ui.sheets`."""

from collections.abc import Callable

import streamlit as st

from ui.sheets import XLSX
from ui.sheets import Sheet as Sheet
from ui.sheets import workbook_bytes as workbook_bytes


def workbook_button(label: str, make: Callable[[], bytes], *, file_name: str, key: str) -> None:
    """Draw the button that hands a workbook over; `make` is called on the click, not before."""
    st.download_button(
        label, make, file_name=file_name, mime=XLSX, key=key, on_click="ignore", icon=":material/table_view:"
    )
