"""Where the server listens, by which names it is asked, and what its cookies are signed with."""

import errno
import os
import socket

import pytest

from commands.server.listening import allowed_hosts, check_listening, take_cookie_secret
from geo.errors import InputError

OTHERS = "192.0.2.7"  # kept for examples: no machine has it


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9"])
def test_this_machine_alone_needs_no_permission(host):
    check_listening(host, None, known=False)


def test_others_are_let_in_only_when_that_is_said():
    with pytest.raises(InputError, match=r"^--host 0\.0\.0\.0 lets others in.*--sign-in FILE.*--open-to-all"):
        check_listening("0.0.0.0", None, known=False)
    check_listening("0.0.0.0", None, known=True)


def test_a_name_says_that_something_before_the_server_lets_others_in():
    with pytest.raises(InputError, match=r"^--name reach\.example lets others in.*--sign-in FILE"):
        check_listening("localhost", None, ["reach.example"], known=False)
    check_listening("localhost", None, ["reach.example"], known=True)


@pytest.mark.parametrize("host", [OTHERS, "no such host", "x" * 70, "2001:db8::7", "a..b", ""])
@pytest.mark.parametrize("known", [True, False])
def test_an_address_of_another_machine_is_refused(host, known):
    if host == "":  # for the system it is every address of this machine
        if not known:
            with pytest.raises(InputError, match="lets others in"):
                check_listening(host, None, known=False)
        return
    with pytest.raises(InputError, match=r"^--host .* is not an address of this machine$"):
        check_listening(host, None, known=known)


def test_a_port_that_is_taken_is_refused():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=rf"^--port {port} is taken by another program"):
            check_listening("localhost", port, known=False)
    check_listening("localhost", port, known=False)


@pytest.mark.parametrize(
    ("port", "told"),
    [(443, "is for administrators; choose one from 1024 up"), (8501, "is not allowed on this machine")],
)
def test_a_port_that_needs_rights_is_refused(monkeypatch, port, told):
    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(InputError, match=rf"^--port {port} {told}"):
        check_listening("localhost", port, known=False)


def test_a_server_on_this_machine_is_asked_by_this_machine_s_names_alone():
    assert allowed_hosts("localhost", []) == ["localhost", "127.0.0.1", "::1"]
    assert allowed_hosts("127.0.0.1", ["Reach.Example.org", "reach.example.org.", "*.council.example"]) == [
        "localhost", "127.0.0.1", "::1", "reach.example.org", "*.council.example",
    ]  # fmt: skip


def test_a_server_on_every_address_knows_its_own_name_and_addresses(monkeypatch):
    monkeypatch.setattr("socket.gethostname", lambda: "Hall")
    monkeypatch.setattr("socket.getfqdn", lambda: "hall.council.example")
    monkeypatch.setattr(
        "socket.getaddrinfo", lambda *_: [(2, 1, 6, "", (OTHERS, 0)), (10, 1, 6, "", ("fe80::1%eth0", 0))]
    )
    found = allowed_hosts("0.0.0.0", [])
    assert found[:7] == ["localhost", "127.0.0.1", "::1", "hall", "hall.council.example", OTHERS, "fe80::1"]
    assert "0.0.0.0" not in found, "no browser shows that"

    def nobody(*_):
        raise OSError

    monkeypatch.setattr("socket.getaddrinfo", nobody)
    assert "hall" in allowed_hosts("::", [])
    assert allowed_hosts(OTHERS, [])[3:] == [OTHERS]


@pytest.mark.parametrize(
    "name", ["*", "https://reach.example", "reach.example:8501", "a b", "", "*.", "reach..example", "x/y", "a@b", "-a"]
)
def test_what_is_no_name_of_a_machine_is_refused(name):
    with pytest.raises(InputError, match="without https:// and without a port"):
        allowed_hosts("localhost", [name])


def test_the_secret_of_cookies_comes_from_its_file_and_is_long_enough(monkeypatch, tmp_path):
    monkeypatch.setenv("STREAMLIT_SERVER_COOKIE_SECRET", "")
    monkeypatch.delenv("REACH_COOKIE_SECRET", raising=False)
    take_cookie_secret()
    assert os.environ["STREAMLIT_SERVER_COOKIE_SECRET"] == ""
    (tmp_path / "kept").write_text("s3" * 16 + "\n", encoding="utf-8")
    monkeypatch.setenv("REACH_COOKIE_SECRET_FILE", str(tmp_path / "kept"))
    take_cookie_secret()
    assert os.environ["STREAMLIT_SERVER_COOKIE_SECRET"] == "s3" * 16
    (tmp_path / "kept").write_text("mirabilis", encoding="utf-8")
    with pytest.raises(InputError, match="at least 32") as told:
        take_cookie_secret()
    assert "mirabilis" not in str(told.value)
