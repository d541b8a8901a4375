"""Buttons for files that take seconds to make: made beside the page, saved on the next click, faults in words."""

import time
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from ui.kit.jobs import job_queue


def page():
    import time
    from functools import partial

    import streamlit as st

    from drawing.offers import Offer
    from geo.packs import check_area
    from ui.kit.report_buttons import report_buttons

    def files() -> list[Offer]:
        about = str(st.session_state.get("ward", ""))
        return [
            Offer("the *brief* (PDF)", "brief.pdf", "application/pdf", partial(bytes, 2_345_678), about),
            Offer("the map", "map.html", "text/html", partial(check_area, "*nowhere*"), about),
            Offer("the slow one", "slow.pdf", "application/pdf", partial(time.sleep, 60), about),
        ]

    st.text_input("Ward", key="ward")
    report_buttons(files, key="take")


@pytest.fixture
def at():
    yield AppTest.from_function(page, default_timeout=60).run()
    job_queue().end_all()


def press(at, number):
    at.button(key=f"take-{number}-make").click().run()
    assert not at.exception
    return at.session_state[f"take-{number}-asked"][1]


def finished(at, number):
    job = press(at, number)
    assert job.wait(60)
    at.run()
    assert not at.exception


def labels(at):
    return [one.proto.label for one in at.get("download_button")]


def test_nothing_is_made_before_the_click_and_the_file_can_then_be_saved(at):
    assert not at.exception
    assert job_queue().of("test session id") is None
    assert at.button[0].label == r"Make the \*brief\* \(PDF\)"
    assert not labels(at)
    finished(at, 0)
    assert labels(at) == ["Save brief.pdf (2.3 MB)"]
    assert at.session_state["take-0-made"] == ("", bytes(2_345_678))
    at.run()
    assert labels(at) == ["Save brief.pdf (2.3 MB)"]
    press(at, 0)
    assert not labels(at), "a file that is made again is not offered meanwhile"


def test_a_fault_is_said_in_words_and_leaves_nothing_to_save(at):
    finished(at, 1)
    assert r"unknown area '\*nowhere\*'" in at.error[0].value
    assert not labels(at)


def test_a_file_made_for_something_else_is_not_offered(at):
    finished(at, 0)
    assert labels(at)
    at.text_input[0].set_value("Kursaal").run()
    assert not labels(at)


def test_while_a_file_is_made_the_visitor_sees_it_and_can_stop_it(at):
    job = press(at, 2)
    while job_queue().before(job) is not None:
        time.sleep(0.02)
    at.run()
    assert at.markdown[0].value == ":material/hourglass_top: **Making the slow one …**"
    assert all(at.button(key=f"take-{number}-make").disabled for number in range(3))
    at.button(key="take-2-stop").click().run()
    assert job.wait(60)
    at.run()
    assert not at.markdown
    assert not at.error
    assert not labels(at)
    assert not any(one.disabled for one in at.button)


def test_who_waits_sees_how_many_are_before_them_and_can_stop_waiting(at):
    queue = job_queue()
    others = [queue.submit(name, partial(time.sleep, 60)) for name in ("Ada", "Grace")]
    job = press(at, 0)
    at.run()
    assert at.markdown[0].value == ":material/hourglass_top: **Waiting.** 2 others are before you."
    queue.stop(others[1])
    at.run()
    assert at.markdown[0].value == ":material/hourglass_top: **Waiting.** 1 other is before you."
    assert at.button(key="take-0-stop").label == "Stop waiting"
    at.button(key="take-0-stop").click().run()
    assert not job.open
    assert not at.error
    assert not at.button(key="take-0-make").disabled


def test_a_second_job_of_the_same_visitor_is_refused_in_words(at):
    job_queue().submit("test session id", partial(time.sleep, 60))
    at.button(key="take-0-make").click().run()
    assert "your last search or report is still being made" in at.error[0].value
    at.run()
    assert not at.error


def test_a_file_for_what_is_no_longer_chosen_is_not_made_any_further(at):
    job = press(at, 2)
    at.text_input[0].set_value("Kursaal").run()
    assert job.wait(60)
    at.run()
    assert not at.exception
    assert not at.error
    assert not at.button(key="take-2-make").disabled
