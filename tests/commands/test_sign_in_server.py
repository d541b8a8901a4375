"""The running server where people sign in: there and back with a provider on this machine, and every way around it."""

import sys
import time
from contextlib import contextmanager
from unittest.mock import MagicMock
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from streamlit.web.server.starlette.starlette_app import create_streamlit_routes
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value

from benchmarks.serving import served
from commands.dashboard import page_names
from commands.server.sign_in import FREE
from store.people import PeopleStore
from store.person import Role, local_person
from tests.commands.server.provider import COOKIE_SECRET, PEOPLE, ROLES, Liar, provider, sign_in_file

pytestmark = pytest.mark.slow
USER = "_streamlit_user"


class Server:
    """A running dashboard with its two providers."""

    def __init__(self, address, folder, liar):
        self.address, self.folder, self.liar = address, folder, liar
        self.people = PeopleStore.open(f"sqlite:///{folder / 'plans.sqlite'}")

    def log(self):
        return (self.folder / "log").read_text(encoding="utf-8")

    def pressed(self, browser, which="default"):
        """What the server answers a browser that presses the button."""
        token = jwt.encode(
            {"alg": "HS256"}, {"provider": which, "exp": int(time.time()) + 60}, OctKey.import_key(COOKIE_SECRET)
        )
        return browser.get(f"/auth/login?provider={token}", headers={"Referer": f"{self.address}/gaps?figure=share"})

    def asked(self, browser, which="default"):
        """Where the server sends a browser that presses the button."""
        found = self.pressed(browser, which)
        assert found.status_code == 302
        return found.headers["location"]

    def back(self, browser, sub):
        """The address that the provider leads back to."""
        return browser.post(self.asked(browser), data={"sub": sub}).headers["location"]

    @contextmanager
    def browser(self, sub=None):
        """A browser, signed in as somebody."""
        with httpx.Client(base_url=self.address, timeout=60) as found:
            if sub:
                landed = found.get(self.back(found, sub))
                assert (landed.status_code, landed.headers["location"]) == (302, "/gaps?figure=share")
            yield found


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    environment = {"PYTHONUNBUFFERED": "1", "REACH_DATABASE_URL": f"sqlite:///{folder / 'plans.sqlite'}"}
    liar = Liar()
    try:
        with provider(folder / "provider.log") as issuer:
            file = sign_in_file(folder, issuer, liar.address)
            command = [
                sys.executable,
                "-m",
                "cli",
                "app",
                "--headless",
                "--sign-in",
                str(file),
                "--log",
                "json",
                "--port",
            ]
            with served(command, environment, folder / "log") as address:
                yield Server(address, folder, liar)
    finally:
        liar.close()


def guarded_files(server):
    return ("/media/x.pdf", "/_stcore/upload_file/a/b", "/app/static/x.json", "/s/abcdefg", "/ward/kursaal", "/nowhere")


def test_every_address_of_streamlit_is_closed_to_nobody_but_those_that_the_sign_in_needs(server):
    paths = {str(getattr(route, "path", "")) for route in create_streamlit_routes(MagicMock())}
    filled = {"/".join("x" if part.startswith("{") else part for part in path.split("/")) for path in paths} | {""}
    assert {"/media/x", "/_stcore/upload_file/x/x", "/oauth2callback", "/_stcore/stream"} <= filled
    with server.browser() as nobody:
        open_to_all = {path for path in filled if nobody.get(path or "/").status_code != 401}
    assert open_to_all <= {*FREE, "", "/"}, "an address that is new in Streamlit is closed"


def test_nobody_has_nothing_and_who_has_signed_in_has_what_there_is(server):
    with server.browser() as nobody, server.browser("viewer-7") as viewer:
        for path in guarded_files(server):
            assert nobody.get(path).status_code == 401, path
            assert viewer.get(path).status_code != 401, path
        for page in page_names():
            assert nobody.get(f"/{page}").status_code == 200
        assert viewer.get("/ward/kursaal").headers["location"] == "../ward?ward=kursaal"
        answer = viewer.put("/_stcore/upload_file/not-a-session/b")
        assert answer.status_code == 403, "not without the page's own token"
        viewer.get("/_stcore/health")
        answer = viewer.put(
            "/_stcore/upload_file/not-a-session/b", headers={"X-Xsrftoken": viewer.cookies["_streamlit_xsrf"]}
        )
        assert (answer.status_code, "Invalid session_id" in answer.text) == (400, True)


def test_groups_give_roles_and_who_has_none_is_not_let_in(server):
    for role in ROLES:
        with server.browser(f"{role}-7") as browser:
            assert browser.get("/ward/kursaal").status_code == 302
    known = {one.name: one.role for one in server.people.list(local_person("Ada"))}
    assert {known[f"Jo {role}"] for role in ROLES} == set(Role)
    with server.browser("stranger-7") as stranger:
        assert stranger.get("/ward/kursaal").status_code == 401
    assert "Sam" not in known
    assert "none of your groups" in server.log()


def test_who_is_removed_has_nothing_from_the_next_second_on(server):
    ada = local_person("Ada")
    with server.browser("member-7") as member:
        assert member.get("/ward/kursaal").status_code == 302
        [person] = server.people.list(ada, search="Jo member")
        server.people.remove(person.id, ada)
        time.sleep(1.2)
        assert member.get("/ward/kursaal").status_code == 401
        server.people.restore(person.id, ada)
        time.sleep(0.2)
        assert member.get("/ward/kursaal").status_code == 302


def test_a_cookie_that_was_changed_or_is_too_old_lets_nobody_in(server):
    with server.browser("planner-7") as planner:
        given = planner.cookies[USER]
    assert server_lets(server, given)
    assert not server_lets(server, given[:-2] + ("AA" if given[-2:] != "AA" else "BB"))
    kept = decode_signed_value(COOKIE_SECRET, USER, given).decode()
    issued = int(kept.split('"iat": ')[1].split(",")[0].split("}")[0])
    assert server_lets(server, signed(kept.replace(str(issued), str(issued - 11 * 3600))))
    assert not server_lets(server, signed(kept.replace(f'"iat": {issued}', f'"iat": {issued - 13 * 3600}')))
    assert not server_lets(server, signed(kept.replace("http://localhost", "http://elsewhere")))
    assert not server_lets(server, signed(kept, "another-secret-" * 3))


def signed(text, secret=COOKIE_SECRET):
    return create_signed_value(secret, USER, text).decode()


def server_lets(server, cookie):
    with server.browser() as browser:
        return browser.get("/ward/kursaal", headers={"Cookie": f"{USER}={cookie}"}).status_code == 302


def test_the_cookie_of_a_sign_in_is_kept_from_scripts_and_from_other_sites(server):
    with server.browser() as browser:
        landed = browser.get(server.back(browser, "planner-7"))
        [given] = [one for one in landed.headers.get_list("set-cookie") if one.startswith(f"{USER}=")]
        assert {"httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in given.split(";")}
        first = landed.cookies[USER]
    with server.browser("planner-7") as browser:
        assert browser.cookies[USER] != first, "a new one at each sign-in"


def test_a_way_to_the_provider_that_fails_is_a_page_that_says_what_to_do(server):
    with server.browser() as browser:
        found = server.pressed(browser, "gone")
        assert found.status_code == 502
        assert "did not answer" in found.text
        assert 'href="../"' in found.text


def test_who_has_signed_out_is_out_wherever_the_cookie_is(server):
    with server.browser("planner-7") as planner:
        given = planner.cookies[USER]
        assert server_lets(server, given)
        out = planner.get("/auth/logout")
        assert "/oauth2/end_session?" in out.headers["location"]
        assert USER not in planner.cookies
        assert planner.get("/ward/kursaal").status_code == 401
    assert not server_lets(server, given)


@pytest.mark.parametrize("changed", [{"state": "another"}, {"state": None}, {"code": "another"}, {"code": None}])
def test_a_way_back_with_another_state_or_code_signs_nobody_in(server, changed):
    with server.browser() as browser:
        back = urlsplit(server.back(browser, "planner-7"))
        query = {**{name: one for name, [one] in parse_qs(back.query).items()}, **changed}
        browser.get(back.path, params={name: one for name, one in query.items() if one is not None})
        assert USER not in browser.cookies
        assert browser.get("/ward/kursaal").status_code == 401


def test_the_way_back_of_one_browser_is_of_no_use_in_another_nor_twice(server):
    with server.browser() as one, server.browser() as other:
        back = server.back(one, "planner-7")
        assert USER not in (other.get(back) and other.cookies)
        assert one.get(back).status_code == 302
        assert USER in one.cookies
        one.cookies.delete(USER)
        one.get(back)
        assert USER not in one.cookies


def test_who_says_no_at_the_provider_is_not_signed_in(server):
    with server.browser() as browser:
        back = browser.post(server.asked(browser), data={"action": "deny"}).headers["location"]
        browser.get(back)
        assert USER not in browser.cookies


def by_liar(server, **claims):
    """Whether an answer of the other provider signs somebody in."""
    with server.browser() as browser:
        asked = {name: one for name, [one] in parse_qs(urlsplit(server.asked(browser, "other")).query).items()}
        server.liar.claims = {"nonce": asked["nonce"], **claims}
        browser.get("/oauth2callback", params={"code": "c0de", "state": asked["state"]})
        return USER in browser.cookies


def test_an_answer_of_the_provider_is_checked(server):
    assert by_liar(server), "an honest answer signs in, so that it is the lies that are refused"
    now = int(time.time())
    for lie in (
        {"iss": "https://login.example"},
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"exp": now - 600, "iat": now - 1200},
        {"iss": None},
        {"exp": None},
    ):
        assert not by_liar(server, **lie), lie
    server.liar.key = server.liar.strange
    assert not by_liar(server), "signed with another key"
    server.liar.key = server.liar.own
    assert by_liar(server)


def test_no_secret_token_or_code_is_in_the_log(server):
    with server.browser() as browser:
        back = server.back(browser, "planner-7")
        browser.get(back)
        code, state = (parse_qs(urlsplit(back).query)[name][0] for name in ("code", "state"))
        given = dict(browser.cookies)
        browser.get("/auth/logout")
        assert browser.get("/ward/kursaal").status_code == 401
    assert not by_liar(server, nonce="another")
    text = server.log()
    for private in (
        code, state, given[USER], given["_streamlit_user_tokens"], COOKIE_SECRET, "hush-hush", "c0de", "a-token",
        *(str(one["name"]) for one in PEOPLE), "council.example",
    ):  # fmt: skip
        assert private not in text, private
    assert '"event": "signed in"' in text
    assert '"event": "sign-in refused"' in text
    assert '"event": "signed out"' in text
    assert '"status": 401' in text
