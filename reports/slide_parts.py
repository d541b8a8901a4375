"""Parts of a slide: text marked with its language, pictures with a text alternative, tables and charts."""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import pandas as pd

from analysis.shown import SHARE_DECIMALS
from drawing.palette import MUTED_INK, TARGET_COLOUR
from wording.languages import FIRST_LANGUAGE, read_words
from wording.numbers import listed, no_figure

FONT = "Arial"
LEFT_IN, RIGHT_IN = 0.6, 6.0


def box(left: float, top: float, width: float, height: float) -> tuple[Any, Any, Any, Any]:
    """Return a place on a slide, given in inches, as the package that writes slides counts."""
    from pptx.util import Inches

    return Inches(left), Inches(top), Inches(width), Inches(height)


def colour_of(text: str) -> Any:
    """Return a colour such as ``"#12436D"`` as the package that writes slides has it."""
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(text.removeprefix("#"))


class Writer:
    """Writes text marked with its language, for screen readers and spelling checkers."""

    def __init__(self, language: str) -> None:
        self.language = language

    def write(
        self, frame: Any, lines: Sequence[tuple[str, int, bool, str]], *, after_pt: int = 2, centred: bool = False
    ) -> None:
        """Write paragraphs of text, size in points, whether bold, and colour."""
        from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
        from pptx.util import Pt

        frame.word_wrap = not centred
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE if centred else MSO_ANCHOR.TOP
        for number, (text, size, bold, colour) in enumerate(lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.alignment = PP_ALIGN.CENTER if centred else PP_ALIGN.LEFT
            paragraph.space_after = Pt(after_pt)
            run = paragraph.add_run()
            run.text = text
            run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
            run.font.color.rgb = colour_of(colour)
        spoken(frame, self.language)


ENGLISH = Writer(FIRST_LANGUAGE)


def spoken(frame: Any, language: str) -> None:
    """Mark every run of text in a frame with its language; English means British English.

    A language that is written from right to left has its paragraphs in that direction, too.
    """
    leftwards = _direction(language) == "rtl"
    for paragraph in frame.paragraphs:
        if leftwards:
            properties = paragraph._p.get_or_add_pPr()
            properties.set("rtl", "1")
            if properties.get("algn") != "ctr":
                properties.set("algn", "r")
        for run in paragraph.runs:
            run._r.get_or_add_rPr().set("lang", "en-GB" if language == FIRST_LANGUAGE else language)


@cache
def _direction(language: str) -> str:
    return read_words(language).direction


def write_cell(cell: Any, text: str, *, bold: bool, heading: bool = False, figure: bool = False) -> None:
    """Write an English text into a cell of a table: a figure to the right, a heading on a ground of its own."""
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    cell.text = text
    if heading:
        cell.fill.solid()
        cell.fill.fore_color.rgb = colour_of(TARGET_COLOUR)
    spoken(cell.text_frame, FIRST_LANGUAGE)
    for paragraph in cell.text_frame.paragraphs:
        paragraph.alignment = PP_ALIGN.RIGHT if figure else PP_ALIGN.LEFT
        for run in paragraph.runs:
            run.font.size, run.font.bold, run.font.name = Pt(15), bold, FONT


def describe(shape: Any, alt: str) -> None:
    """Give a picture or chart its text alternative."""
    for element in shape._element.iter():
        if element.tag.endswith("}cNvPr"):
            element.set("descr", alt)
            return


def bars(
    slide: Any,
    names: list[str],
    series: dict[str, list[float | None]],
    colours: Sequence[str],
    alt: str,
    language: str,
) -> None:
    """Draw a chart of bars that can be edited, in the right half of a slide.

    Parameters
    ----------
    slide
        Where to.
    names
        Names of the bars, the lowest first.
    series
        Shares by what they are, one for each name; None where there is no figure.
    colours
        One for each series.
    alt
        Text alternative.
    language
        Code of the language of `names`.
    """
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
    from pptx.util import Pt

    data = CategoryChartData(number_format="0%")
    data.categories = names
    for name, values in series.items():
        data.add_series(name, values)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box(RIGHT_IN, 1.3, 6.9, 5.4), data)
    describe(frame, alt)
    chart = frame.chart
    chart.has_title, chart.has_legend = False, len(series) > 1
    chart.font.size, chart.font.name = Pt(16), FONT
    chart.font._rPr.set("lang", "en-GB" if language == FIRST_LANGUAGE else language)
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    axis = chart.value_axis
    axis.minimum_scale, axis.maximum_scale, axis.visible, axis.has_major_gridlines = 0, 1, False, False
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels = 45, True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "0%", False
    plot.data_labels.font.size = Pt(15)
    # A missing value must not look like a value of 0.
    few = [name for at, name in enumerate(names) if any(values[at] is None for values in series.values())]
    if few:
        note = slide.shapes.add_textbox(*box(RIGHT_IN, 6.55, 6.9, 0.3)).text_frame
        ENGLISH.write(note, [(f"{listed(few[::-1])}: {no_figure()}", 12, False, MUTED_INK)])
    for line, colour in zip(plot.series, colours, strict=False):
        line.format.fill.solid()
        line.format.fill.fore_color.rgb = colour_of(colour)


def shown_values(shares: pd.Series) -> list[float | None]:
    """Return shares for a chart: None where nobody lives."""
    return [None if math.isnan(share) else round(float(share), SHARE_DECIMALS) for share in shares]
