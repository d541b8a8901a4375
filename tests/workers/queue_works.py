"""Work that the tests of the queue send to other processes."""

import os
import threading
import time
from pathlib import Path

from geo.errors import InputError, UnknownNameError


def said(text):
    return f"{text}!"


def noted(file, text, seconds=0.0):
    """Note when it begins and ends."""
    with Path(file).open("a", encoding="utf-8") as notes:
        print("begin", text, file=notes)
    time.sleep(seconds)
    with Path(file).open("a", encoding="utf-8") as notes:
        print("end", text, file=notes)
    return text


def refuses():
    raise UnknownNameError("ward", "Atlantis", ["Kursaal"])


def refuses_plainly():
    raise InputError("no ward has been chosen")


def breaks():
    raise RuntimeError("the solver fell over")


def cannot_be_sent():
    return threading.Lock()


def sleeps(seconds=60.0):
    time.sleep(seconds)


def deaf_for_ever():
    """Hold Python's lock as well as anything can that is written in Python."""
    while True:
        sum(range(10_000))


def takes_memory(megabytes):
    held = [bytes([1]) * 1_000_000 for _ in range(megabytes)]
    time.sleep(60)
    return len(held)


def runs_out_of_memory():
    raise MemoryError


def until_stopped(*, progress, stop):
    best = 0
    while not stop():
        best += 1
        progress(best)
        time.sleep(0.01)
    return f"best of {best}"


def never_listens(*, progress, stop):
    progress("deaf")
    time.sleep(60)


def counts(how_many, *, progress, stop):
    for number in range(how_many):
        progress(number)
    return how_many


def where():
    """Which process this is, how nice it is, and whether the script of whoever asked was run here again."""
    import sys

    main = sys.modules["__main__"]
    return os.getpid(), os.nice(0), getattr(main, "__file__", ""), "streamlit" in sys.modules


def killed():
    os.kill(os.getpid(), 9)
