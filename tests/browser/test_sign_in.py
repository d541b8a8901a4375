"""Signing in as a reader does: from the page that was asked for to the provider and back, and out again."""

import sys
from itertools import pairwise

import pytest

from benchmarks.serving import served
from store.people import PeopleStore
from store.person import Role, local_person
from tests.browser.conftest import Reader, new_context, until
from tests.commands.server.provider import ROLES, provider, sign_in_file

ADA = local_person("Ada")


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    return tmp_path_factory.mktemp("sign-in")


@pytest.fixture(scope="module")
def signed_app(people, chromium):
    environment = {"PYTHONUNBUFFERED": "1", "REACH_DATABASE_URL": f"sqlite:///{people / 'plans.sqlite'}"}
    with provider(people / "provider.log") as issuer:
        file = sign_in_file(people, issuer)
        command = [sys.executable, "-m", "cli", "app", "--headless", "--sign-in", str(file), "--port"]
        with served(command, environment, people / "server.log") as address:
            yield address


@pytest.fixture
def someone(request, chromium, signed_app):
    """A reader in a browser of their own; the provider's page has a style from elsewhere, which is not let through."""
    size = getattr(request, "param", "laptop")
    window = {"laptop": (1366, 768), "phone": (390, 844)}[size]
    context = new_context(chromium, size, *window, maps=False)
    context.route("**/*", lambda route: route.continue_() if "//localhost" in route.request.url else route.abort())
    yield Reader(context, size)
    context.close()


def sign_in(someone, address, name):
    someone.page.goto(address)
    someone.page.get_by_role("button", name="Sign in").click()
    someone.page.get_by_role("button", name=name).click()


def account(someone):
    someone.page.get_by_role("button", name="Your account").click()
    return someone.page.locator("[data-testid=stPopoverBody]")


@pytest.mark.words_only
def test_nobody_sees_a_page_that_asks_and_nothing_of_what_is_behind(someone, signed_app):
    someone.page.goto(f"{signed_app}/gaps?area=southend")
    someone.page.get_by_role("button", name="Sign in").wait_for()
    someone.page.wait_for_timeout(1000)
    text = someone.page.locator("body").inner_text()
    assert "Southend" not in text
    assert "Gaps" not in text
    assert someone.page.title() == "Service Reach"
    assert someone.page.get_by_role("heading", name="Service Reach").count() == 1
    assert someone.page.locator("[data-testid=stTopNavLink], [data-testid=stSidebarNav]").count() == 0
    assert someone.page.get_by_role("button").count() == 1


@pytest.mark.words_only
@pytest.mark.parametrize("role", ROLES)
def test_each_role_comes_back_to_the_page_that_was_asked_for(someone, signed_app, role):
    sign_in(someone, f"{signed_app}/accessibility?area=newport", f"{role}-7")
    someone.settled()
    assert someone.page.url.startswith(f"{signed_app}/accessibility?area=newport")
    menu = account(someone)
    assert f"Jo {role}" in menu.inner_text()
    assert ("administrator" in menu.inner_text()) is (role == "administrator")


@pytest.mark.words_only
def test_a_short_link_is_opened_after_signing_in(someone, signed_app):
    sign_in(someone, f"{signed_app}/ward/kursaal", "viewer-7")
    someone.settled()
    assert someone.page.url.startswith(f"{signed_app}/ward?ward=")


@pytest.mark.words_only
def test_who_has_no_role_is_told_so(someone, signed_app):
    sign_in(someone, signed_app, "stranger-7")
    someone.page.get_by_text("You are not let in: none of your groups may use this dashboard").wait_for()
    assert someone.page.get_by_role("button", name="Your account").count() == 0


@pytest.mark.words_only
def test_who_signs_out_or_is_removed_is_out_in_every_tab(someone, signed_app, people):
    sign_in(someone, f"{signed_app}/accessibility", "member-7")
    someone.settled()
    other = someone.page.context.new_page()
    other.goto(f"{signed_app}/accessibility")
    other.get_by_role("button", name="Your account").wait_for()
    account(someone).get_by_role("button", name="Sign out").click()
    someone.page.wait_for_url("**/end_session?**")
    other.get_by_role("button", name="Bookmarks").click()
    other.get_by_role("button", name="Sign in").wait_for()
    assert other.get_by_role("button", name="Bookmarks").count() == 0

    sign_in(someone, f"{signed_app}/accessibility", "planner-7")
    someone.settled()
    store = PeopleStore.open(f"sqlite:///{people / 'plans.sqlite'}")
    [known] = store.list(ADA, search="Jo planner")
    assert known.role is Role.PLANNER
    store.remove(known.id, ADA)
    someone.page.wait_for_timeout(1500)
    someone.page.get_by_role("button", name="Bookmarks").click()
    until(lambda: someone.page.get_by_role("button", name="Sign in").count(), "the page that asks")
    assert "Kept so far" not in someone.page.locator("body").inner_text()
    store.restore(known.id, ADA)
    store.close()


@pytest.mark.words_only
@pytest.mark.parametrize("someone", ["laptop", "phone"], indirect=True)
def test_the_buttons_of_the_head_stand_beside_each_other(someone, signed_app):
    sign_in(someone, f"{signed_app}/accessibility", "viewer-7")
    someone.settled()
    places = [
        someone.page.get_by_role("button", name=name).bounding_box()
        for name in ("New here?", "Bookmarks", "Your account")
    ]
    for left, right in pairwise(places):
        assert left["x"] + left["width"] <= right["x"], places
    assert places[0]["x"] >= 0
    last = places[-1]
    assert last["x"] + last["width"] <= someone.page.viewport_size["width"]
    assert min(last["width"], last["height"]) >= 24, "large enough to be met by a finger"
