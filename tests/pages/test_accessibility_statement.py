"""The accessibility statement: whom to tell, and that it lists what is known."""

import pytest

from store.settings import keep_contact
from wording.accessibility import read_findings


@pytest.mark.parametrize(
    ("contact", "words"),
    [
        ("", "can set an e-mail address or a phone number (<code>reach app --contact</code>)"),
        ("  ", "No address has been set yet"),
        (
            "access@southend.example, 01702 555 000",
            '<a href="mailto:access@southend.example">access@southend.example</a>',
        ),
        ("<b>Hall</b>, Victoria Avenue", "<strong>&lt;b&gt;Hall&lt;/b&gt;, Victoria Avenue</strong>"),
    ],
)
@pytest.mark.parametrize("kept", ["in the environment", "at the set-up"])
def test_the_statement_says_whom_to_write_to(open_page, monkeypatch, tmp_path, kept, contact, words):
    monkeypatch.setattr("store.settings.user_config_path", lambda *_, **__: tmp_path)
    monkeypatch.setenv("REACH_CONTACT", contact if kept == "in the environment" else "")
    if kept == "at the set-up":
        keep_contact(contact)
    screen = open_page("accessibility")
    bodies = [element.proto.body for element in screen.at.get("html")]
    (told,) = [body for body in bodies if words in body]
    assert ("mailto:" in told) == ("@" in contact)
    assert "Feedback and contact information" in screen.text
    assert "Reporting accessibility problems" in screen.text


def test_the_statement_lists_what_is_known(open_page):
    screen = open_page("accessibility")
    (table,) = [body for body in (one.proto.body for one in screen.at.get("html")) if 'class="known"' in body]
    found = read_findings()
    assert table.count("<tr>") == 1 + len(found)
    for one in found:
        cells = (one.rule, one.where, one.problem, one.wcag, one.belongs, one.instead)
        assert "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" in table
