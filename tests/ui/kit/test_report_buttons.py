"""Buttons for files that take seconds to make: made on the click, saved on the next, faults in words."""

from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from drawing.offers import Offer
    from geo.errors import InputError
    from ui.kit.report_buttons import report_buttons

    made = st.session_state.setdefault("calls", [])

    def good() -> bytes:
        made.append("good")
        return b"x" * 2_345_678

    def bad() -> bytes:
        made.append("bad")
        raise InputError("the report cannot be made: the package *typst* is missing")

    def files() -> list[Offer]:
        about = str(st.session_state.get("ward", ""))
        return [
            Offer("the *brief* (PDF)", "brief.pdf", "application/pdf", good, about),
            Offer("the map", "map.html", "text/html", bad, about),
        ]

    st.text_input("Ward", key="ward")
    report_buttons(files, key="take")


def test_nothing_is_made_before_the_click_and_the_file_can_then_be_saved():
    at = AppTest.from_function(page).run()
    assert not at.exception
    assert at.session_state["calls"] == []
    assert at.button[0].label == r"Make the \*brief\* \(PDF\)"
    assert not at.get("download_button")
    at.button[0].click().run()
    assert at.session_state["calls"] == ["good"]
    (save,) = at.get("download_button")
    assert save.proto.label == r"Save brief.pdf (2.3 MB)"


def test_a_fault_is_said_in_words_and_leaves_nothing_to_save():
    at = AppTest.from_function(page).run()
    at.button[1].click().run()
    assert not at.exception
    assert r"the package \*typst\* is missing" in at.error[0].value
    assert not at.get("download_button")


def test_a_file_made_for_something_else_is_not_offered():
    at = AppTest.from_function(page).run()
    at.button[0].click().run()
    assert at.get("download_button")
    at.text_input[0].set_value("Kursaal").run()
    assert not at.get("download_button")
