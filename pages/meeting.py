"""Meeting page: the story for a room of people, one message a screen, and answers to single families."""

from html import escape
from urllib.parse import urlsplit

import streamlit as st

from analysis.gaps.bands import lead_of
from analysis.reach.basket import read_basket
from analysis.reach.no_data import with_data
from analysis.scenario.lab import Effect
from analysis.story.figures import story_figures
from analysis.travel.access import modes_of
from geo.errors import ReachError
from geo.pack import AreaPack
from reports.files import report_date
from reports.offers import slides_offer
from ui.kit import controls, resources
from ui.kit.area import in_lasting_area
from ui.kit.deck import show_map
from ui.kit.finding import place_bounds
from ui.kit.ground import ground_layer
from ui.kit.keyed import step_held
from ui.kit.links import app_address, only_here, page_address, short_link
from ui.kit.looks import no_maps_html
from ui.kit.maps import outline_layers, service_layer, settlement_labels
from ui.kit.page import open_shown, part, show_error
from ui.kit.pin import pin_control, pin_layers
from ui.kit.points import homes_layer
from ui.kit.report_buttons import report_buttons
from ui.kit.session import Session, session, went_back
from ui.kit.timetable import mode_choice
from ui.kit.view import fit_view
from ui.meeting.about import (
    About,
    about_panel,
    language_switch,
)
from ui.meeting.pictures import behind_html, in_language, note_html, said, service_tips, show_picture, step_html
from ui.meeting.share import no_link_html, share_html, story_link
from ui.meeting.stage import CSS, Stage, full_screen_button, mirrored_html, read_stage
from ui.travel.journeys import here_layers, journey_panel, take_place_click, take_postcode
from wording.languages import Words, read_words
from wording.scenario import travelling
from wording.story import Story, story


def turn(by: int, steps: list[str]) -> None:
    """Move forward by that many of these steps, and return to the picture."""
    here = step_held(session.steps_turned).get()
    at = 0 if here is None or here not in steps else steps.index(here)
    turn_to(steps[max(0, min(at + by, len(steps) - 1))])
    session.meeting_panel = ""


def turn_to(step: str) -> None:
    """Let the story be at that step, whatever the browser still says about the list of the steps that it shows."""
    session.steps_turned += 1
    step_held(session.steps_turned).put(step)


def open_panel(name: str) -> None:
    """Show how the figure was made, or the link, instead of the picture; a second call shows the picture again."""
    session.meeting_panel = "" if session.meeting_panel == name else name


def ask(asking: bool) -> None:
    """Leave the story to answer a question, or return to it.

    The family's street is removed from the control, from its memory and from the address: the next family's question
    starts empty, and no link that is shared afterwards contains the street.
    """
    session.meeting_asking = asking
    Session.place.forget()
    Session.way.forget()
    Session.place_clicked.pop()


def tell(pack: AreaPack, stage: Stage, words: Words) -> None:
    """Draw the story."""
    basket = with_data(pack, read_basket())
    shown = session.meeting_panel
    tools = st.container(horizontal=True, key="meeting_tools", gap="small")
    with tools:
        picture = words.say("screen.picture")
        label = picture if shown == "how" else words.say("screen.how")
        st.button(label, icon=":material/help:", key="meeting_how", on_click=open_panel, args=("how",))
        st.button(words.say("screen.ask"), icon=":material/home_pin:", key="meeting_ask", on_click=ask, args=(True,))
        note = st.popover(words.say("screen.note"), icon=":material/speaker_notes:")
        label = picture if shown == "share" else words.say("screen.share")
        st.button(label, icon=":material/qr_code_2:", key="meeting_share", on_click=open_panel, args=("share",))
        language_switch(words)
        about = about_panel(pack, basket, words)
    session.meeting_lead, session.meeting_language = about.services[0], about.language
    times = {name: resources.times_to(pack, basket.item(name).mode, name).nearest_s for name in about.services}
    effect = about.effect
    readings = {
        key: seconds
        for name in about.services
        for key, seconds in resources.times_by_reading(pack, basket.item(name).mode, name).items()
    }
    figures = story_figures(pack, basket, times, wards=about.wards, effect=effect, readings_s=readings)
    told = story(figures, words)
    left, right = st.columns([43, 57], gap="medium")
    bottom = st.container(horizontal=True, key="meeting_nav", gap="small", horizontal_alignment="distribute")
    with bottom:
        key = navigate(told, words)
    step = told.step(key)
    with tools:  # the last button, because it is about the step
        full_screen(words, stage, said(step))
    how_to = words.say("screen.share_how") if shown == "share" and only_here(page_address()) else ""
    with note:
        st.html(note_html(step, words, [text for text in (how_to, about.fault) if text]))
    with left:
        st.html(step_html(step, words, told.review))
    with right, st.container(key="meeting_picture", gap="small"):
        if shown == "how":
            st.html(behind_html(step, words, stage.picture_px(10)[1]))
        elif shown == "share":
            share(pack, about, key, words, stage, effect)
        else:
            show_picture(pack, step, figures, words, stage)


def full_screen(words: Words, stage: Stage, say: str, *parts: str) -> None:
    """Draw the full-screen button, and make a screen reader read `say`."""
    parts = parts or ("tools", "nav", "picture")
    full_screen_button(
        words.say("screen.full"), words.say("screen.leave_full"), stage, say=say, words=words, parts=parts
    )


def navigate(told: Story, words: Words) -> str:
    """Draw the buttons back, steps and next, and return the step; arrow keys and a presenter do the same."""
    steps = [step.key for step in told.steps]
    if went_back():
        session.steps_turned += 1  # a new list, which takes its step from the address
    held = step_held(session.steps_turned)
    here = held.get() or Session.step.asked
    if here == "plan" and here not in steps and held.held:
        here = "out"  # the plan was removed while it was on screen: continue from the step before it
        turn_to(here)
    at = 0 if here is None or here not in steps else steps.index(here)
    before, after = ("Left", "Right") if words.direction == "ltr" else ("Right", "Left")  # as the pages of a book
    st.button(
        words.say("screen.back"), key="meeting_back", on_click=turn, args=(-1, steps), shortcut=before, disabled=at == 0
    )
    key = controls.choice(
        words.say("screen.steps"),
        steps,
        key=Session.step.key,
        labels={step.key: f"{n} {step.title}" for n, step in enumerate(told.steps, start=1)},
        widget="segmented",
        slot=step_held(session.steps_turned),
    )
    st.button(
        words.say("screen.next"),
        key="meeting_next",
        on_click=turn,
        args=(1, steps),
        shortcut=after,
        type="primary",
        disabled=at == len(steps) - 1,
    )
    with st.container(key="meeting_keys"):  # not visible: a presenter sends the keys Page Up and Page Down
        st.button(
            words.say("screen.page_up"), key="meeting_page_up", on_click=turn, args=(-1, steps), shortcut="PageUp"
        )
        st.button(
            words.say("screen.page_down"), key="meeting_page_down", on_click=turn, args=(1, steps), shortcut="PageDown"
        )
    return key


def share(pack: AreaPack, about: About, step: str, words: Words, stage: Stage, effect: Effect | None) -> None:
    """Draw the link to this step and its QR code, and offer the story as slides."""
    address = page_address()
    chosen = {
        Session.step.key: step,
        Session.story_wards.key: Session.story_wards.asked,
        Session.story_services.key: Session.story_services.asked,
        Session.story_lead.key: Session.story_lead.asked,
        Session.story_plan.key: "" if about.plan == "file" else about.plan,
        Session.language.key: Session.language.asked,
    }
    link = story_link(address, in_lasting_area(chosen))
    width, height = stage.picture_px(150)
    if only_here(address):
        st.html(no_link_html(words.say("screen.share_here_title"), words.say("screen.share_here"), words.code))
    else:
        code = st.container()
        short = short_link(words.say("screen.short_link"), "meeting", urlsplit(link).query, key="meeting-short")
        link = f"{app_address(address, 'meeting')}{short}" if short else link
        code.html(share_html(words.say("screen.share_title"), link, min(width, height), words.code))
    report_buttons(
        lambda: [
            slides_offer(
                pack,
                report_date(),
                services=about.services,
                wards=about.wards,
                effect=effect,
                language=about.language,
            )
        ],
        key="meeting-slides",
    )


def answer(pack: AreaPack, stage: Stage, words: Words) -> None:
    """Draw the journeys of one family, and a button that returns to the story."""
    basket = with_data(pack, read_basket())
    item = basket.item(session.meeting_lead or lead_of(basket))
    service = item.service
    with st.container(horizontal=True, key="meeting_tools", gap="small"):
        st.button(
            words.say("screen.story"),
            icon=":material/arrow_back:",
            key="meeting_return",
            on_click=ask,
            args=(False,),
            type="primary",
            shortcut="PageDown",
        )
        full_screen(words, stage, words.say("screen.ask_title"), "tools", "journeys", "picture")
    st.html(f'<div class="story" {in_language(words)}><h1>{escape(words.say("screen.ask_title"))}</h1></div>')

    @part
    def explore() -> None:
        take_place_click(pack, Session.meeting_ask_map)
        left, right = st.columns([43, 57], gap="medium")
        with left:
            mode = going(pack, item.mode, words)
        with left, st.container(key="meeting_journeys"):
            here = journey_panel(pack, resources.access(pack, mode), service, travelling(mode, words), words=words)
        sites = pack.services_of(service)
        layers = [
            ground_layer(pack, words.say("journeys.click")),
            *outline_layers(pack.code, pack.wards[pack.wards["target"]]),
            homes_layer(pack, tip=words.say("journeys.click")),
            settlement_labels(pack.code, resources.base_map(pack).places, max_rank=3),
            service_layer(pack, sites, [service], radius_px=12 * stage.scale, tips=service_tips(sites, words)),
        ]
        bounds = resources.bounds(pack)
        alt = words.say("journeys.map")
        if here:  # the route fills the map, so that everybody in the room can follow it
            layers += here_layers(pack, here, radius_px=11 * stage.scale, words=words)
            bounds = place_bounds(pack, here.place, here.line)
            alt = words.say("journeys.map_of_way", place=here.place.name)
        layers += pin_layers(pack, words)
        width, height = stage.picture_px(60)
        view = fit_view(bounds, width_px=width, height_px=height, padding_px=10)
        with right, st.container(key="meeting_picture", gap="small"):
            show_map(
                layers,
                view,
                key=Session.meeting_ask_map.key,
                basemap=resources.base_map(pack),
                alt=alt,
                height=height,
                select=True,
            )
            pin_control(pack, take_postcode, words)

    explore()


def going(pack: AreaPack, usual: str, words: Words) -> str:
    """Let the room choose how the family goes: as the story has it, or by bus and train; return the mode.

    Without a timetable there is nothing to choose.
    """
    by_timetable = [name for name, mode in modes_of(pack).items() if mode.timing is not None]
    if not by_timetable:
        return usual
    with st.container(key="meeting_going", horizontal=True, vertical_alignment="bottom"):
        return mode_choice(
            words.say("screen.going"),
            [pack],
            Session.meeting_by,
            default=usual,
            kinds=[usual, *by_timetable],
            explained=False,
        )


def language() -> str:
    """Return the language that the reader or the address has chosen."""
    before = "" if went_back() else session.meeting_language
    return session.language or before or Session.language.asked or "en"


st.html(CSS)
stage = read_stage()
try:
    words = read_words(language())
except ReachError:
    words = read_words()
st.html(mirrored_html(words) + no_maps_html(words))
try:
    shown = open_shown()
    if shown is None:
        st.stop()
    if session.meeting_asking:
        answer(shown, stage, words)
    else:
        tell(shown, stage, words)
except ReachError as error:
    st.title(words.say("steps.who.title"), anchor=False)
    show_error(error)
