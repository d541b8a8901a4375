"""Who has signed in is known, has a role, and is kept out when an administrator says so: on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from geo.errors import InputError, UnknownNameError
from store import people as module
from store.audit import AuditLog
from store.errors import NotAllowedError
from store.people import PeopleStore
from store.person import Role
from store.tables import PersonRow
from tests.people import boss, someone

OLGA = boss("Olga")
ANNA = "https://login.example|1"


@pytest.fixture
def people(url):
    opened = PeopleStore.open(url)
    yield opened
    opened.close()


def meet(people, key=ANNA, name="Anna", email="anna@council.example", claimed=Role.MEMBER, **more):
    return people.meet(key, name, email, claimed, **more)


def log(people):
    return [(entry.action, entry.subject, entry.subject_name) for entry in AuditLog(people._engine).all(OLGA)]


def test_a_first_visit_is_known_and_in_the_log(people):
    start = datetime.now(UTC)
    who = meet(people, name="  Anna\n B. ", origin="198.51.100.7")
    assert (who.id, who.name, who.role, who.team, who.origin) == (ANNA, "Anna B.", Role.MEMBER, "", "198.51.100.7")
    (known,) = people.list(OLGA)
    assert (known.email, known.claimed, known.given, known.removed_at) == (
        "anna@council.example",
        Role.MEMBER,
        None,
        None,
    )
    assert start <= known.first_seen == known.last_seen <= datetime.now(UTC)
    assert log(people) == [("signed in", ANNA, "Anna B.")]


def test_who_has_no_name_is_called_by_their_address(people):
    assert meet(people, name=" \x00 ").name == "anna@council.example"


def test_the_next_visits_are_not_in_the_log_but_a_change_of_what_is_claimed_is(people):
    for _ in range(3):
        meet(people)
    assert len(log(people)) == 1
    assert meet(people, claimed=Role.PLANNER).role is Role.PLANNER
    assert meet(people, name="Anna Z.", claimed=Role.PLANNER).name == "Anna Z."
    assert [action for action, *_ in log(people)] == ["signed in"] * 3
    assert people.list(OLGA, search="z.").total == 1


def test_a_visit_some_time_later_is_noted(people):
    meet(people)
    with people._engine.begin() as connection:
        long_ago = datetime.now(UTC) - timedelta(days=2)
        connection.execute(update(PersonRow).values(first_seen=long_ago, last_seen=long_ago))
    meet(people)
    (known,) = people.list(OLGA)
    assert known.last_seen - known.first_seen > timedelta(days=1)
    assert len(log(people)) == 1


def test_a_role_that_was_given_counts_for_more_than_the_groups(people):
    meet(people)
    assert people.give_role(ANNA, Role.PLANNER, OLGA).role is Role.PLANNER
    assert meet(people).role is meet(people, claimed=Role.VIEWER).role is Role.PLANNER
    assert people.give_role(ANNA, Role.PLANNER, OLGA).given is Role.PLANNER, "once more, and no row in the log"
    assert people.give_role(ANNA, None, OLGA).role is Role.VIEWER
    assert meet(people, claimed=Role.ADMINISTRATOR).role is Role.ADMINISTRATOR
    said = [name for action, _, name in log(people) if action == "role given"]
    assert said == ["Anna: planner", "Anna: viewer by groups"]


def test_a_team_is_given_and_taken(people):
    meet(people)
    assert people.give_team(ANNA, "  Early\nyears ", OLGA).team == "Early years"
    assert meet(people).team == "Early years"
    assert people.list(OLGA, search="early YEARS").total == 1
    people.give_team(ANNA, "", OLGA)
    assert meet(people).team == ""
    assert [name for action, _, name in log(people) if action == "team given"] == ["Anna: Early years", "Anna: none"]


def test_who_was_taken_off_the_list_is_refused_until_they_are_let_in_again(people):
    meet(people)
    gone = people.remove(ANNA, OLGA)
    assert gone.removed_at is not None
    assert people.remove(ANNA, OLGA) == gone
    for claimed in (Role.MEMBER, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowedError, match="an administrator has closed this dashboard to you"):
            meet(people, claimed=claimed)
    assert [one.removed_at for one in people.list(OLGA)] == [gone.removed_at]
    assert people.restore(ANNA, OLGA).removed_at is None
    assert meet(people).role is Role.MEMBER
    assert [action for action, *_ in log(people)] == ["signed in", "deleted", "restored"]


def test_nobody_takes_their_own_role_or_way_in_away(people):
    me = meet(people, claimed=Role.ADMINISTRATOR)
    for call in (
        lambda: people.give_role(ANNA, Role.PLANNER, me),
        lambda: people.remove(ANNA, me),
    ):
        with pytest.raises(NotAllowedError, match="ask another administrator"):
            call()
    people.give_role(ANNA, Role.ADMINISTRATOR, me)
    meet(people, claimed=Role.VIEWER)
    with pytest.raises(NotAllowedError, match="ask another administrator"):
        people.give_role(ANNA, None, me)  # by groups, which would be a viewer
    assert people.find(ANNA, OLGA).role is Role.ADMINISTRATOR


def test_two_first_visits_at_once_are_one_person(people, url):
    stores = [PeopleStore.open(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(meet, stores * 3))
    assert {one.id for one in found} == {ANNA}
    assert people.list(OLGA).total == 1
    assert log(people) == [("signed in", ANNA, "Anna")]
    for store in stores:
        store.close()


def test_a_first_visit_that_another_one_overtakes_is_a_second_one(people, monkeypatch):
    """Both have looked and found nobody; the database refuses the second row, and the person is there."""
    real, calls = PeopleStore._meet, []

    def late(self, *given):
        calls.append(given)
        if len(calls) == 1:
            real(self, *given)
            raise module.IntegrityError("INSERT", {}, Exception("there already"))
        return real(self, *given)

    monkeypatch.setattr(PeopleStore, "_meet", late)
    assert meet(people).id == ANNA
    assert len(calls) == 2
    assert people.list(OLGA).total == 1


def test_people_are_listed_by_name_and_found(people):
    meet(people, "1", "Zoë", "zoe@council.example")
    meet(people, "2", "Ben", "ben@council.example")
    people.remove("2", OLGA)
    assert [one.name for one in people.list(OLGA)] == ["Ben", "Zoë"]
    assert [one.name for one in people.list(OLGA, search="ZOË council")] == ["Zoë"]
    assert people.find(" ZOE@council.example ", OLGA).id == people.find("1", OLGA).id == "1"


def test_an_address_is_not_enough_where_two_have_it(people):
    meet(people, "issuer a|1")
    meet(people, "issuer b|7")
    with pytest.raises(InputError, match=r"2 people have the address.*issuer a\|1, issuer b\|7"):
        people.find("anna@council.example", OLGA)
    assert people.find("issuer b|7", OLGA).id == "issuer b|7"


@pytest.mark.parametrize(
    "typed", ["", " ", "nobody@council.example", "anna", "council.example", "%", "x" * 5000, "\x00"]
)
def test_only_the_whole_address_finds_somebody(people, typed):
    meet(people)
    meet(people, "2", "Without address", "")
    with pytest.raises(InputError, match="nobody with the id or address"):
        people.find(typed, OLGA)


def test_somebody_who_is_not_there(people):
    for call in (
        lambda: people.give_role("nobody", Role.PLANNER, OLGA),
        lambda: people.give_team("nobody", "x", OLGA),
        lambda: people.remove("nobody", OLGA),
        lambda: people.restore("nobody", OLGA),
    ):
        with pytest.raises(UnknownNameError, match="unknown person 'nobody'"):
            call()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER, Role.PLANNER])
def test_only_an_administrator_sees_and_changes_people(people, role):
    meet(people)
    me = someone("Ben", role)
    for call in (
        lambda: people.list(me),
        lambda: people.find(ANNA, me),
        lambda: people.give_role(ANNA, Role.VIEWER, me),
    ):
        with pytest.raises(NotAllowedError, match="to give people their roles needs the role administrator"):
            call()


def test_ids_and_names_of_any_length_are_kept(people):
    meet(people, "i" * 900, "N" * 900, "e" * 900 + "@x.example")
    who = meet(people, "i" * 900, "N" * 900, "e" * 900 + "@x.example")
    assert (len(who.id), len(who.name)) == (300, 200)
    assert people.list(OLGA).total == 1
