"""The bytes of a process: what a command prints on standard output, whatever libraries print, and nothing raw."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from commands.output import printable

CHECKOUT = Path(__file__).resolve().parents[1]
CENTRES = ("access", "--service", "childrens_centre")
# Prints in each way that a library can, while a command works: from C with and without its buffer, past Python's
# stream, and through it. What lies in C's buffer comes out when the process ends.
NOISY = """
import ctypes, os, sys
import geo.packs

quiet = geo.packs.open_pack

def noisy(*arguments, **options):
    libc = ctypes.CDLL(None)
    libc.puts(b"NOISE in the buffer of C")
    os.write(1, b"NOISE on descriptor 1\\n")
    print("NOISE by print")
    if sys.__stdout__ is not None:
        sys.__stdout__.write("NOISE past sys.stdout\\n")
    return quiet(*arguments, **options)

geo.packs.open_pack = noisy
import cli
cli.main()
"""


def run(*arguments: object, code: str = NOISY, **options: object) -> "subprocess.CompletedProcess[bytes]":
    words = [str(argument) for argument in arguments]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "COLUMNS": "120", "PYTHONIOENCODING": "utf-8"}
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run(
        [sys.executable, "-c", code, *words], cwd=CHECKOUT, env=environment, check=False, timeout=300, **settings
    )


def heard(made: "subprocess.CompletedProcess[bytes]") -> bytes:
    """Return what stood on standard output, when all of the noise is on standard error."""
    assert made.returncode == 0, made.stderr
    for way in (b"in the buffer of C", b"on descriptor 1", b"by print", b"past sys.stdout"):
        assert b"NOISE " + way in made.stderr
    assert b"NOISE" not in made.stdout
    return made.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        (*CENTRES, "--format", "json"),
        ("gaps", "--format", "json"),
        ("place", "--hubs", "1", "--alternatives", "0", "--format", "json"),
        ("scenario", "run", "examples/one-hub-for-shoebury.json", "--format", "json"),
        (
            "scenario",
            "compare",
            "examples/one-hub-for-shoebury.json",
            "examples/weekly-outreach-east.json",
            "--format",
            "json",
        ),
        ("data", "summary", "southend"),
        ("data", "changes", "southend", "--since", "data/southend", "--format", "json"),
    ],
    ids=lambda arguments: " ".join(map(str, arguments[:2])),
)
def test_json_is_all_that_is_printed(arguments: tuple[str, ...]) -> None:
    shown = heard(run(*arguments))
    assert isinstance(json.loads(shown), dict | list)
    assert shown.startswith((b"{", b"["))
    assert shown.endswith(b"\n")


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [CENTRES, ("gaps",)], ids=lambda arguments: arguments[0])
def test_csv_is_all_that_is_printed(arguments: tuple[str, ...]) -> None:
    rows = list(csv.reader(io.StringIO(heard(run(*arguments, "--format", "csv")).decode())))
    assert rows[0][:3] == ["code", "name", "group"]
    assert {len(row) for row in rows} == {len(rows[0])}


@pytest.mark.slow
def test_a_matrix_is_all_that_is_printed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,lon,lat\nHall,0.7117,51.5379\n", encoding="utf-8")
    made = run("matrix", "--sites", tmp_path / "a.csv", "--points", tmp_path / "a.csv")
    assert [line.split(b",")[:2] for line in heard(made).splitlines()] == [[b"site", b"point"], [b"Hall", b"Hall"]]


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [CENTRES, ("data", "list")], ids=lambda arguments: arguments[0])
def test_a_table_is_all_that_is_printed(arguments: tuple[str, ...]) -> None:
    assert b"Southend-on-Sea" in heard(run(*arguments))


PLAIN = "import cli; cli.main()"


def closing(descriptor: int, code: str = PLAIN) -> str:
    """Return code that starts anew, with a descriptor closed from the beginning, and runs `code`."""
    return (
        f"import os, sys; os.close({descriptor}); "
        f"os.execv(sys.executable, [sys.executable, '-c', {code!r}, *sys.argv[1:]])"
    )


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_a_reader_that_has_gone_ends_the_command_without_a_word(form: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        made = run(*CENTRES, "--by", "lsoa", "--format", form, code=PLAIN, stdout=pipe)
    assert (made.returncode, made.stderr) == (141, b"")


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "csv", "table"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full, as Linux has it")
def test_a_full_disk_is_one_message(form: str) -> None:
    with Path("/dev/full").open("wb") as full:
        made = run(*CENTRES, "--format", form, code=PLAIN, stdout=full)
    assert made.returncode == 2
    assert made.stderr == b"Error: standard output cannot be written: No space left on device\n"


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_closed_output_is_one_message_and_a_file_can_still_be_written(form: str, tmp_path: Path) -> None:
    closed = closing(1)
    made = run(*CENTRES, "--format", form, code=closed)
    assert (made.returncode, made.stdout) == (2, b"")
    assert made.stderr.startswith(b"Error: standard output is closed")
    assert made.stderr.count(b"\n") == 1
    # The next file that is opened would have the number of standard output, and take what libraries print.
    out, whole = tmp_path / "out.txt", tmp_path / "whole.txt"
    assert run(*CENTRES, "--format", form, "--out", out, code=closing(1, NOISY)).returncode == 0
    assert run(*CENTRES, "--format", form, "--out", whole, code=PLAIN).returncode == 0
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.slow
def test_messages_stay_off_standard_output_when_standard_error_is_closed() -> None:
    deaf = closing(2)
    made = run("access", "--service", "no such", code=deaf)
    assert (made.returncode, made.stdout) == (2, b"")
    assert json.loads(run(*CENTRES, "--format", "json", code=deaf).stdout)["area"] == "southend"


@pytest.mark.slow
def test_help_is_on_standard_output() -> None:
    for words in (["--help"], ["place", "--help"]):
        made = run(*words, code=PLAIN)
        assert made.stdout.startswith(b"Usage: ")
        assert made.stderr == b""


def test_what_steers_a_terminal_is_spelt_out_and_json_reads_it_back() -> None:
    hostile = "a\x1b[31mred\x07\x9b2J\x7f\u202egnp.exe\u2028end\r"
    shown = printable(f"{hostile}\n\tand – plain words stay: ©, é, 100 %")
    assert "\\u001b[31mred\\u0007\\u009b2J\\u007f\\u202egnp.exe\\u2028end\\u000d\n\tand – plain" in shown
    assert json.loads(printable(json.dumps(hostile, ensure_ascii=False))) == hostile


@pytest.mark.slow
@pytest.mark.parametrize("form", ["table", "json"])
def test_nothing_raw_reaches_a_terminal(form: str, tmp_path: Path) -> None:
    plan = json.loads((CHECKOUT / "examples/one-hub-for-shoebury.json").read_text(encoding="utf-8"))
    path = tmp_path / "plan\x1b[2J.json"
    path.write_text(json.dumps({**plan, "name": "Pl\x9b31man \u202eB", "service": "no\x1b]0;such"}), encoding="utf-8")
    made = run("scenario", "run", path, "--format", form, code=PLAIN)
    assert made.returncode == 2
    for raw in (b"\x1b", b"\xc2\x9b", "\u202e".encode()):
        assert raw not in made.stdout + made.stderr
