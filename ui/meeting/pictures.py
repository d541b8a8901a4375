"""The pictures of the meeting story: one a step, in type that the back row of a hall can read.

Maps are those of the other pages, drawn larger. Bars are a table with drawn cells: they grow with the window, and who
listens to the page hears the figures.
"""

import math
from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from analysis.reach.need import INDICATORS, ward_values
from analysis.story.figures import MEASURE, PlanFigures, ServiceFigures, StoryFigures
from analysis.travel.streets import piece_times_s
from drawing.palette import (
    FAR,
    FURTHER,
    INK,
    MUTED_INK,
    NOT_WALKABLE,
    TimeBands,
    class_breaks,
    symbol,
    time_bands,
)
from geo.network.modes import LONGEST_WALK_MIN, mode_named
from geo.pack import AreaPack
from ui.kit import resources
from ui.kit.deck import show_map
from ui.kit.maps import area_labels, area_layer, outline_layers, service_layer
from ui.kit.streets import street_time_layer
from ui.kit.view import View, fit_view
from ui.meeting.stage import Stage
from wording.languages import FIRST_LANGUAGE, Words
from wording.numbers import capital
from wording.rounding import shortest, whole
from wording.story import Step, service_words

MAP = "meeting-map"
_KEY_PX, _CREDIT_PX, _BARS_FRAME_PX, _DISC_PX = 34, 34, 90, 13
_BEFORE, _AFTER, _OUT = "var(--reach-before)", "var(--reach-strong)", "var(--reach-out)"
Sign = tuple[str, str]
# So many letters fill the height of a wide screen; the lines below the number are small, and count half.
_LETTERS, _REVIEW_LETTERS = 180, 25


def show_picture(pack: AreaPack, step: Step, figures: StoryFigures, words: Words, stage: Stage) -> None:
    """Draw the picture of a step.

    Parameters
    ----------
    pack
        The area.
    step, figures, words
        The step, the figures it was written from, and the language.
    stage
        How much room there is.
    """
    lead = figures.services[0]
    match step.key:
        case "who":
            _people_map(pack, step, figures, words, stage)
        case "help":
            _services_map(pack, step, figures, words, stage)
        case "far":
            _times_map(pack, step, figures, lead, words, stage)
        case "out":
            title = words.say("screen.too_far", **service_words(lead.item.service, words))
            st.html(out_bars(title, lead, words, stage))
        case "plan" if figures.plan is not None:
            st.html(plan_bars(figures.plan, words, stage))
        case _:
            st.html(numbered(step.title, [text for _, text in step.rows], words))


def _map(
    pack: AreaPack, layers: Sequence[object], step: Step, signs: Sequence[Sign], words: Words, stage: Stage
) -> None:
    view, height = _view(pack, signs, stage)
    alt = f"{step.sentence} " + "; ".join(f"{what}: {figure}" for what, figure in step.rows)
    show_map(
        list(layers),
        view,
        key=MAP,
        basemap=resources.base_map(pack),
        alt=alt,
        height=height,
    )
    st.html(key_html(signs, words, on_map=True))


def _view(pack: AreaPack, signs: Sequence[Sign], stage: Stage) -> tuple[View, int]:
    """Return where the map opens, and its height in pixels, with a key of these signs below it."""
    lines = 2 if stage.stacked or sum(len(text) + 5 for _, text in signs) > 68 else 1
    width, height = stage.picture_px(_KEY_PX * stage.scale * lines + _CREDIT_PX)
    return fit_view(resources.bounds(pack), width_px=width, height_px=height, padding_px=10), height


def _people_map(pack: AreaPack, step: Step, figures: StoryFigures, words: Words, stage: Stage) -> None:
    values = ward_values(pack, INDICATORS[MEASURE], figures.baseline)
    classes = class_breaks(values, n=4)
    signs = [("", words.say("screen.by_ward")), *zip(map(_square, classes.colours), classes.labels, strict=True)]
    layers = [
        area_layer(pack.code, pack.wards, classes.index(values), classes.colours, tips=[""] * len(values)),
        *_chosen(pack, figures),
        _names(pack, figures, signs, stage),
    ]
    _map(pack, layers, step, signs, words, stage)


def _services_map(pack: AreaPack, step: Step, figures: StoryFigures, words: Words, stage: Stage) -> None:
    shown = [service.item.service for service in figures.services]
    places = pd.concat([pack.services_of(service) for service in shown])
    # Only those that the sentence counts, so that who counts along is not misled by those just outside.
    places = places[places["ward"] != ""]
    signs = [(_disc(symbol(name).colour, symbol(name).letters), service_words(name, words)["many"]) for name in shown]
    layers = [
        *outline_layers(pack.code, pack.wards, layer_id="story-every", colour=MUTED_INK, width_px=1),
        *_chosen(pack, figures),
        service_layer(
            pack,
            places,
            list(reversed(shown)),
            radius_px=_DISC_PX * stage.scale,
            tips=service_tips(places, words),
        ),
        _names(pack, figures, signs, stage, places),
    ]
    _map(pack, layers, step, signs, words, stage)


def service_tips(places: pd.DataFrame, words: Words) -> list[str]:
    """Return what a map tells of each place beside its name: its kind, and its address on a line of its own."""
    english = words.code == FIRST_LANGUAGE  # in which the key of every map has its labels
    kinds = {
        name: symbol(name).label if english else capital(service_words(name, words)["one"])
        for name in places["category"].unique()
    }
    return [
        "\n".join(part for part in (kinds[name], ", ".join(filter(None, (address, postcode)))) if part)
        for name, address, postcode in zip(places["category"], places["address"], places["postcode"], strict=True)
    ]


def _beyond(bands: TimeBands, words: Words) -> list[tuple[str, str]]:
    """Signs and words of the bands beyond the threshold that a way leads to."""
    signs = []
    for number, (kind, colour) in enumerate(zip(bands.kinds, bands.colours, strict=True)):
        if kind == FAR:
            twice = words.counted("words.minutes", whole(bands.limits_min[number]))
            signs.append((_line(0.26, colour), words.say("screen.far", twice=twice)))
        elif kind == FURTHER:
            signs.append((_line(0.34, colour), words.say("screen.further")))
        elif kind == NOT_WALKABLE:
            signs.append((_line(0.2, colour), words.say("screen.not_walkable", minutes=shortest(LONGEST_WALK_MIN))))
    return signs


def _times_map(
    pack: AreaPack, step: Step, figures: StoryFigures, lead: ServiceFigures, words: Words, stage: Stage
) -> None:
    item = lead.item
    access = resources.access(pack, item.mode)
    pieces, url = resources.drawn_streets(pack, item.mode)
    times = resources.times_to(pack, item.mode, item.service)
    bands = time_bands(item.threshold_min, on_foot=mode_named(item.mode).on_foot)
    within = words.counted("words.minutes", whole(item.threshold_min))
    signs = [
        (_line(0.18, *bands.colours[:3]), words.say("screen.near", within=within)),
        *_beyond(bands, words),
        (_disc(symbol(item.service).colour, symbol(item.service).letters), service_words(item.service, words)["many"]),
    ]
    places = pack.services_of(item.service)
    layers = [
        street_time_layer(url, bands.index(piece_times_s(access, pieces, times)), bands, inside=pieces.inside),
        *_chosen(pack, figures),
        service_layer(
            pack,
            places,
            [item.service],
            radius_px=_DISC_PX * stage.scale,
            tips=service_tips(places, words),
        ),
        _names(pack, figures, signs, stage, places),
    ]
    _map(pack, layers, step, signs, words, stage)


def _chosen(pack: AreaPack, figures: StoryFigures) -> list[object]:
    wards = pack.wards.loc[list(figures.wards)]
    return list(outline_layers(pack.code, wards, layer_id="story-wards", width_px=3.5))


def _names(
    pack: AreaPack, figures: StoryFigures, signs: Sequence[Sign], stage: Stage, places: pd.DataFrame | None = None
) -> object:
    """Names of the chosen wards, clear of the places; of every ward they would not fit in type of this size."""
    view, _ = _view(pack, signs, stage)
    return area_labels(
        pack.code,
        pack.wards.loc[list(figures.wards)],
        view,
        discs=places,
        disc_px=_DISC_PX * stage.scale,
        layer_id="story-names",
        size_px=round(18 * stage.scale),
    )


def out_bars(title: str, lead: ServiceFigures, words: Words, stage: Stage) -> str:
    """Return the HTML of the share left out in each chosen ward."""
    rows = [
        (str(row["name"]), [(float(row["share_out"]), _OUT)], words.in_ten(float(row["share_out"])))
        for _, row in lead.wards.iterrows()
    ]
    return _bars(title, rows, words, stage)


def plan_bars(plan: PlanFigures, words: Words, stage: Stage) -> str:
    """Return the HTML of the share within reach in each chosen ward, now and with the plan."""
    rows = []
    for _, row in plan.wards.iterrows():
        before, after = float(row["share_before"]), float(row["share_after"])
        said = [words.in_ten(before), words.in_ten(after)]
        same = said[0] == said[1] and abs(after - before) < 0.005
        text = said[0] if same else words.say("screen.change", before=said[0], after=said[1])
        rows.append((str(row["name"]), [(before, _BEFORE), (after, _AFTER)], text))
    signs = [
        (_square(_BEFORE), words.say("screen.now")),
        (_square(_AFTER), words.say("screen.with_plan")),
    ]
    title = words.say("screen.near", within=words.counted("words.minutes", whole(plan.within_min)))
    return _bars(title, rows, words, stage) + key_html(signs, words)


def _bars(title: str, rows: Sequence[tuple[str, Sequence[tuple[float, str]], str]], words: Words, stage: Stage) -> str:
    # A row is as tall as the window allows, so that a few wards fill the screen and many still fit.
    row_px = min(stage.picture_px(_BARS_FRAME_PX * stage.scale)[1] / max(len(rows), 1), 0.1 * stage.height_px)
    size = "1.1rem" if stage.stacked else f"{max(11.0, min(0.64 * row_px, 0.022 * stage.width_px)):.1f}px"
    padding = "" if stage.stacked else f";height:{row_px:.1f}px"
    body = ""
    for name, bars, say in rows:
        height = f"{1.3 / len(bars):.2f}em"
        drawn = "".join(
            f'<div style="width:{max(100 * share, 0.5):.0f}%;height:{height};background:{colour}"></div>'
            for share, colour in bars
        )
        body += (
            f'<tr style="vertical-align:middle{padding}"><th scope="row">{escape(name)}</th>'
            f'<td aria-hidden="true"><div style="background:var(--reach-track)">{drawn}</div></td>'
            f'<td class="say">{escape(say)}</td></tr>'
        )
    table = f'<table style="font-size:{size}"><caption>{escape(title)}</caption>{body}</table>'
    return f'<div class="bars" {in_language(words)}>{table}</div>'


def numbered(title: str, texts: Sequence[str], words: Words) -> str:
    """Return the HTML of a few numbered lines in large type."""
    items = "".join(f'<li data-n="{n}">{escape(text)}</li>' for n, text in enumerate(texts, start=1))
    listed = f'<ol role="list" aria-label="{escape(title)}">{items}</ol>'
    return f'<div class="questions" {in_language(words)}>{listed}</div>'


def behind_html(step: Step, words: Words, room_px: int) -> str:
    """Return the HTML of how a figure was made, with the picture as a table."""
    rows = "".join(f'<tr><th scope="row">{escape(a)}</th><td>{escape(b)}</td></tr>' for a, b in step.rows)
    head = f"<tr><th>{escape(words.say('screen.figure'))}</th><th>{escape(words.say('screen.value'))}</th></tr>"
    table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" if rows and step.key != "ask" else ""
    title = escape(words.say("screen.how_title"))
    return (
        f'<div class="behind" {in_language(words)} role="region" aria-label="{title}" tabindex="0" '
        f'style="max-height:{room_px}px">'
        f'<h2>{title}</h2><p dir="auto">{escape(step.how)}</p>{table}</div>'
    )


def step_html(step: Step, words: Words, review: str) -> str:
    """Return the HTML of a step's words; :func:`said` is what is read out of it."""
    note = f'<p dir="auto" class="review" {in_language(words)}>{escape(review)}</p>' if review else ""
    letters = len(step.sentence) + len(step.number_means) / 2 + (_REVIEW_LETTERS if review else 0)
    fit = min(1.0, math.sqrt(_LETTERS / letters))  # twice the letters need half the area for each
    return (
        f'<section class="story" {in_language(words)} style="--fit:{fit:.3f}"><h1>{escape(step.title)}</h1>'
        f'<p class="sentence">{escape(step.sentence)}</p><p class="number"><bdi>{escape(step.number)}</bdi></p>'
        f'<p class="means">{escape(step.number_means)}</p>{note}</section>'
    )


def said(step: Step) -> str:
    """Return what is read out when a step comes on."""
    return f"{step.title}. {step.sentence} {step.number}: {step.number_means}"


def note_html(step: Step, words: Words, more: Sequence[str] = ()) -> str:
    """Return the HTML of the speaker's note, and of what else only the speaker needs to know."""
    texts = "".join(f'<p dir="auto">{escape(text)}</p>' for text in (step.note, *more))
    return f"<div {in_language(words)}><p><strong>{escape(step.title)}</strong></p>{texts}</div>"


def key_html(signs: Sequence[Sign], words: Words, *, on_map: bool = False) -> str:
    """Return the HTML of a key in large type: a sign and words for each; that of a map is light, as the map is."""
    items = "".join(f"<li>{sign}{escape(text)}</li>" for sign, text in signs)
    kind = "hall-key on-map" if on_map else "hall-key"
    return f'<ul class="{kind}" role="list" {in_language(words)}>{items}</ul>'


def in_language(words: Words) -> str:
    """Return the attributes of HTML that tell its language, and the direction that it is written in."""
    return f'lang="{words.code}" dir="{words.direction}"'


def _square(colour: str) -> str:
    style = f"width:1.1em;height:1.1em;background:{colour};border:1px solid {INK};flex:none"
    return f'<span aria-hidden="true" class="keeps-colour" style="{style}"></span>'


def _line(width_em: float, *colours: str) -> str:
    """Draw a piece of street: of one colour, or of several, one after the other."""
    pieces = "".join(f'<span style="flex:1;border-top:{width_em}em solid {colour}"></span>' for colour in colours)
    style = "width:1.6em;display:inline-flex;flex:none"
    return f'<span aria-hidden="true" class="keeps-colour" style="{style}">{pieces}</span>'


def _disc(colour: str, letters: str) -> str:
    style = (
        f"width:1.5em;height:1.5em;border-radius:50%;background:{colour};color:#fff;font-size:.85em;font-weight:700;"
        "display:inline-grid;place-items:center;flex:none"
    )
    return f'<span aria-hidden="true" class="keeps-colour" style="{style}">{escape(letters)}</span>'
