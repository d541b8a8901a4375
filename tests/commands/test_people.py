"""`reach people`: each command does what it says, by address or id, and each fault is one sentence."""

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from cli import app
from store.audit import AuditLog
from store.people import PeopleStore
from store.person import Role
from tests.people import boss

ANNA, BEN = "https://login.example|1", "https://login.example|2"


@pytest.fixture(autouse=True)
def people(tmp_path, monkeypatch):
    """A store in which Anna and Ben have signed in."""
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path / 'plans.sqlite'}")
    monkeypatch.setattr("getpass.getuser", lambda: "operator")
    opened = PeopleStore.open()
    opened.meet(ANNA, "Anna", "Anna@council.example", Role.VIEWER)
    opened.meet(BEN, "=Ben()", "ben@council.example", Role.PLANNER)
    yield opened
    opened.close()


def reach(*arguments):
    return CliRunner(env={"COLUMNS": "160"}).invoke(app, ["people", *map(str, arguments)])


def log(people):
    return [
        (entry.person, entry.person_name, entry.origin, entry.action, entry.subject_name)
        for entry in AuditLog(people._engine).all(boss("Olga"))
        if entry.action != "signed in"
    ]


def test_people_are_listed_to_read_and_for_programs(people):
    people.give_team(ANNA, "Health", boss("Olga"))
    people.remove(BEN, boss("Olga"))
    told = reach("list")
    assert told.exit_code == 0
    anna, ben = (next(line for line in told.stdout.splitlines() if name in line) for name in ("Anna@", "ben@"))
    assert "viewer by their groups" in anna
    assert "Health" in anna
    assert "may not come in" in ben
    assert "2 in all." in told.stdout
    rows = json.loads(reach("list", "--format", "json").stdout)
    assert [(row["id"], row["role"], row["given"], row["team"]) for row in rows] == [
        (BEN, "planner", False, ""),
        (ANNA, "viewer", False, "Health"),
    ]
    assert [row["removed_at"] is None for row in rows] == [False, True]
    table = list(csv.DictReader(io.StringIO(reach("list", "--format", "csv").stdout)))
    assert [row["name"] for row in table] == ["'=Ben()", "Anna"], "no spreadsheet works a name out"
    assert json.loads(reach("list", "--format", "json", "--search", "HEALTH").stdout) == rows[1:]


def test_more_people_than_one_page_are_all_listed(monkeypatch):
    monkeypatch.setattr("commands.people._MOST", 1)
    assert len(json.loads(reach("list", "--format", "json").stdout)) == 2


def test_of_nobody_a_sentence_is_printed():
    told = reach("list", "--search", "nobody")
    assert (told.exit_code, told.stdout) == (0, "Nobody is found: people are listed here once they have signed in.\n")
    assert json.loads(reach("list", "--search", "nobody", "--format", "json").stdout) == []


@pytest.mark.parametrize("person", ["anna@council.example", ANNA])
def test_a_role_is_given_and_left_to_the_groups_again(people, person):
    told = reach("role", person, "planner")
    assert told.exit_code == 0
    assert told.stderr == "Anna (Anna@council.example): planner by an administrator\n"
    assert people.find(ANNA, boss("Olga")).role is Role.PLANNER
    assert reach("role", person, "by-groups").stderr.endswith("viewer by their groups\n")
    assert people.find(ANNA, boss("Olga")).role is Role.VIEWER
    assert log(people) == [
        ("local", "operator", "command", "role given", "Anna: planner"),
        ("local", "operator", "command", "role given", "Anna: viewer by groups"),
    ]


def test_a_team_is_given_and_taken(people):
    assert reach("team", ANNA, "Early years").stderr.endswith("viewer by their groups, team Early years\n")
    assert people.find(ANNA, boss("Olga")).team == "Early years"
    assert reach("team", ANNA, "").stderr.endswith("viewer by their groups\n")


def test_somebody_is_kept_out_and_let_in_again(people):
    assert reach("remove", ANNA).stderr.endswith("; they may not come in\n")
    assert people.find(ANNA, boss("Olga")).removed_at is not None
    assert reach("restore", ANNA).stderr.endswith("viewer by their groups\n")
    assert people.find(ANNA, boss("Olga")).removed_at is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["role", "nobody@council.example", "planner"], "nobody with the id or address 'nobody@council.example'"),
        (["role", "anna", "planner"], "nobody with the id or address 'anna'"),
        (["role", ANNA, "owner"], "unknown role 'owner'; valid: viewer, member, planner, administrator, by-groups"),
        (["team", "nobody", "x"], "nobody with the id or address 'nobody'"),
        (["remove", ""], "nobody with the id or address ''"),
        (["restore", "nobody"], "nobody with the id or address 'nobody'"),
        (["list", "--format", "xml"], "unknown format 'xml'"),
        (["list", "--out", "/nowhere/x.csv"], "there is no folder"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(people, arguments, said):
    before = people.list(boss("Olga"))
    told = reach(*arguments)
    assert told.exit_code == 2
    assert told.stderr.startswith("Error: ")
    assert said in told.stderr
    assert told.stderr.count("\n") == 1
    assert people.list(boss("Olga")) == before
    assert log(people) == []


def test_an_address_of_two_people_names_their_ids(people):
    people.meet("other|9", "Anna", "anna@council.example", Role.VIEWER)
    told = reach("role", "anna@council.example", "administrator")
    assert told.exit_code == 2
    assert (
        f"2 people have the address 'anna@council.example': give the id of one of them: {ANNA}, other|9" in told.stderr
    )
    assert {one.role for one in people.list(boss("Olga"), search="anna")} == {Role.VIEWER}


def test_a_machine_on_which_the_user_has_no_name(people, monkeypatch):
    def none():
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", none)
    assert reach("remove", ANNA).exit_code == 0
    assert log(people) == [("local", "", "command", "deleted", "Anna")]
