"""What each role gets of each page, each thing that pages change, each kind of download and each command.

Pages, calls of the store, downloads and commands are found in the program, so that one without a row here fails.
"""

import ast
import importlib
import inspect
import os
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from typer.main import get_command

import ui.kit.visitor as visitors
from cli import app as commands
from geo.packs import open_pack
from store.bookmarks import BookmarkStore
from store.layers import LayerStore
from store.people import PeopleStore
from store.person import Person, Role, Task
from store.scenarios import ScenarioStore
from store.short_links import ShortLinkStore
from ui.kit.jobs import job_queue

ROOT = Path(__file__).resolve().parents[1]
PAGES = {
    **dict.fromkeys(
        (
            "ward_map", "ward", "travel_time", "gaps", "scenario_lab", "meeting", "compare_areas", "own_data",
            "data_and_method", "accessibility",
        ),
        Task.SEE,
    ),
    "people": Task.PEOPLE,
    "server": Task.OPERATE,
}  # fmt: skip
STORES = {
    ScenarioStore: Task.PLAN,
    LayerStore: Task.DATA,
    BookmarkStore: Task.BOOKMARK,
    ShortLinkStore: Task.LINK,
    PeopleStore: Task.PEOPLE,
}
READING = {
    "open",
    "close",
    "list",
    "listed",
    "find",
    "version",
    "versions",
    "content",
    "meet",
    "sign_out",  # one's own alone: the door has read who it is from the signed cookie
    "named",
    "latest",
    "get",
}
"""Methods of the stores that change nothing, or, as `meet`, note what the server itself has seen."""
# Start of the key of each control that changes what is kept, and the task that it needs.
CHANGING = {
    "lab-save": Task.PLAN,
    "lab-copy": Task.PLAN,
    "lab-delete": Task.PLAN,
    "lab-restore-": Task.PLAN,
    "own-keep": Task.DATA,
    "own-rename": Task.DATA,
    "own-replace": Task.DATA,
    "own-remove": Task.DATA,
    "own-back-": Task.DATA,
    "bookmarks-form": Task.BOOKMARK,
    "bookmarks-remove-": Task.BOOKMARK,
    "bookmarks-restore-": Task.BOOKMARK,
    "bookmarks-short": Task.LINK,
}
DOWNLOADS = ("download_button", "download_row", "workbook_button", "picture_button", "report_buttons")
"""Functions that draw a download; all of them are for whoever sees the page."""
# What each command changes; whoever may type it on the server's machine holds its database and its files anyway, so
# that a command acts as an administrator, and what it changes in the store stands in the audit log.
COMMANDS = {
    "data build": "files of the packs",
    "data new": "files of the packs",
    "data refresh": "files of the packs",
    "data rollback": "files of the packs",
    "people remove": "store",
    "people restore": "store",
    "people role": "store",
    "people team": "store",
    "store move": "store",
    "store purge": "store",
    "store restore": "store",
}
LOOKING = {
    "access", "app", "compare-areas", "data changes", "data check", "data list", "data summary", "find", "gaps",
    "layers check", "matrix", "near", "people list", "place", "report all-wards", "report borough", "report map",
    "report meeting", "report scenario", "report ward", "route", "scenario compare", "scenario run", "sites",
    "store audit", "store backup", "store check", "visit",
}  # fmt: skip


def parsed(*folders):
    """Yield path and tree of every script in these folders, and of app.py."""
    for path in [ROOT / "app.py", *(path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))]:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def called(node):
    """Name of what a call calls: of a function, or of a method."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def pages():
    """Names of the pages that app.py has."""
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) == "Page"]
    return {Path(ast.literal_eval(call.args[0])).stem for call in calls}


def test_every_page_has_a_row():
    found = {path.stem for path in (ROOT / "pages").glob("[a-z]*.py")}
    assert pages() == found, "a script that is no page, or a page without one"
    assert found <= set(PAGES)
    assert len(found) >= 10


def test_every_store_has_a_row():
    found = {
        name
        for path in (ROOT / "store").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and (name := node.name).endswith("Store")
    }
    assert found - {"PackStore"} == {store.__name__ for store in STORES}, "PackStore notes what the program has opened"


def changing_methods(store):
    """Methods of a store that change something."""
    return {name for name, _ in inspect.getmembers(store, inspect.isfunction) if name[0] != "_"} - READING


def test_what_changes_something_asks_for_whom():
    for store in STORES:
        for name in changing_methods(store):
            who = inspect.signature(getattr(store, name)).parameters.get("who")
            assert who is not None, f"{store.__name__}.{name}"
            assert who.default is inspect.Parameter.empty, f"{store.__name__}.{name}: nobody may be left out"


def controls_of_pages():
    """Find the keys, or the starts of keys, of everything that can be pressed on a page."""
    found = defaultdict(set)
    for path, tree in parsed("ui", "pages"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in ("button", "form", "download_button"):
                for key in (word.value for word in node.keywords if word.arg == "key"):
                    start = key.values[0] if isinstance(key, ast.JoinedStr) else key
                    if isinstance(start, ast.Constant):
                        found[str(start.value)].add(path.name)
    return found


def test_every_row_of_a_control_is_of_one_that_there_is():
    found = controls_of_pages()
    # Two ways to save are drawn by one call, with keys from a list.
    missing = [key for key in CHANGING if not any(key in one or one.startswith(key) for one in found)]
    assert set(missing) <= {"lab-save", "bookmarks-short", "bookmarks-form"}
    for key in missing:
        assert any(f'"{key}"' in path.read_text(encoding="utf-8") for path in (ROOT / "ui").rglob("*.py")), key


@pytest.fixture
def someone(monkeypatch, tmp_path):
    """Return how to be before the pages as somebody who signed in with a role."""
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path}/plans.sqlite")
    monkeypatch.setenv("REACH_ACCESS", "signed-in")
    for path in (ROOT / "ui").rglob("*.py"):  # so that no page imports one of them while a test stands in for `visitor`
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    original = visitors.visitor

    def become(role):
        def found(name=""):
            return Person(f"id of a {role}", f"A {role}", role, origin="198.51.100.7")

        for module in [*sys.modules.values()]:  # it is imported by name
            if getattr(module, "visitor", None) is original and module is not sys.modules[__name__]:
                monkeypatch.setattr(module, "visitor", found)

    yield become
    job_queue().end_all()


def opened(page, **address):
    """A page's own script, as the address of the page runs it behind the sign-in."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in address.items():
        at.query_params[name] = value
    return at.switch_page(f"pages/{page}.py").run()


def shown(at):
    """What is on a page: kinds of data, and keys of what can be pressed."""
    kinds = ("dataframe", "table", "deck_gl_json_chart", "vega_lite_chart", "arrow_vega_lite_chart")
    data = [kind for kind in kinds for _ in at.get(kind)]
    downloads = [one for one in at.get("download_button") if not one.proto.disabled]
    return data, downloads, {str(one.key) for one in at.button if not one.disabled}


@pytest.mark.slow
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("page", sorted(pages()))
def test_a_page_shows_itself_to_its_roles_and_nothing_to_others(someone, page, role):
    task = PAGES[page]
    someone(role)
    at = opened(page)
    assert not at.exception, [one.value for one in at.exception]
    data, downloads, pressed = shown(at)
    if role.reaches(task.role):
        assert not at.error
        assert at.markdown or at.title or at.get("html")
        return
    assert not data
    assert not downloads
    assert not pressed
    assert task.role in " ".join(one.value for kind in ("error", "warning", "info") for one in at.get(kind))


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted(name for name, task in PAGES.items() if task is Task.SEE))
def test_whoever_sees_a_page_may_take_it_along(someone, page):
    found = {}
    for role in (Role.VIEWER, Role.ADMINISTRATOR):
        someone(role)
        found[role] = sorted(str(one.key) for one in shown(opened(page))[1])
    assert found[Role.VIEWER] == found[Role.ADMINISTRATOR]


@pytest.mark.slow
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("page", "tab"), [("scenario_lab", "Save"), ("own_data", "")])
def test_what_a_role_may_not_do_is_not_offered(someone, page, tab, role):
    someone(role)
    at = opened(page)
    if tab:
        at.session_state["lab-tabs"] = tab
        at.run()
    elif at.text_area:
        postcode = open_pack("southend").demand["postcode"].iloc[0]
        at.text_area[0].set_value(f"name,postcode\nHub,{postcode}\n").run()
    assert not at.exception
    person = Person("x", "X", role)
    pressed = shown(at)[2]
    offered = {start for start in CHANGING for key in pressed if key.startswith(start)}
    refused = {start for start in offered if not person.may(CHANGING[start])}
    assert not refused
    task, usual = (Task.PLAN, "lab-save") if tab else (Task.DATA, "own-keep")
    assert (usual in offered) is person.may(task)
    if usual not in offered:
        said = " ".join(one.value for kind in ("info", "warning", "caption", "markdown") for one in at.get(kind))
        assert task.role in said, "which role it would need"


def test_no_download_is_drawn_by_a_way_of_its_own():
    names = {
        called(node)
        for _, tree in parsed("ui", "pages")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ("download" in called(node) or called(node) in DOWNLOADS)
    }
    assert set(DOWNLOADS) - {"workbook_button"} <= names
    own = {
        node.name for _, tree in parsed("ui", "pages") for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
    }
    assert names - own <= {"download_button"}, "what draws a download of Streamlit's own"


def leaves(command, *before):
    """Yield the words of every command, below groups too."""
    for name, one in getattr(command, "commands", {}).items():
        if hasattr(one, "commands"):
            yield from leaves(one, *before, name)
        else:
            yield " ".join((*before, name)), one


def test_every_command_has_a_row_and_none_lets_its_caller_be_another():
    found = dict(leaves(get_command(commands)))
    assert set(found) <= {*COMMANDS, *LOOKING}
    assert not set(COMMANDS) & LOOKING
    for words, command in found.items():
        names = {name for option in command.params for name in (*option.opts, option.name)}
        assert not names & {"--who", "--as", "--user", "--role-of", "who"}, words


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_what_those_before_it_may(role):
    who = Person("x", "X", role)
    least = {Task.SEE: 0, Task.BOOKMARK: 1, Task.LINK: 1, Task.PLAN: 2, Task.DATA: 2}
    for task in Task:
        assert who.may(task) is (list(Role).index(role) >= least.get(task, 3)), task
    assert {*PAGES.values(), *CHANGING.values(), *STORES.values()} <= set(Task)


def test_an_address_says_nothing_of_whom_it_is(monkeypatch):
    """Who is before a page comes from the sign-in alone: no name of the address is read for it."""
    tree = ast.parse((ROOT / "ui" / "kit" / "visitor.py").read_text(encoding="utf-8"))
    read = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not read & {"query_params", "headers", "url"}
    assert "REACH_ACCESS" not in os.environ
