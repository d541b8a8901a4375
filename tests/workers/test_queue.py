"""The queue: whose turn it is, where one stands in it, and every way in which a job can end."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import queue_works as works

from geo.errors import InputError, UnknownNameError
from workers.job import WHY, End, JobError
from workers.limits import Limits
from workers.queue import Queue, Status, resident_mb

CHECKOUT = Path(__file__).resolve().parents[2]
LIMITS = Limits(workers=1, seconds=120, megabytes=1000, waiting=4, away_s=60)
WAIT_S = 60
needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")


@pytest.fixture
def make():
    made = []

    def queue(**limits):
        made.append(Queue(replace(LIMITS, **limits)))
        return made[-1]

    yield queue
    for one in made:
        one.end_all()


def ended(job):
    assert job.wait(WAIT_S), "it never ended"
    assert not job.open
    return job


def until(true, what):
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def pid_of(queue, before=()):
    """The process of the job that runs."""
    import multiprocessing

    until(lambda: set(multiprocessing.active_children()) - set(before), "a process")
    return next(iter(set(multiprocessing.active_children()) - set(before))).pid


def test_a_job_is_done_in_another_process_behind_the_pages_and_without_the_script_of_this_one(make):
    job = ended(make().submit("Ada", works.where))
    pid, nice, main, screen = job.result
    assert job.end == End.DONE
    assert job.error is None
    assert pid != os.getpid()
    assert nice > os.nice(0)
    assert not screen
    assert main != getattr(sys.modules["__main__"], "__file__", None)


def test_first_come_first_served_and_one_at_a_time(make, tmp_path):
    queue, notes = make(), tmp_path / "notes"
    names = ["Ada", "Grace", "Mary", "Edith"]
    jobs = [queue.submit(name, partial(works.noted, notes, name, 0.1)) for name in names]
    assert [ended(job).result for job in jobs] == names
    assert notes.read_text().split() == [word for name in names for word in ("begin", name, "end", name)]


def test_two_workers_run_two_jobs_at_once(make, tmp_path):
    queue, notes = make(workers=2), tmp_path / "notes"
    jobs = [queue.submit(name, partial(works.noted, notes, name, 2.0)) for name in ("Ada", "Grace")]
    for job in jobs:
        ended(job)
    assert [line.split()[0] for line in notes.read_text().splitlines()] == ["begin", "begin", "end", "end"]


def test_a_visitor_has_one_job_at_a_time_and_sees_how_many_come_before(make):
    queue = make()
    first = queue.submit("Ada", works.until_stopped, watched=True)
    until(lambda: first.progress, "the first to run")
    second, third = queue.submit("Grace", partial(works.said, "b")), queue.submit("Mary", partial(works.said, "c"))
    assert [queue.before(job) for job in (first, second, third)] == [None, 1, 2]
    assert queue.of("Ada") is first
    assert queue.of("Mary") is third
    assert queue.of("Edith") is None
    for name in ("Ada", "Mary"):
        with pytest.raises(JobError, match="still being made"):
            queue.submit(name, partial(works.said, "again"))
    assert queue.status() == Status(waiting=2, running=1, done=0, failed=0, stopped=0)
    queue.stop(second)
    assert not second.open
    assert (second.end, second.error, second.result) == (End.STOPPED, None, None)
    assert queue.before(third) == 1
    queue.stop(first)
    assert ended(third).result == "c!"
    assert first.result.startswith("best of ")
    assert queue.submit("Ada", partial(works.said, "again")) is not first
    until(lambda: queue.status() == Status(waiting=0, running=0, done=3, failed=0, stopped=1), "all ended")


def test_the_queue_is_bounded(make):
    queue = make(waiting=2)
    running = queue.submit("Ada", works.until_stopped, watched=True)
    until(lambda: running.progress, "it to run")
    for name in ("Grace", "Mary"):
        queue.submit(name, works.sleeps)
    with pytest.raises(JobError, match="too many searches and reports are waiting"):
        queue.submit("Edith", works.sleeps)
    assert queue.of("Edith") is None


def test_progress_arrives_and_work_that_is_stopped_returns_what_it_has(make):
    queue = make()
    job = queue.submit("Ada", works.until_stopped, watched=True)
    until(lambda: (job.progress or 0) > 20, "progress")
    queue.stop(job)
    assert ended(job).end == End.DONE
    assert int(job.result.removeprefix("best of ")) >= job.progress


def test_progress_that_comes_too_often_is_thinned(make):
    job = ended(make().submit("Ada", partial(works.counts, 100_000), watched=True))
    assert job.result == 100_000
    assert job.progress < 100_000 - 1


@pytest.mark.parametrize("work", [works.sleeps, works.deaf_for_ever])
def test_other_work_that_is_stopped_ends_at_once_and_the_next_runs(make, work):
    queue = make()
    job = queue.submit("Ada", work)
    until(lambda: queue.before(job) is None, "it to run")
    queue.stop(job)
    assert (ended(job).end, job.error) == (End.STOPPED, None)
    assert ended(queue.submit("Grace", partial(works.said, "next"))).result == "next!"


def test_work_that_does_not_listen_is_ended_after_a_while(make, monkeypatch):
    monkeypatch.setattr("workers.queue._GRACE_S", 0.3)
    queue = make()
    job = queue.submit("Ada", works.never_listens, watched=True)
    until(lambda: job.progress, "it to run")
    queue.stop(job)
    assert ended(job).end == End.STOPPED


def test_what_the_work_refuses_is_told_in_its_own_words(make):
    queue = make()
    job = ended(queue.submit("Ada", works.refuses))
    assert job.end == End.REFUSED
    assert isinstance(job.error, UnknownNameError)
    assert (job.error.name, str(job.error)) == ("Atlantis", "unknown ward 'Atlantis'; valid: Kursaal")
    job = ended(queue.submit("Ada", works.refuses_plainly))
    assert (type(job.error), str(job.error)) == (InputError, "no ward has been chosen")


@pytest.mark.parametrize("work", [works.breaks, works.cannot_be_sent])
def test_work_that_breaks_is_logged_and_told_in_one_sentence(make, caplog, work):
    queue = make()
    job = ended(queue.submit("Ada", work))
    assert (job.end, str(job.error), job.result) == (End.FAILED, WHY[End.FAILED], None)
    assert "Traceback" in caplog.text
    assert queue.status().failed == 1
    assert ended(queue.submit("Ada", partial(works.said, "next"))).result == "next!"


def test_work_that_cannot_be_sent_is_the_programmers_fault_and_takes_no_place(make):
    queue = make()
    with pytest.raises((AttributeError, TypeError)):
        queue.submit("Ada", lambda: None)
    assert queue.of("Ada") is None


def test_the_limit_of_time_ends_a_job_and_watched_work_keeps_what_it_has(make):
    queue = make(seconds=0.5)
    job = ended(queue.submit("Ada", works.sleeps))
    assert (job.end, str(job.error)) == (End.TOO_LONG, WHY[End.TOO_LONG])
    job = ended(queue.submit("Ada", works.until_stopped, watched=True))
    assert job.result.startswith("best of ")


@needs_proc
def test_the_limit_of_memory_ends_a_job_and_the_next_runs(make):
    queue = make(megabytes=400)
    job = ended(queue.submit("Ada", partial(works.takes_memory, 600)))
    assert (job.end, str(job.error)) == (End.TOO_LARGE, WHY[End.TOO_LARGE])
    assert ended(queue.submit("Ada", partial(works.said, "next"))).result == "next!"
    assert ended(queue.submit("Ada", works.runs_out_of_memory)).end == End.TOO_LARGE
    assert resident_mb(os.getpid()) > 10
    assert resident_mb(2**30) == 0


def test_a_worker_that_is_killed_is_told_in_one_sentence_and_the_next_runs(make, caplog):
    queue = make()
    job = ended(queue.submit("Ada", works.killed))
    assert (job.end, str(job.error)) == (End.KILLED, WHY[End.KILLED])
    job = queue.submit("Ada", works.sleeps)
    os.kill(pid_of(queue), signal.SIGKILL)
    assert ended(job).end == End.KILLED
    assert "exit code -9" in caplog.text
    assert ended(queue.submit("Ada", partial(works.said, "next"))).result == "next!"
    assert queue.status() == Status(waiting=0, running=0, done=1, failed=2, stopped=0)


def test_the_jobs_of_a_visitor_who_has_left_are_ended_and_the_next_run(make):
    queue, here = make(away_s=0.3), {"Ada", "Grace", "Mary"}
    running, waiting, stays = (
        queue.submit(name, work, present=lambda name=name: name in here)
        for name, work in (("Ada", works.sleeps), ("Grace", works.sleeps), ("Mary", partial(works.said, "c")))
    )
    until(lambda: queue.before(running) is None, "it to run")
    time.sleep(0.6)
    assert running.open  # it is still looked at
    here.clear()
    here.add("Mary")
    assert (ended(waiting).end, str(waiting.error)) == (End.LEFT, WHY[End.LEFT])
    assert ended(running).end == End.LEFT
    assert ended(stays).result == "c!"


def test_a_connection_that_fails_for_a_moment_is_no_goodbye(make):
    queue, looks = make(away_s=0.5), iter([True, False] * 1000)
    job = queue.submit("Ada", partial(works.sleeps, 1.5), present=lambda: next(looks))
    assert ended(job).end == End.DONE


def test_no_process_is_left_when_all_are_ended(make):
    import multiprocessing

    queue = make(workers=2)
    jobs = [queue.submit(name, works.never_listens, watched=True) for name in ("Ada", "Grace", "Mary")]
    until(lambda: jobs[0].progress and jobs[1].progress, "two to run")
    queue.end_all()
    assert [job.end for job in jobs] == [End.STOPPED] * 3
    until(lambda: not multiprocessing.active_children(), "no process")


SERVER = """
import multiprocessing, time
import queue_works as works
from workers.limits import Limits
from workers.queue import Queue

if __name__ != "__main__":
    raise SystemExit("the script of the server was run again in a job")
queue = Queue(Limits())
job = queue.submit("Ada", works.deaf_for_ever)
while not multiprocessing.active_children():
    time.sleep(0.01)
print(multiprocessing.active_children()[0].pid, flush=True)
time.sleep(60)
"""


@needs_proc
@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_jobs_end_with_the_server_however_it_ends(tmp_path, how):
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(CHECKOUT), str(Path(__file__).parent)])}
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=CHECKOUT
    ) as server:
        pid = int(server.stdout.readline())
        time.sleep(1)
        assert Path(f"/proc/{pid}").exists(), "the job runs"
        server.send_signal(how)
        server.wait(WAIT_S)
    until(lambda: not Path(f"/proc/{pid}").exists(), "the job to end")
