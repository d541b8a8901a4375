"""Every command, found by asking the program itself: whatever the machine refuses ends in one sentence, never in more.

Each case runs in a process of its own, a copy of one that has already loaded the program and its packs.
"""

import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from cli import app
from geo import files

CHECKOUT = Path(__file__).resolve().parents[2]
LINUX = pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full, as Linux has it")
PLAN = "examples/one-hub-for-shoebury.json"
# What makes each command print or write something; {points} is a small file of places, {sources} a folder.
ARGUMENTS = {
    "find": ["SS1 1AA"],
    "access": ["--service", "childrens_centre"],
    "sites": ["--service", "childrens_centre"],
    "near": ["Kursaal"],
    "visit": ["--service", "library"],
    "route": ["Kursaal", "pharmacy"],
    "matrix": ["--sites", "{points}", "--points", "{points}"],
    "gaps": [],
    "place": ["--hubs", "1", "--alternatives", "0"],
    "compare-areas": ["--service", "gp_practice"],
    "data check": ["southend"],
    "data list": [],
    "data new": ["southend", "--check"],
    "data summary": ["southend"],
    "data changes": ["southend", "--since", "data/southend"],
    "layers check": ["{points}"],
    "report ward": ["Kursaal"],
    "report all-wards": [],
    "report borough": [],
    "report scenario": [PLAN],
    "report map": [],
    "report meeting": [],
    "people list": [],
    "store audit": [],
    "store check": [],
    "store purge": ["--deleted-before", "1", "--dry-run"],
    "scenario run": [PLAN],
    "scenario compare": [PLAN, "examples/weekly-outreach-east.json"],
}
# These have tests of their own: the server of the dashboard, what fetches or compiles for minutes, and what changes the
# store, which prints nothing.
ELSEWHERE = {"app", "data build", "data refresh", "data rollback", "store backup", "store restore", "store move"}
ELSEWHERE |= {"people role", "people team", "people remove", "people restore"}
ENDINGS = {"near": ".geojson", "report scenario": ".pdf"}
FORK = """
import json, os, signal, sys
import geo.packs

opened, real = {}, geo.packs.open_pack

def kept(name, root=None):
    if name not in opened:
        opened[name] = real(name, root)
    return opened[name]

geo.packs.open_pack = kept
import cli

for area in geo.packs.list_packs():
    kept(area)
for line in sys.stdin:
    case = json.loads(line)
    child = os.fork()
    if not child:
        code = 99
        try:
            os.dup2(os.open(case["err"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
            if case["to"] == "closed":
                os.close(1)
                sys.stdout = None
            elif case["to"] == "gone":
                reading, writing = os.pipe()
                os.close(reading)
                os.dup2(writing, 1)
            else:
                os.dup2(os.open(case["to"], os.O_WRONLY), 1)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            sys.argv = ["reach", *case["words"]]
            signal.alarm(100)
            try:
                cli.main()
                code = 0
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
            except BaseException:
                import traceback
                traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def commands() -> dict[str, Any]:
    """Every command that there is, by its words."""

    def inside(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        for name, one in getattr(command, "commands", {}).items():
            yield from inside(one, (*words, name))
        if not hasattr(command, "commands"):
            yield " ".join(words), command

    return dict(inside(get_command(app), ()))


WRITING = [
    name for name, one in commands().items() if name not in ELSEWHERE and any(p.name == "out" for p in one.params)
]
PRINTING = [name for name in commands() if name not in ELSEWHERE and not name.startswith("report")]


def words(name: str, folder: Path) -> list[str]:
    points = folder / "points.csv"
    points.write_text("name,lon,lat\nHall,0.7117,51.5379\n", encoding="utf-8")
    return [*name.split(), *(word.format(points=points) for word in ARGUMENTS[name])]


def test_every_command_is_tried() -> None:
    assert set(commands()) == set(ARGUMENTS) | ELSEWHERE


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Run a command in a process of its own; returns its exit code and what it said on standard error."""
    if not hasattr(os, "fork"):
        pytest.skip("processes cannot be copied here")
    said = tmp_path_factory.mktemp("said") / "err"
    store = f"sqlite:///{said.parent / 'plans.sqlite'}"
    settings = {"COLUMNS": "120", "REACH_AREA": "southend", "REACH_DATABASE_URL": store}
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), **settings}
    with subprocess.Popen(
        [sys.executable, "-c", FORK], cwd=CHECKOUT, env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as loaded:  # fmt: skip
        assert loaded.stdin is not None
        assert loaded.stdout is not None

        def ask(arguments: list[str], to: str = os.devnull) -> tuple[int, str]:
            loaded.stdin.write(json.dumps({"words": arguments, "to": to, "err": str(said)}) + "\n")
            loaded.stdin.flush()
            return int(loaded.stdout.readline()), said.read_text(encoding="utf-8")

        yield ask
        loaded.stdin.close()


@LINUX
@pytest.mark.slow
@pytest.mark.parametrize("name", PRINTING)
@pytest.mark.parametrize(
    ("to", "code", "sentence"),
    [
        ("closed", 2, "Error: standard output is closed"),
        ("/dev/full", 2, "Error: standard output cannot be written: No space left on device\n"),
        ("gone", 141, ""),
    ],
)
def test_standard_output_that_takes_nothing(
    run: Any, name: str, to: str, code: int, sentence: str, tmp_path: Path
) -> None:
    ended, said = run(words(name, tmp_path), to)
    errors = [line for line in said.splitlines(keepends=True) if not line.startswith("Note: ")]
    assert (ended, len(errors)) == (code, 1 if sentence else 0), said
    assert "".join(errors).startswith(sentence)


def targets(folder: Path, ending: str) -> dict[str, Path]:
    """Files that cannot be written, whoever asks."""
    (folder / "file").write_text("", encoding="utf-8")
    (folder / f"folder{ending}").mkdir()
    loop = folder / f"loop{ending}"
    loop.symlink_to(loop)
    return {
        "a file for a folder": folder / "file" / f"x{ending}",
        "a link to itself": loop,
        "under a link to itself": loop / f"x{ending}",
        "a name too long": folder / f"{'n' * 300}{ending}",
        "a path too long": folder / "/".join(["n" * 200] * 30) / f"x{ending}",
        "a folder that takes no files": Path("/proc" if Path("/proc/self").exists() else folder / "file")
        / f"x{ending}",
        "a folder": folder / f"folder{ending}",
    }


@pytest.mark.parametrize("name", WRITING)
def test_a_file_that_cannot_be_written_is_refused_before_any_work(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name not in ("layers check", "report all-wards"):  # which find out after they have read

        def work(*_: object) -> None:
            raise AssertionError("a pack was opened")

        monkeypatch.setattr("geo.packs.open_pack", work)
    arguments = words(name, tmp_path)
    for what, out in targets(tmp_path, ENDINGS.get(name, ".txt")).items():
        if (name, what) == ("report all-wards", "a folder"):
            continue
        result = CliRunner().invoke(app, [*arguments, "--out", str(out)], env={"REACH_AREA": "southend"})
        assert isinstance(result.exception, SystemExit), (what, result.exception)
        assert result.exit_code == 2, what
        assert result.stderr.startswith("Error: "), what
        assert result.stderr.count("\n") == 1, what
    assert {path.stem for path in tmp_path.iterdir()} == {"file", "folder", "loop", "points"}


@pytest.mark.parametrize("name", ["access", "near", "matrix", "data summary", "report scenario"])
def test_a_disk_that_fills_while_a_file_is_written_leaves_the_old_one(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / f"x{ENDINGS.get(name, '.txt')}"
    out.write_text("before", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", full)
    arguments = [*words(name, tmp_path), "--out", str(out)]
    result = CliRunner().invoke(app, arguments, env={"REACH_AREA": "southend"})
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].endswith("cannot be written: No space left on device")
    assert out.read_text(encoding="utf-8") == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([out.name, "points.csv"])


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (OSError(errno.EROFS, "Read-only file system", "/packs/x"), "Error: /packs/x: Read-only file system\n"),
        (PermissionError(errno.EACCES, "Permission denied"), "Error: Permission denied\n"),
        (MemoryError(), "Error: this needs more memory than there is\n"),
    ],
)
def test_what_the_machine_refuses_is_one_sentence(
    fault: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise fault

    monkeypatch.setattr("geo.packs.open_pack", refuse)
    result = CliRunner().invoke(app, ["access", "--service", "library"], env={"REACH_AREA": "southend"})
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", sentence)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="signals as POSIX has them")
@pytest.mark.parametrize(
    ("number", "left"), [(signal.SIGTERM, 0), (signal.SIGINT, 0), (getattr(signal, "SIGKILL", signal.SIGTERM), 1)]
)
def test_a_command_that_is_ended_leaves_nothing_or_the_next_one_sweeps_it(
    number: signal.Signals, left: int, tmp_path: Path
) -> None:
    code = f"""
        import time
        from pathlib import Path
        from geo.files import written_whole
        try:
            with written_whole(Path({str(tmp_path)!r}) / "x.txt") as part:
                part.write_text("half")
                print("half", flush=True)
                time.sleep(60)
        except KeyboardInterrupt:
            raise SystemExit(130)
    """
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True, env=environment
    ) as writing:
        assert writing.stdout is not None
        assert writing.stdout.readline() == "half\n"
        files.write_whole(tmp_path / "other.txt", b"of another process")
        assert len(list(tmp_path.glob(".reach-*.part"))) == 1, "one that is being written stays"
        writing.send_signal(number)
        writing.wait(timeout=20)
    assert writing.returncode == (-number if left else 128 + number)
    assert len(list(tmp_path.glob(".reach-*.part"))) == left
    assert not (tmp_path / "x.txt").exists()
    files.write_whole(tmp_path / "y.txt", b"next")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.txt", "y.txt"]
