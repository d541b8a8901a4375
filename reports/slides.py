"""The meeting story as slides, with text, tables and charts that can be edited."""

import io
import math
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from analysis.reach.need import INDICATORS, ward_values
from analysis.reach.reach import groups_of
from analysis.scenario.lab import Effect
from analysis.shown import SHARE_DECIMALS, as_shown, row_of, rows_of
from analysis.story.figures import StoryFigures, story_figures
from drawing.bitmap import to_png
from drawing.legend import Swatch
from drawing.palette import INK, MUTED_INK, TARGET_COLOUR, class_breaks, symbol
from geo.errors import InputError
from geo.measures import MEASURES
from reports.facts import Facts
from reports.office import steady
from reports.pictures import Picture, choropleth, sites_picture, streets_picture
from wording.dates import date_words
from wording.gaps import service_label
from wording.languages import FIRST_LANGUAGE, Words, read_words
from wording.numbers import listed, no_figure, people, percent
from wording.particulars import map_credit
from wording.reports import licence_words, method_words, pack_words
from wording.rounding import minutes_cell, shortest
from wording.story import Step, Story, service_words, story

WIDTH_IN, HEIGHT_IN = 13.333, 7.5
_PICTURE_MM = (176.0, 112.0)
_FONT = "Arial"
_NAME_PT = 10.0
_LEFT_IN, _RIGHT_IN = 0.6, 6.0
_BEFORE, _AFTER = "#6BACE6", TARGET_COLOUR


def meeting_slides(
    facts: Facts,
    made_on: date,
    *,
    services: Sequence[str] = (),
    wards: Sequence[str] = (),
    effect: Effect | None = None,
    language: str = "en",
) -> bytes:
    """Make the slides of the story.

    Parameters
    ----------
    facts
        The area.
    made_on
        Date that is written on them.
    services
        What the story is about, above all the first; the service that reports begin with when empty.
    wards
        Codes of the wards that it is about; the target wards when empty.
    effect
        The effect of the plan; without one, the story says that there is no plan.
    language
        Code of a language in which the project has its words.

    Returns
    -------
    A ``.pptx``.

    Raises
    ------
    InputError
        When the package that writes slides is not installed.
    UnknownNameError
        When a service, ward or language is unknown.
    """
    words = read_words(language)
    survey = facts.survey
    times = {name: survey.seconds[survey.row(name)] for name in services or [facts.lead]}
    readings = {(other.reading.service, other.reading.name): other.seconds for other in survey.others}
    figures = story_figures(facts.pack, facts.survey.basket, times, wards=wards, effect=effect, readings_s=readings)
    shares = pd.DataFrame() if effect is None else rows_of(effect.by_area, "children_0_3", "measure")
    return _Deck(facts, figures, words, shares).made(story(figures, words), made_on)


class _Deck:
    """A presentation that is being made."""

    def __init__(self, facts: Facts, figures: StoryFigures, words: Words, plan_shares: pd.DataFrame) -> None:
        try:
            import pptx
        except ImportError as error:
            raise InputError(
                f'slides need the package python-pptx ({error}): pip install "service-reach[reports]"'
            ) from error
        self.facts, self.figures, self.words, self.plan_shares = facts, figures, words, plan_shares
        self.text = _Writer(words.code)
        self.deck: Any = pptx.Presentation()
        self.deck.slide_width, self.deck.slide_height = pptx.util.Inches(WIDTH_IN), pptx.util.Inches(HEIGHT_IN)

    def made(self, told: Story, made_on: date) -> bytes:
        properties = self.deck.core_properties
        properties.title = f"{told.area}: {told.steps[0].title}"
        properties.author, properties.language = "Service Reach", told.language
        for number, step in enumerate(told.steps, start=1):
            self._step(step, number, len(told.steps), told.review)
        self._table_slide()
        self._credits(made_on)
        out = io.BytesIO()
        self.deck.save(out)
        return steady(out.getvalue(), made_on)

    def _slide(self, title: str, text: "_Writer | None" = None) -> Any:
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[5])  # title only
        shape = slide.shapes.title
        shape.left, shape.top, shape.width, shape.height = _box(_LEFT_IN, 0.35, WIDTH_IN - 2 * _LEFT_IN, 0.85)
        (text or self.text).write(shape.text_frame, [(title, 34, True, TARGET_COLOUR)])
        return slide

    def _step(self, step: Step, number: int, of: int, review: str) -> None:
        slide = self._slide(step.title)
        wide = 5.15
        text = slide.shapes.add_textbox(*_box(_LEFT_IN, 1.35, wide, 2.5)).text_frame
        self.text.write(text, [(step.sentence, 26, False, INK)])
        figure = slide.shapes.add_textbox(*_box(_LEFT_IN, 3.95, wide, 1.9)).text_frame
        size = 60 if len(step.number) <= 9 else 44 if len(step.number) <= 14 else 36
        self.text.write(figure, [(step.number, size, True, TARGET_COLOUR), (step.number_means, 20, False, INK)])
        foot = slide.shapes.add_textbox(*_box(_LEFT_IN, 6.85, WIDTH_IN - 2 * _LEFT_IN, 0.4)).text_frame
        self.text.write(foot, [(f"{number} / {of}   {review}".rstrip(), 12, False, MUTED_INK)])
        self._picture(slide, step)
        notes = slide.notes_slide.notes_text_frame
        notes.text = f"{step.note}\n\n{step.how}"
        told = self.words.has_own(f"steps.{step.key}.note") and self.words.has_own(f"steps.{step.key}.how")
        _spoken(notes, self.words.code if told else FIRST_LANGUAGE)

    def _picture(self, slide: Any, step: Step) -> None:
        pack, lead, plan = self.facts.pack, self.figures.services[0], self.figures.plan
        size: dict[str, float] = {"width_mm": _PICTURE_MM[0], "height_mm": _PICTURE_MM[1], "name_pt": _NAME_PT}
        match step.key:
            case "who":
                indicator = INDICATORS["children_0_3"]
                values = ward_values(pack, indicator, self.figures.baseline)
                classes = class_breaks(values.to_numpy(), fmt=lambda value: people(as_shown(value)))
                self._map(slide, step, choropleth(pack, classes, values, **size, what=indicator.label))
            case "help":
                services = [service.item.service for service in self.figures.services]
                self._map(slide, step, sites_picture(pack, services, **size))
            case "far":
                self._map(slide, step, streets_picture(self.facts, **size, service=lead.item.service))
            case "out":
                rows = lead.wards.iloc[::-1]
                shares = self.facts.gaps.services["share_within"].xs(lead.item.service, level="service")
                series = {step.title: _shown(1.0 - shares.reindex(rows.index))}
                _bars(slide, rows["name"].astype(str).tolist(), series, (TARGET_COLOUR,), _alt(step), self.words.code)
            case "plan" if plan is not None:
                rows = plan.wards.iloc[::-1]
                shown = self.plan_shares.reindex(rows.index)
                now, then = self.words.say("screen.now"), self.words.say("screen.with_plan")
                series = {
                    then: _shown(shown["share_after"]),
                    now: _shown(shown["share_before"]),
                }
                _bars(slide, rows["name"].astype(str).tolist(), series, (_AFTER, _BEFORE), _alt(step), self.words.code)
            case _:
                self._numbered(slide, [text for _, text in step.rows])

    def _numbered(self, slide: Any, texts: list[str]) -> None:
        frame = slide.shapes.add_textbox(*_box(_RIGHT_IN, 1.45, 6.8, 4.5)).text_frame
        self.text.write(
            frame, [(f"{n}.  {text}", 28, False, INK) for n, text in enumerate(texts, start=1)], after_pt=18
        )

    def _map(self, slide: Any, step: Step, picture: Picture) -> None:
        width, height = _PICTURE_MM
        wide = WIDTH_IN - _RIGHT_IN - 0.45
        tall = wide * height / width
        left, top, width_emu, height_emu = _box(_RIGHT_IN, 1.35, wide, tall)
        shape = slide.shapes.add_picture(
            io.BytesIO(to_png(picture.svg, width, height)), left, top, width_emu, height_emu
        )
        _describe(shape, _alt(step))
        low = self._key(slide, picture.key, 1.35 + tall + 0.08)
        # On the slide itself, because people copy single slides.
        credit = slide.shapes.add_textbox(*_box(_RIGHT_IN - 0.1, low, wide + 0.2, 0.3)).text_frame
        _ENGLISH.write(credit, [(map_credit(self.facts.pack), 11, False, MUTED_INK)])

    def _key(self, slide: Any, key: Sequence[Swatch], top: float) -> float:
        """Draw the key of a map as shapes with words beside them, and return where it ends."""
        from pptx.enum.shapes import MSO_SHAPE

        left, row = _RIGHT_IN, 0
        for swatch in key:
            words, own = self._key_words(swatch)
            disc = swatch.kind == "disc"
            wide = 0.6 + 0.092 * len(words)
            if left + wide > WIDTH_IN - 0.3:
                left, row = _RIGHT_IN, row + 1
            across, high = (0.24, 0.24) if disc else (0.3, 0.07 if swatch.kind == "line" else 0.17)
            y = top + 0.3 * row + 0.15
            kind = MSO_SHAPE.OVAL if disc else MSO_SHAPE.RECTANGLE
            shape = slide.shapes.add_shape(kind, *_box(left, y - high / 2, across, high))
            shape.shadow.inherit = False
            shape.fill.solid()
            shape.fill.fore_color.rgb = _colour("#FFFFFF" if swatch.kind == "outline" else swatch.colour)
            shape.line.color.rgb = _colour(swatch.colour if swatch.kind != "area" else MUTED_INK)
            if disc:
                frame = shape.text_frame
                frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
                _ENGLISH.write(frame, [(swatch.letters, 8, True, swatch.ink)], centred=True)
            text = slide.shapes.add_textbox(*_box(left + across, y - 0.17, wide - across, 0.3)).text_frame
            (self.text if own else _ENGLISH).write(text, [(words, 12, False, INK)])
            left += wide
        return top + 0.3 * (row + 1) + 0.02

    def _key_words(self, swatch: Swatch) -> tuple[str, bool]:
        """Return the words of a swatch, in the language of the slides if they exist, and whether they do."""
        own = self.words.code != FIRST_LANGUAGE
        for service in self.figures.services if own and swatch.kind == "disc" else ():
            if symbol(service.item.service).label == swatch.words:
                return service_words(service.item.service, self.words)["many"], True
        return swatch.words, not own

    def _table_slide(self) -> None:
        """All figures of the wards that the story is about, as a table that can be edited."""
        slide = self._slide(f"{self.facts.pack.name}, ward by ward", _ENGLISH)
        services = [service.item for service in self.figures.services]
        heads = ["", MEASURES[self.facts.measure].label]
        for item in services:
            label = service_label(item.service)
            heads += [f"{label}: within {shortest(item.threshold_min)} min", f"{label}: half live within, min"]
        groups = groups_of(self.facts.pack)
        codes = [*self.figures.wards, *groups]
        table = slide.shapes.add_table(len(codes) + 1, len(heads), *_box(_LEFT_IN, 1.35, WIDTH_IN - 1.2, 0.3)).table
        for column, head in enumerate(heads):
            _cell(table.cell(0, column), head, bold=True, heading=True, figure=column > 0)
        for row, code in enumerate(codes, start=1):
            name = str(row_of(self.facts.gaps.isolation.areas, code)["name"])
            cells = [name, people(self.facts.gaps.totals.shown[code])]
            for item in services:
                own = row_of(self.facts.gaps.services, (code, item.service))
                cells += [
                    percent(own["share_within"]),
                    minutes_cell(float(own["median_min"]), 1),
                ]
            for column, text in enumerate(cells):
                bold = code in groups
                _cell(table.cell(row, column), text, bold=bold, figure=column > 0)

    def _credits(self, made_on: date) -> None:
        slide = self._slide(self.words.say("screen.how_title"))
        frame = slide.shapes.add_textbox(*_box(_LEFT_IN, 1.35, WIDTH_IN - 2 * _LEFT_IN, 5.5)).text_frame
        lines = [(text, 15, False, INK) for text in method_words(self.facts.survey, self.facts.baseline)]
        lines += [
            (licence_words(self.facts.pack), 11, False, INK),
            (f"{pack_words(self.facts.pack)}, {date_words(made_on)}", 11, False, MUTED_INK),
        ]
        _ENGLISH.write(frame, lines, after_pt=8)


def _box(left: float, top: float, width: float, height: float) -> tuple[Any, Any, Any, Any]:
    from pptx.util import Inches

    return Inches(left), Inches(top), Inches(width), Inches(height)


def _colour(text: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(text.removeprefix("#"))


class _Writer:
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
            run.font.size, run.font.bold, run.font.name = Pt(size), bold, _FONT
            run.font.color.rgb = _colour(colour)
        _spoken(frame, self.language)


_ENGLISH = _Writer(FIRST_LANGUAGE)


def _spoken(frame: Any, language: str) -> None:
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


def _alt(step: Step) -> str:
    """Return the text alternative for the picture of a step, in the language of the story: sentence and figures."""
    return " ".join([step.sentence, "; ".join(f"{what}: {figure}" for what, figure in step.rows)]).strip()


def _cell(cell: Any, text: str, *, bold: bool, heading: bool = False, figure: bool = False) -> None:
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    cell.text = text
    if heading:
        cell.fill.solid()
        cell.fill.fore_color.rgb = _colour(TARGET_COLOUR)
    _spoken(cell.text_frame, FIRST_LANGUAGE)
    for paragraph in cell.text_frame.paragraphs:
        paragraph.alignment = PP_ALIGN.RIGHT if figure else PP_ALIGN.LEFT
        for run in paragraph.runs:
            run.font.size, run.font.bold, run.font.name = Pt(15), bold, _FONT


def _describe(shape: Any, alt: str) -> None:
    """Give a picture or chart its text alternative."""
    for element in shape._element.iter():
        if element.tag.endswith("}cNvPr"):
            element.set("descr", alt)
            return


def _bars(
    slide: Any,
    names: list[str],
    series: dict[str, list[float | None]],
    colours: Sequence[str],
    alt: str,
    language: str,
) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
    from pptx.util import Pt

    data = CategoryChartData(number_format="0%")
    data.categories = names
    for name, values in series.items():
        data.add_series(name, values)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *_box(_RIGHT_IN, 1.3, 6.9, 5.4), data)
    _describe(frame, alt)
    chart = frame.chart
    chart.has_title, chart.has_legend = False, len(series) > 1
    chart.font.size, chart.font.name = Pt(16), _FONT
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
        note = slide.shapes.add_textbox(*_box(_RIGHT_IN, 6.55, 6.9, 0.3)).text_frame
        _ENGLISH.write(note, [(f"{listed(few[::-1])}: {no_figure()}", 12, False, MUTED_INK)])
    for line, colour in zip(plot.series, colours, strict=False):
        line.format.fill.solid()
        line.format.fill.fore_color.rgb = _colour(colour)


def _shown(shares: pd.Series) -> list[float | None]:
    """Return shares for a chart: None where nobody lives."""
    return [None if math.isnan(share) else round(float(share), SHARE_DECIMALS) for share in shares]
