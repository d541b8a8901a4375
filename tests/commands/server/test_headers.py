"""What each answer tells the browser to refuse."""

import base64
import hashlib
from pathlib import Path

import pytest
import streamlit

from commands.server.headers import SafeHeaders, content_policy
from tests.commands.server.asking import ask, behind

SERVER = SafeHeaders(behind, "default-src 'self'")


def test_every_answer_says_what_to_refuse():
    headers = ask(SERVER).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert not [name for name in headers if name.startswith("access-control-")], "no other site may read it"
    assert headers["vary"] == "Origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/media/0a1b.csv", "/planning/reach/media/0a1b.csv"])
def test_what_a_page_made_for_its_visitor_is_not_kept_on_the_way(path):
    assert ask(SERVER, path).headers["cache-control"] == "no-store"
    assert "cache-control" not in ask(SERVER, "/gaps").headers


@pytest.mark.parametrize("query", ["", "embed=0", "embed=true", "x=embed=1", "embed=11", "noembed=1"])
def test_a_page_is_not_shown_inside_another(query):
    headers = ask(SERVER, query=query).headers
    assert headers["content-security-policy"] == "default-src 'self'; frame-ancestors 'none'"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("query", ["embed=1", "to=childrens_centre&embed=1"])
def test_a_page_without_menu_may_be(query):
    headers = ask(SERVER, query=query).headers
    assert headers["content-security-policy"] == "default-src 'self'"
    assert "x-frame-options" not in headers


def test_cookies_stay_on_encrypted_connections_where_there_are_any():
    assert ask(SERVER).headers["set-cookie"] == "a=1; Path=/"
    assert ask(SERVER, scheme="https").headers["set-cookie"] == "a=1; Path=/; Secure"
    twice = SafeHeaders(SERVER, "default-src 'self'")
    assert ask(twice, scheme="https").headers["set-cookie"] == "a=1; Path=/; Secure", "once"


def test_only_this_server_s_scripts_run():
    policy = dict(part.split(" ", 1) for part in content_policy().split("; "))
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-eval'" not in policy["script-src"]
    assert "http" not in content_policy(), "no other host"
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    script = page.split("<script>", 1)[1].split("</script>", 1)[0]
    assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy["script-src"]


def test_a_web_socket_is_left_alone():
    assert [one["type"] for one in ask(SERVER, method="WEBSOCKET").sent] == ["websocket.accept"]
