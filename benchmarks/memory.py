"""Peak memory of a piece of work, measured in a new process.

``python -m benchmarks.memory GROUP TASK AREA MODE`` prepares the task, runs it, and prints by how
many megabytes the resident memory rose during the run. A group module has its tasks in a mapping
``MEMORY_TASKS``: from a name to a function that takes :class:`~benchmarks.setting.Options`, imports and prepares what
it needs, and returns the work as a call.
"""

import contextlib
import ctypes
import gc
import importlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.setting import Options

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_mb(group: str, tasks: Mapping[str, str], options: Options) -> dict[str, float]:
    """Measure each task of `tasks` (who: task of the group's ``MEMORY_TASKS``) in a process of its own.

    Where the system cannot measure it (no ``/proc``), the result is empty.
    """
    measured: dict[str, float] = {}
    for who, task in tasks.items():
        command = [sys.executable, "-m", "benchmarks.memory", group, task, options.area, options.mode]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1])
        words = done.stdout.split()
        if done.returncode == 0 and words:
            measured[who] = float(words[-1])
    return measured


def main(group: str, task: str, area: str, mode: str) -> int:
    """Run one task in this process and print the megabytes; return 2 when this system cannot measure them."""
    call = importlib.import_module(f"benchmarks.{group}").MEMORY_TASKS[task](Options(area, mode))
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)  # so that memory freed by the preparation does not hide the growth
    try:
        _RESET.write_text("5", encoding="ascii")  # resets the peak to the present memory
        before = _status_mb("VmRSS")
        kept = call()
        peak = _status_mb("VmHWM")
    except OSError:
        return 2
    del kept
    print(round(peak - before, 1))
    return 0


def _status_mb(field: str) -> float:
    line = next(line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith(field + ":"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
