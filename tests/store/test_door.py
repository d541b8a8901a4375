"""Who comes in: for as long as the sign-in holds, with a role, and not when removed."""

import pytest

from store.door import Door
from store.errors import NotAllowedError, StoreError
from store.people import PeopleStore
from store.person import Role, local_person
from store.sign_in import Roles

NOW = 1_800_000_000.0
CLAIMS = {
    "iss": "https://login.example", "sub": "7", "iat": NOW - 60, "nonce": "n", "name": "Jo", "email": "jo@a.example",
    "groups": ["planners"],
}  # fmt: skip
ADMINISTRATOR = local_person("Ada")


@pytest.fixture
def people(tmp_path):
    store = PeopleStore.open(f"sqlite:///{tmp_path / 'people.sqlite'}")
    yield store
    store.close()


@pytest.fixture
def door(people):
    return Door(Roles(planner=("planners",), default="none", hours=2), people)


def test_who_signed_in_comes_in_as_what_their_groups_say(door, people):
    who = door.come_in(CLAIMS, "192.0.2.7", NOW)
    assert (who.id, who.name, who.role, who.origin) == ("https://login.example 7", "Jo", Role.PLANNER, "192.0.2.7")
    [known] = people.list(ADMINISTRATOR)
    assert known.email == "jo@a.example"
    nameless = {**CLAIMS, "sub": "8", "name": " ", "preferred_username": "sam@a.example"}
    assert door.come_in(nameless, now=NOW).name == "sam@a.example"


def test_a_sign_in_holds_for_its_hours(door):
    door.come_in({**CLAIMS, "iat": NOW - 7200}, now=NOW)
    with pytest.raises(NotAllowedError, match="too long ago"):
        door.come_in({**CLAIMS, "iat": NOW - 7201}, now=NOW)
    door.come_in(CLAIMS, now=NOW)
    with pytest.raises(NotAllowedError, match="too long ago"):  # what is kept does not outlast it
        door.come_in(CLAIMS, now=NOW + 7200)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"groups": []}, "none of your groups"),
        ({"groups": ["other"]}, "none of your groups"),
        ({"iss": None}, "who you are"),
        ({"sub": ""}, "who you are"),
        ({"sub": 7}, "who you are"),
        ({"iat": None}, "when you signed in"),
        ({"iat": "1"}, "when you signed in"),
        ({"iat": True}, "when you signed in"),
        ({"sub": "x" * 290}, "too long"),
    ],
)
def test_who_is_not_named_or_has_no_role_does_not_come_in(door, people, changed, told):
    with pytest.raises(NotAllowedError, match=told):
        door.come_in({**CLAIMS, **changed}, now=NOW)
    assert not list(people.list(ADMINISTRATOR))


def test_what_an_administrator_takes_away_holds_at_the_next_click(door, people):
    id_ = door.come_in(CLAIMS, now=NOW).id
    people.give_role(id_, Role.VIEWER, ADMINISTRATOR)
    assert door.come_in(CLAIMS, now=NOW + 1).role is Role.VIEWER
    people.remove(id_, ADMINISTRATOR)
    with pytest.raises(NotAllowedError, match="closed"):
        door.come_in(CLAIMS, now=NOW + 2)
    people.restore(id_, ADMINISTRATOR)
    assert door.come_in(CLAIMS, now=NOW + 3).role is Role.VIEWER


def test_one_drawing_of_a_page_asks_the_store_once(door, people, monkeypatch):
    asked = []
    meet = people.meet
    monkeypatch.setattr(people, "meet", lambda *given, **more: asked.append(given) or meet(*given, **more))
    for later in (0, 0.2, 0.9):
        door.come_in(CLAIMS, "a", NOW + later)
    assert len(asked) == 1
    door.come_in(CLAIMS, "b", NOW + 0.9)
    door.come_in({**CLAIMS, "sub": "8"}, "a", NOW + 0.9)
    door.come_in(CLAIMS, "a", NOW + 1.5)
    assert len(asked) == 4


def test_who_has_signed_out_needs_to_sign_in_again_in_every_process(door, people):
    door.come_in(CLAIMS, now=NOW)
    door.end(CLAIMS, "192.0.2.7")
    elsewhere = Door(Roles(planner=("planners",), default="none", hours=2), people)
    for one in (door, elsewhere):
        for ended in (CLAIMS, {**CLAIMS, "iat": CLAIMS["iat"] - 60, "nonce": "earlier"}):
            with pytest.raises(NotAllowedError, match="signed out"):
                one.come_in(ended, now=NOW)
        # The same second, and a later one: another answer of the provider.
        one.come_in({**CLAIMS, "nonce": "m"}, now=NOW)
        one.come_in({**CLAIMS, "iat": CLAIMS["iat"] + 1, "nonce": "n"}, now=NOW)


def test_an_older_sign_out_ends_nothing_later(door):
    later = {**CLAIMS, "iat": CLAIMS["iat"] + 60, "nonce": "later"}
    door.come_in(CLAIMS, now=NOW)
    door.end(later)
    door.end(CLAIMS)
    with pytest.raises(NotAllowedError, match="signed out"):
        door.come_in({**CLAIMS, "iat": CLAIMS["iat"] + 59}, now=NOW)


def test_when_the_store_fails_nobody_comes_in(door, people, monkeypatch):
    def fail(*_, **__):
        raise StoreError("the disk is full")

    monkeypatch.setattr(people, "meet", fail)
    with pytest.raises(StoreError):
        door.come_in(CLAIMS, now=NOW)
