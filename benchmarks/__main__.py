"""``python -m benchmarks [GROUP …]``: time this project against its peers and against its budgets."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from benchmarks.registry import GROUPS, group_named
from benchmarks.report import facts, save, show
from benchmarks.setting import Options, Setting
from geo.errors import ReachError


def main(arguments: list[str] | None = None) -> int:
    """Run the groups asked for, or all; return 1 when an answer was wrong or, with ``--check``, a budget was missed."""
    asked = _parser().parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 180)
    try:
        groups = {name: group_named(name) for name in (asked.groups or GROUPS)}
        without = frozenset(name for name in asked.without.split(",") if name)
        setting = Setting.of(Options(asked.area, asked.mode, max(asked.repeats, 1), without))
        known = facts(setting)
        outcomes = {}
        for name, group in groups.items():
            print(f"{name} …", file=sys.stderr, flush=True)
            outcomes[name] = (group.title, group.run(setting))
    except ReachError as error:
        print(error, file=sys.stderr)
        return 2
    show(console, known, outcomes)
    if asked.json:
        save(asked.json, known, outcomes)
    wrong = any(row.mistake for _, outcome in outcomes.values() for row in outcome.rows)
    missed = any(not budget.met for _, outcome in outcomes.values() for budget in outcome.budgets)
    return int(wrong or (asked.check and missed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"any of: {', '.join(GROUPS)}; all when left out")
    parser.add_argument("--area", default="southend", help="area pack")
    parser.add_argument("--mode", default=Options.mode, help="a mode on foot")
    parser.add_argument("--repeats", type=int, default=15, help="rounds; the best counts")
    parser.add_argument("--without", default="", metavar="PEERS", help="leave these libraries out, comma between them")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything to FILE")
    parser.add_argument("--check", action="store_true", help="exit 1 when a budget is missed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
