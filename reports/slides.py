"""The meeting story as slides, with text, tables and charts that can be edited."""

import io
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import pandas as pd

from analysis.reach.added import Added, most
from analysis.reach.need import INDICATORS, ward_values
from analysis.reach.reach import groups_of
from analysis.scenario.lab import Effect
from analysis.shown import as_shown, row_of, rows_of
from analysis.story.figures import StoryFigures, story_figures
from analysis.travel.transit import timing_of
from drawing.bitmap import to_png
from drawing.legend import Swatch
from drawing.palette import INK, MUTED_INK, TARGET_COLOUR, class_breaks, symbol
from geo.errors import InputError
from geo.measures import MEASURES
from reports.facts import Facts
from reports.office import steady
from reports.pictures import Picture, choropleth, sites_picture, streets_picture
from reports.slide_parts import (
    ENGLISH,
    LEFT_IN,
    RIGHT_IN,
    Writer,
    bars,
    box,
    colour_of,
    describe,
    shown_values,
    spoken,
    write_cell,
)
from wording.dates import date_words
from wording.gaps import service_label
from wording.languages import FIRST_LANGUAGE, Words, read_words
from wording.numbers import people, percent
from wording.particulars import map_credit
from wording.reports import licence_words, method_words, pack_words
from wording.rides import rides_heads, rides_message, rides_notes, rides_number, rides_title, rides_when, rides_words
from wording.rounding import minutes_cell, shortest
from wording.story import Step, Story, service_words, story
from wording.transit import missing_words, status_notes

WIDTH_IN, HEIGHT_IN = 13.333, 7.5
_PICTURE_MM = (176.0, 112.0)
_NAME_PT = 10.0
_MOST_WARDS, _MOST_ROWS = 6, 14
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
    about = [facts.added[name] for name in services if name in facts.added] if services else facts.added.values()
    return _Deck(facts, figures, words, shares, most(about)).made(story(figures, words), made_on)


class _Deck:
    """A presentation that is being made."""

    def __init__(
        self, facts: Facts, figures: StoryFigures, words: Words, plan_shares: pd.DataFrame, added: Added | None
    ) -> None:
        try:
            import pptx
        except ImportError as error:
            raise InputError(
                f'slides need the package python-pptx ({error}): pip install "service-reach[reports]"'
            ) from error
        self.facts, self.figures, self.words, self.plan_shares = facts, figures, words, plan_shares
        self.added = added
        self.text = Writer(words.code)
        self.deck: Any = pptx.Presentation()
        self.deck.slide_width, self.deck.slide_height = pptx.util.Inches(WIDTH_IN), pptx.util.Inches(HEIGHT_IN)

    def made(self, told: Story, made_on: date) -> bytes:
        properties = self.deck.core_properties
        properties.title = f"{told.area}: {told.steps[0].title}"
        properties.author, properties.language = "Service Reach", told.language
        for number, step in enumerate(told.steps, start=1):
            self._step(step, number, len(told.steps), told.review)
        if self.added is not None and self.added.more > 0:
            self._rides_slide(self.added)
        self._table_slides()
        self._credits(made_on)
        out = io.BytesIO()
        self.deck.save(out)
        return steady(out.getvalue(), made_on)

    def _slide(self, title: str, text: "Writer | None" = None) -> Any:
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[5])  # title only
        shape = slide.shapes.title
        shape.left, shape.top, shape.width, shape.height = box(LEFT_IN, 0.35, WIDTH_IN - 2 * LEFT_IN, 0.85)
        (text or self.text).write(shape.text_frame, [(title, 34, True, TARGET_COLOUR)])
        return slide

    def _step(self, step: Step, number: int, of: int, review: str) -> None:
        slide = self._slide(step.title)
        wide = 5.15
        text = slide.shapes.add_textbox(*box(LEFT_IN, 1.35, wide, 2.5)).text_frame
        self.text.write(text, [(step.sentence, 26, False, INK)])
        figure = slide.shapes.add_textbox(*box(LEFT_IN, 3.95, wide, 1.9)).text_frame
        size = 60 if len(step.number) <= 9 else 44 if len(step.number) <= 14 else 36
        self.text.write(figure, [(step.number, size, True, TARGET_COLOUR), (step.number_means, 20, False, INK)])
        foot = slide.shapes.add_textbox(*box(LEFT_IN, 6.85, WIDTH_IN - 2 * LEFT_IN, 0.4)).text_frame
        self.text.write(foot, [(f"{number} / {of}   {review}".rstrip(), 12, False, MUTED_INK)])
        self._picture(slide, step)
        notes = slide.notes_slide.notes_text_frame
        notes.text = f"{step.note}\n\n{step.how}"
        told = self.words.has_own(f"steps.{step.key}.note") and self.words.has_own(f"steps.{step.key}.how")
        spoken(notes, self.words.code if told else FIRST_LANGUAGE)

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
                series = {step.title: shown_values(1.0 - shares.reindex(rows.index))}
                bars(slide, rows["name"].astype(str).tolist(), series, (TARGET_COLOUR,), _alt(step), self.words.code)
            case "plan" if plan is not None:
                rows = plan.wards.iloc[::-1]
                shown = self.plan_shares.reindex(rows.index)
                now, then = self.words.say("screen.now"), self.words.say("screen.with_plan")
                series = {
                    then: shown_values(shown["share_after"]),
                    now: shown_values(shown["share_before"]),
                }
                bars(slide, rows["name"].astype(str).tolist(), series, (_AFTER, _BEFORE), _alt(step), self.words.code)
            case _:
                self._numbered(slide, [text for _, text in step.rows])

    def _numbered(self, slide: Any, texts: list[str]) -> None:
        frame = slide.shapes.add_textbox(*box(RIGHT_IN, 1.45, 6.8, 4.5)).text_frame
        self.text.write(
            frame, [(f"{n}.  {text}", 28, False, INK) for n, text in enumerate(texts, start=1)], after_pt=18
        )

    def _map(self, slide: Any, step: Step, picture: Picture) -> None:
        width, height = _PICTURE_MM
        wide = WIDTH_IN - RIGHT_IN - 0.45
        tall = wide * height / width
        left, top, width_emu, height_emu = box(RIGHT_IN, 1.35, wide, tall)
        shape = slide.shapes.add_picture(
            io.BytesIO(to_png(picture.svg, width, height)), left, top, width_emu, height_emu
        )
        describe(shape, _alt(step))
        low = self._key(slide, picture.key, 1.35 + tall + 0.08)
        # On the slide itself, because people copy single slides.
        credit = slide.shapes.add_textbox(*box(RIGHT_IN - 0.1, low, wide + 0.2, 0.3)).text_frame
        ENGLISH.write(credit, [(map_credit(self.facts.pack), 11, False, MUTED_INK)])

    def _key(self, slide: Any, key: Sequence[Swatch], top: float) -> float:
        """Draw the key of a map as shapes with words beside them, and return where it ends."""
        from pptx.enum.shapes import MSO_SHAPE

        left, row = RIGHT_IN, 0
        for swatch in key:
            words, own = self._key_words(swatch)
            disc = swatch.kind == "disc"
            wide = 0.6 + 0.092 * len(words)
            if left + wide > WIDTH_IN - 0.3:
                left, row = RIGHT_IN, row + 1
            across, high = (0.24, 0.24) if disc else (0.3, 0.07 if swatch.kind == "line" else 0.17)
            y = top + 0.3 * row + 0.15
            kind = MSO_SHAPE.OVAL if disc else MSO_SHAPE.RECTANGLE
            shape = slide.shapes.add_shape(kind, *box(left, y - high / 2, across, high))
            shape.shadow.inherit = False
            shape.fill.solid()
            shape.fill.fore_color.rgb = colour_of("#FFFFFF" if swatch.kind == "outline" else swatch.colour)
            shape.line.color.rgb = colour_of(swatch.colour if swatch.kind != "area" else MUTED_INK)
            if disc:
                frame = shape.text_frame
                frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
                ENGLISH.write(frame, [(swatch.letters, 8, True, swatch.ink)], centred=True)
            text = slide.shapes.add_textbox(*box(left + across, y - 0.17, wide - across, 0.3)).text_frame
            (self.text if own else ENGLISH).write(text, [(words, 12, False, INK)])
            left += wide
        return top + 0.3 * (row + 1) + 0.02

    def _key_words(self, swatch: Swatch) -> tuple[str, bool]:
        """Return the words of a swatch, in the language of the slides if they exist, and whether they do."""
        own = self.words.code != FIRST_LANGUAGE
        for service in self.figures.services if own and swatch.kind == "disc" else ():
            if symbol(service.item.service).label == swatch.words:
                return service_words(service.item.service, self.words)["many"], True
        return swatch.words, not own

    def _rides_slide(self, added: Added) -> None:
        """Say what buses and trains add for one service, and show the wards that gain most."""
        pack, wide = self.facts.pack, 5.15
        slide = self._slide(rides_title(pack, added), ENGLISH)
        text = slide.shapes.add_textbox(*box(LEFT_IN, 1.35, wide, 2.9)).text_frame
        message = rides_message(pack, added, self.facts.measure)
        ENGLISH.write(text, [(message, 24, False, INK)])
        figure = slide.shapes.add_textbox(*box(LEFT_IN, 4.35, wide, 1.9)).text_frame
        number, means = rides_number(added, self.facts.measure)
        ENGLISH.write(figure, [(number, 60, True, TARGET_COLOUR), (means, 20, False, INK)])
        wards = added.wards_by_more
        codes = wards.index[wards["more"] > 0][:_MOST_WARDS][::-1]
        walking, riding = rides_heads(pack, added)
        series = {
            riding: shown_values(added.riding.rows["share"][codes]),
            walking: shown_values(added.on_foot.rows["share"][codes]),
        }
        names = pack.wards["name"][codes].astype(str).tolist()
        bars(slide, names, series, (_AFTER, _BEFORE), message, FIRST_LANGUAGE)
        timing = timing_of(added.mode)
        told = " ".join([rides_when(added), *status_notes(pack, timing), *missing_words(pack)])
        foot = slide.shapes.add_textbox(*box(LEFT_IN, 6.65, WIDTH_IN - 2 * LEFT_IN, 0.7)).text_frame
        ENGLISH.write(foot, [(told, 12, False, MUTED_INK)])
        notes = slide.notes_slide.notes_text_frame
        notes.text = " ".join([*rides_words(self.facts.added, added), *rides_notes(pack, added), *missing_words(pack)])
        spoken(notes, FIRST_LANGUAGE)

    def _table_slides(self) -> None:
        """All figures of the wards that the story is about, as tables that can be edited and fit on their slides."""
        groups = groups_of(self.facts.pack)
        codes = [*self.figures.wards, *groups]
        for start in range(0, len(codes), _MOST_ROWS):
            self._table(codes[start : start + _MOST_ROWS], groups)

    def _table(self, codes: Sequence[str], groups: Collection[str]) -> None:
        slide = self._slide(f"{self.facts.pack.name}, ward by ward", ENGLISH)
        services = [service.item for service in self.figures.services]
        heads = ["", MEASURES[self.facts.measure].label]
        for item in services:
            label = service_label(item.service)
            heads += [f"{label}: within {shortest(item.threshold_min)} min", f"{label}: half live within, min"]
        table = slide.shapes.add_table(len(codes) + 1, len(heads), *box(LEFT_IN, 1.35, WIDTH_IN - 1.2, 0.3)).table
        for column, head in enumerate(heads):
            write_cell(table.cell(0, column), head, bold=True, heading=True, figure=column > 0)
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
                write_cell(table.cell(row, column), text, bold=bold, figure=column > 0)

    def _credits(self, made_on: date) -> None:
        slide = self._slide(self.words.say("screen.how_title"))
        frame = slide.shapes.add_textbox(*box(LEFT_IN, 1.35, WIDTH_IN - 2 * LEFT_IN, 5.5)).text_frame
        lines = [(text, 15, False, INK) for text in method_words(self.facts.survey, self.facts.baseline)]
        lines += [
            (licence_words(self.facts.pack), 11, False, INK),
            (f"{pack_words(self.facts.pack)}, {date_words(made_on)}", 11, False, MUTED_INK),
        ]
        ENGLISH.write(frame, lines, after_pt=8)


def _alt(step: Step) -> str:
    """Return the text alternative for the picture of a step, in the language of the story: sentence and figures."""
    return " ".join([step.sentence, "; ".join(f"{what}: {figure}" for what, figure in step.rows)]).strip()
