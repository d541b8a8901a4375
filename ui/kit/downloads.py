"""Downloads: CSV and GeoPackage, each with its licence, attribution and provenance inside."""

import csv
import io
import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import streamlit as st

from analysis.shown import ShownFrame, in_words
from drawing.formulas import no_formula
from drawing.sheets import XLSX
from geo.errors import InputError, PackError

Notes = Mapping[str, str]
"""Heading and text of each note that a file must include: title, area, baseline, status, sources, licence …"""


def csv_bytes(frame: ShownFrame, notes: Notes) -> bytes:
    """Write a frame as CSV under lines that start with ``#``; it opens in Excel, and pandas reads it with comment="#".

    Each of these lines has two cells: its heading, and its whole text. Cells that a spreadsheet would read as a formula
    get a leading apostrophe.
    """
    head = io.StringIO()
    lines = csv.writer(head, lineterminator="\n")
    for key, value in notes.items():
        lines.writerow([f"# {' '.join(key.split())}", no_formula(" ".join(str(value).split()))])
    plain = in_words(pd.DataFrame(frame.drop(columns="geometry", errors="ignore")))
    # By position: two columns may have the same name.
    cells = [
        values if pd.api.types.is_numeric_dtype(values) else values.astype(object).map(no_formula)
        for _, values in plain.items()
    ]
    safe = pd.concat(cells, axis="columns") if cells else plain
    safe.columns = pd.Index([no_formula(name) for name in plain.columns])
    return ("\ufeff" + head.getvalue() + safe.to_csv(index=False, lineterminator="\n")).encode()


def geopackage_bytes(layers: Mapping[str, gpd.GeoDataFrame], notes: Notes) -> bytes:
    """Write frames as layers of one GeoPackage, with a table ``about`` that has the notes.

    Raises
    ------
    InputError
        When there is no layer, or one has no coordinate system.
    PackError
        When the file cannot be written.
    """
    if not layers:
        raise InputError("there is nothing to write: give at least one layer")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "download.gpkg"
        for name, frame in layers.items():
            if frame.crs is None:
                raise InputError(f"layer {name!r} has no coordinate system")
            try:
                _typed(frame).to_file(path, layer=name, driver="GPKG", mode="a" if path.exists() else "w")
            except (OSError, RuntimeError, ValueError) as error:
                raise PackError(f"layer {name!r} cannot be written as GeoPackage: {error}") from error
        with closing(sqlite3.connect(path)) as file:
            file.execute("CREATE TABLE about (heading TEXT PRIMARY KEY, text TEXT NOT NULL)")
            file.executemany("INSERT INTO about VALUES (?, ?)", [(k, str(v)) for k, v in notes.items()])
            file.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, description) VALUES (?, ?, ?, ?)",
                ("about", "attributes", "about", "Sources, licence and attribution"),
            )
            file.commit()
        return path.read_bytes()


def _typed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Keep columns of counts numeric: counts that are written in words are empty there, and are in a second column."""
    words = in_words(frame)
    for name in frame.columns:
        if words[name] is not frame[name] and words[name].dtype == object and frame[name].dtype != object:
            told = words[name].map(lambda cell: cell if isinstance(cell, str) else None)
            frame = frame.assign(**{name: frame[name].where(told.isna()), f"{name}_said": told})
    return frame


def download_row(
    name: str,
    frame: ShownFrame,
    notes: Notes,
    *,
    key: str,
    layers: Mapping[str, gpd.GeoDataFrame] | None = None,
) -> None:
    """Draw the buttons: CSV, and GeoPackage when `layers` is given. Files are made on the click, not before.

    Parameters
    ----------
    name
        File name without its ending.
    frame
        What is on screen, as a table.
    notes
        Notes to include in the file.
    key
        Stable start of the buttons' keys.
    layers
        Frames with geometry, by layer name.
    """
    with st.container(horizontal=True):
        st.download_button(
            "Download the table (CSV)",
            lambda: csv_bytes(frame, notes),
            file_name=f"{name}.csv",
            mime="text/csv",
            key=f"{key}-csv",
            on_click="ignore",
            icon=":material/download:",
        )
        if layers is not None:
            chosen = {layer: gpd.GeoDataFrame(shapes) for layer, shapes in layers.items()}
            st.download_button(
                "Download the map (GeoPackage)",
                lambda: geopackage_bytes(chosen, notes),
                file_name=f"{name}.gpkg",
                mime="application/geopackage+sqlite3",
                key=f"{key}-gpkg",
                on_click="ignore",
                icon=":material/map:",
            )


def workbook_button(label: str, make: Callable[[], bytes], *, file_name: str, key: str) -> None:
    """Draw the button that downloads a workbook; `make` is called on the click, not before."""
    st.download_button(
        label, make, file_name=file_name, mime=XLSX, key=key, on_click="ignore", icon=":material/table_view:"
    )
