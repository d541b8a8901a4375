"""A killed program, and a server that loses its power: at most the save that was not answered is lost."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import event, text

from analysis.scenario.scenario import Scenario, SetSpeed
from store.database import open_engine
from store.errors import StoreError
from store.scenarios import ScenarioStore
from store.soundness import faults
from tests.people import boss

ROOT = Path(__file__).resolve().parents[2]

# Saves without end, and says each number once the save has been answered.
SAVER = """
import sys
from analysis.scenario.scenario import CloseSite, Scenario
from store.person import local_person
from store.scenarios import ScenarioStore

store = ScenarioStore.open(sys.argv[1])
many = tuple(CloseSite("x" * 90 + str(n)) for n in range(150))
key = store.save(Scenario("A", "southend", changes=many), local_person("Anna")).version.scenario_id
print(key, flush=True)
number = 1
while True:
    saved = store.save(Scenario("A", "southend", changes=many), local_person("Anna"), scenario_id=key, based_on=number)
    number = saved.version.number
    print(number, flush=True)
"""

# Stops in the middle of a save: before or after the version is written, never after the transaction is closed. With
# "torn", each statement is closed by itself, as in a program that knows of no transactions.
HALF = """
import sys, time
from sqlalchemy import event
from analysis.scenario.scenario import Scenario, SetSpeed
from store.person import local_person
from store.scenarios import ScenarioStore

url, key, moment, how = sys.argv[1:]
store = ScenarioStore.open(url)

def hang(connection, cursor, statement, *rest):
    if statement.startswith("INSERT INTO scenario_version"):
        print(moment, flush=True)
        time.sleep(600)

def tear(connection, cursor, statement, *rest):
    cursor.connection.commit()

if how == "torn":
    event.listen(store._engine, "after_cursor_execute", tear)
event.listen(store._engine, moment + "_cursor_execute", hang)
plan = Scenario("A", "southend", changes=(SetSpeed(9.0),))
if key == "new":
    store.save(plan, local_person("Ben"))
else:
    store.save(plan, local_person("Ben"), scenario_id=key, based_on=1)
"""


# Makes a hundred programs, one after another, that save without end, and kills each at a moment drawn by lot. Says for
# each the number of the last save that was answered.
HUNDRED = """
import os, random, signal, sys, time
from analysis.scenario.scenario import Scenario
from store.person import local_person
from store.scenarios import ScenarioStore

url, key = sys.argv[1:]
lots = random.Random(7)
for turn in range(100):
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        store = ScenarioStore.open(url)
        number = len(store.versions(key))
        while True:
            saved = store.save(Scenario("A", "southend"), local_person("Anna"), scenario_id=key, based_on=number)
            number = saved.version.number
            os.write(writing, f"{number} ".encode())
    os.close(writing)
    said = os.read(reading, 100)  # it has begun
    time.sleep(lots.random() * 0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reading, 65536):
        said += more
    os.close(reading)
    print(said.split()[-1].decode(), flush=True)
"""


def logged(url):
    """How many versions there are, and how many rows of the audit log about plans."""
    engine = open_engine(url)
    with engine.connect() as connection:
        versions = connection.execute(text("SELECT count(*) FROM scenario_version")).scalar()
        rows = connection.execute(text("SELECT count(*) FROM audit WHERE kind = 'plan'")).scalar()
    engine.dispose()
    return versions, rows


def start(code, *arguments):
    return subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def sound(url):
    """Whether the database's own check finds it whole."""
    engine = open_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            assert connection.execute(text("PRAGMA foreign_key_check")).fetchall() == []
        else:
            # The server may still finish what a client asked for that is dead by now.
            others = text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            until = time.monotonic() + 20
            while connection.execute(others).scalar():
                assert time.monotonic() < until, "the server still works for a dead client"
                time.sleep(0.05)
                connection.execute(text("SELECT pg_stat_clear_snapshot()"))
    engine.dispose()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("seed", range(3))
def test_killed_while_saving_again_and_again(url, seed):
    process = start(SAVER, url)
    assert process.stdout is not None
    key = process.stdout.readline().strip()
    answered = [int(process.stdout.readline()) for _ in range(3)]
    time.sleep(random.Random(seed).random() * 0.3)
    process.send_signal(signal.SIGKILL)
    answered += [int(line) for line in process.stdout.read().split("\n")[:-1]]
    process.wait()
    process.stdout.close()
    sound(url)
    store = ScenarioStore.open(url)
    numbers = [version.number for version in store.versions(key)]
    assert numbers == list(range(1, len(numbers) + 1))
    # The last save may have been done but not yet answered.
    assert len(numbers) - answered[-1] in (0, 1)
    assert logged(url) == (len(numbers), len(numbers))
    assert store.save(Scenario("B", "southend"), boss("Cem"), scenario_id=key, based_on=numbers[-1]).clash is None
    store.close()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be copied here")
def test_a_hundred_kills_lose_no_answered_save_and_no_row_of_the_log(url):
    store = ScenarioStore.open(url)
    key = store.save(Scenario("A", "southend"), boss("Anna")).version.scenario_id
    store.close()  # so that no client but those that are killed is there
    process = start(HUNDRED, url, key)
    assert process.stdout is not None
    answered = [int(line) for line in process.stdout.read().split()]
    assert process.wait() == 0
    process.stdout.close()
    sound(url)
    assert len(answered) == 100
    assert answered == sorted(set(answered))
    numbers = [version.number for version in store.versions(key)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) - answered[-1] in (0, 1)
    assert logged(url) == (len(numbers), len(numbers))
    assert list(faults(store._engine)) == []
    store.close()


def killed_in_a_save(url, key, moment, how="whole"):
    """Kill a program in the middle of a save, and return what the tables then hold: scenarios, and their versions."""
    process = start(HALF, url, key, moment, how)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == moment
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    sound(url)
    engine = open_engine(url)
    with engine.connect() as connection:
        scenarios = connection.execute(text("SELECT id FROM scenario ORDER BY id")).scalars().all()
        versions = connection.execute(text("SELECT scenario_id, number FROM scenario_version")).fetchall()
    engine.dispose()
    return scenarios, [tuple(row) for row in versions]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("new", [False, True], ids=["next version", "new plan"])
def test_killed_between_writing_and_closing_the_transaction(url, moment, new):
    store = ScenarioStore.open(url)
    key = store.save(Scenario("A", "southend"), boss("Anna")).version.scenario_id
    store.close()
    assert killed_in_a_save(url, "new" if new else key, moment) == ([key], [(key, 1)]), "nothing of the save is there"
    store = ScenarioStore.open(url)
    saved = store.save(Scenario("A", "southend", changes=(SetSpeed(3.0),)), boss("Anna"), scenario_id=key, based_on=1)
    assert saved.clash is None
    assert [version.number for version in store.versions(key)] == [1, 2]
    assert logged(url) == (2, 2)
    store.close()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_the_kill_would_find_a_save_that_is_not_one_transaction(url):
    """The test above can fail: with each statement closed by itself, half a save is what it would find."""
    store = ScenarioStore.open(url)
    key = store.save(Scenario("A", "southend"), boss("Anna")).version.scenario_id
    store.close()
    scenarios, versions = killed_in_a_save(url, "new", "before", "torn")
    assert (len(scenarios), versions) == (2, [(key, 1)]), "a plan without a version"
    _, versions = killed_in_a_save(url, key, "after", "torn")
    assert (key, 2) in versions, "a version that nobody was told of"


@pytest.mark.slow
@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_server_that_is_started_again_under_saves_has_each_once_or_its_error_said_so(postgres, how):
    url = postgres.new_database()
    store = ScenarioStore.open(url)
    saved, refused, unsure, stop = [], [], [], threading.Event()

    def saving(who):
        number = 0
        while not stop.is_set():
            number += 1
            name = f"{who} {number}"
            try:
                saved.append(store.save(Scenario(name, "southend"), boss(who)).version.scenario.name)
            except StoreError as error:
                (unsure if "Whether it was saved is not known" in str(error) else refused).append(name)
                time.sleep(0.02)

    workers = [threading.Thread(target=saving, args=(f"Person {number}",)) for number in range(4)]
    for worker in workers:
        worker.start()
    try:
        for _ in range(3):
            time.sleep(0.6)
            postgres.stop(how)
            time.sleep(0.2)
            postgres.start()
        time.sleep(0.6)
    finally:
        stop.set()
        for worker in workers:
            worker.join(60)
    total = store.list("southend").total
    there = Counter(one.name for one in store.list("southend", size=max(total, 1)))
    assert saved
    assert refused
    assert set(there.values()) == {1}, "none twice"
    assert set(saved) <= set(there), "each that was answered is there"
    assert not set(refused) & set(there), "none of which it was said that nothing was saved"
    assert set(there) <= {*saved, *unsure}
    assert list(faults(store._engine)) == []
    assert logged(url) == (total, total)
    store.close()


@pytest.mark.slow
def test_an_answer_that_is_lost_at_the_end_of_a_save_is_not_called_a_failure(postgres):
    store = ScenarioStore.open(postgres.new_database())

    cuts = []

    def cut(connection):
        if cuts:
            return
        cuts.append(connection)
        raw = connection.connection.driver_connection
        key = raw.execute("SELECT pg_backend_pid()").fetchone()[0]
        other = store._engine.raw_connection()
        other.driver_connection.execute(f"SELECT pg_terminate_backend({key})")
        other.close()

    event.listen(store._engine, "commit", cut)
    with pytest.raises(StoreError, match="Whether it was saved is not known: look before you save it again"):
        store.save(Scenario("A", "southend"), boss("Anna"))
    assert store.save(Scenario("B", "southend"), boss("Anna")).version.number == 1
    store.close()


@pytest.mark.slow
def test_a_server_that_loses_its_power_keeps_every_answered_save(postgres):
    url = postgres.new_database()
    store = ScenarioStore.open(url)
    key = store.save(Scenario("A", "southend"), boss("Anna")).version.scenario_id
    for number in range(1, 20):
        store.save(Scenario("A", "southend"), boss("Anna"), scenario_id=key, based_on=number)
    postgres.stop("immediate")
    postgres.start()
    # The store finds its connection gone, and makes a new one.
    assert len(store.versions(key)) == 20
    store.close()
