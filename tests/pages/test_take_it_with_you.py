"""The reports that the ward map offers are those of the command line."""

import pytest
from typer.testing import CliRunner

from cli import app


def button(screen, label):
    (found,) = [button for button in screen.at.button if button.label.startswith(label)]
    return found


def briefs(screen):
    found = [button.label.partition("Make the brief of ")[2] for button in screen.at.button]
    return [name.removesuffix(" \\(PDF\\)") for name in found if name]


@pytest.mark.slow
def test_the_brief_of_the_chosen_ward_is_that_of_the_command_line(open_page, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1780185600")  # 31 May 2026
    screen = open_page("ward_map", ward="E05002216")
    assert [header.value for header in screen.at.header][-1] == "Take it with you"
    button(screen, "Make the brief of the chosen ward").click().run()
    screen.finish()
    out = tmp_path / "kursaal.pdf"
    assert CliRunner().invoke(app, ["report", "ward", "Kursaal", "--out", str(out)]).exit_code == 0
    _, content = screen.at.session_state["take-0-made"]
    assert content == out.read_bytes()
    saved = [button.proto.label for button in screen.at.get("download_button")]
    assert [label for label in saved if label.startswith("Save southend-kursaal.pdf")], saved


def test_the_brief_of_a_ward_stands_in_its_profile_and_nowhere_else(open_page):
    screen = open_page("ward_map")
    assert briefs(screen) == ["the borough"]
    screen.choose("ward", "E05002216")
    assert sorted(briefs(screen)) == ["the borough", "the chosen ward"]
