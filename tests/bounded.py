"""Something hostile, tried in a process of its own that the system ends when it takes too long or too much."""

import os
import resource
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from geo.errors import InputError

_MB = 1 << 20


def bounded(call: Callable[[], Any], *, cpu_s: int, mb: int) -> str:
    """Return what a call says: the words of its refusal, or ``"taken"``.

    Parameters
    ----------
    call
        What is tried.
    cpu_s
        Seconds of work after which it is ended; how busy the machine is does not matter.
    mb
        Megabytes that it may take, besides those that this process has.

    Raises
    ------
    AssertionError
        When it took more, or failed with anything but an `InputError`.
    """
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking where threads are: none of them is needed
        child = os.fork()
    if not child:
        os.close(reading)
        with os.fdopen(writing, "w", errors="replace") as out:
            out.write(_tried(call, cpu_s, mb))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        words = said.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status == 0, f"it took more than {cpu_s} s of work, and was ended by signal {-status}"
    kind, _, rest = words.partition(": ")
    assert kind in ("InputError", "taken"), words[:500]
    return rest or kind


def _tried(call: Callable[[], Any], cpu_s: int, mb: int) -> str:
    now = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + mb * _MB, now + mb * _MB))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        call()
    except InputError as error:
        return f"InputError: {error}"
    except BaseException as error:  # the other side of the fork must never go on with the tests
        return f"{type(error).__name__}: {error}"
    return "taken"
