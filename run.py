"""Set up and start the project with nothing but Python: ``python run.py``.

``python run.py`` starts the dashboard, ``python run.py test`` runs the tests, ``python run.py check`` the lint and
type checks, ``python run.py docs`` builds the documentation as a site in ``site``, and ``python run.py reach …`` any
command of the command line. The first run makes a virtual environment in ``.venv`` and installs the pinned versions of
``constraints.txt`` there; later runs start at once.

``python run.py test --fast`` leaves out what drives a browser, starts a server, reads the publishers' files or takes
long. With ``--newest`` or ``--lowest`` the tests run in an environment made for that one run, with the newest or the
lowest versions that ``pyproject.toml`` allows, unless these are the pinned ones. ``python run.py lint`` and
``python run.py types`` are halves of ``check``. Anything else after ``test`` goes to pytest.

``python run.py sbom`` writes the list of the product's parts (CycloneDX) to ``sbom.json``. ``python run.py audit`` asks
a service on the internet whether faults of these parts are known; ``REACH_OSV_URL`` names another one that answers as
OSV does. It ends with 0 when none is known, 1 when some are, and 3 when no service was reached: nothing was checked.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "installed"
LOWEST = (3, 11)
USER, DEVELOPER = "app,build", "test"  # extras of pyproject.toml; a developer's holds all others
FAST = "not browser and not sources and not slow"
RESOLUTIONS = {"--lowest": "lowest-direct", "--newest": "highest"}


def main(arguments: list[str]) -> int:
    """Run one of the commands and return its exit code."""
    if sys.version_info < LOWEST:
        print(f"This needs Python {LOWEST[0]}.{LOWEST[1]} or later; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    command, *rest = arguments or ["app"]
    python, reach = str(PYTHON), str(BIN / ("reach.exe" if os.name == "nt" else "reach"))
    ruff = [[python, "-m", "ruff", "check", "."], [python, "-m", "ruff", "format", "--check", "."]]
    types = [[python, "-m", "mypy"]]
    tasks = {
        "app": [[reach, "app", *rest]],
        "reach": [[reach, *rest]],
        "test": [],  # made below: which Python runs it depends on its options
        "lint": ruff,
        "types": types,
        "check": ruff + types,
        "sbom": [],  # made below, as `test`
        "audit": [],
        "docs": [[python, "-m", "mkdocs", "build", "--strict"]],
    }
    if command not in tasks:
        print(f"unknown command {command!r}; valid: {', '.join(tasks)}\n\n{__doc__}", file=sys.stderr)
        return 2
    for_developers = command not in ("app", "reach")
    try:
        install(command if command == "docs" else DEVELOPER if for_developers else USER)
    except (subprocess.CalledProcessError, OSError) as error:
        print(
            f"\nThe set-up did not finish: {error}\nIt needs Python's venv module (on Debian and Ubuntu: "
            "apt install python3-venv) and, the first time, access to a Python package index.",
            file=sys.stderr,
        )
        return 1
    # Commands see files from where the user stands. Each task is seen through, so that one run shows all that is wrong.
    where = ROOT if for_developers else None
    try:
        if command == "test":
            return test(rest)
        if command in ("sbom", "audit"):
            return (sbom if command == "sbom" else audit)()
        return max(subprocess.run(task, cwd=where, check=False).returncode for task in tasks[command])
    except KeyboardInterrupt:
        return 130


def test(arguments: list[str]) -> int:
    """Run the tests and return pytest's exit code; options of ours are taken out, the rest is pytest's."""
    options = [word for word in arguments if word in ("--fast", *RESOLUTIONS)]
    rest = [word for word in arguments if word not in options]
    chosen = ["-m", FAST] if "--fast" in options else []
    lanes = [word for word in options if word in RESOLUTIONS]
    if len(lanes) > 1:
        print("--newest and --lowest are two runs: ask for one of them", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="reach-") as folder:
        try:
            python = throw_away(Path(folder), RESOLUTIONS[lanes[0]]) if lanes else PYTHON
        except subprocess.CalledProcessError as error:
            print(f"\nThe versions for {lanes[0]} could not be installed: {error}", file=sys.stderr)
            return 1
        if lanes and frozen(python) == frozen(PYTHON):
            print(f"{lanes[0]}: these are the pinned versions, which `test` runs with; nothing is left to try.")
            return 0
        spread = ["--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile"]
        few = {"REACH_FEW_EXAMPLES": "1"} if lanes else {}
        asked = [python, "-m", "pytest", *spread, *chosen, *rest]
        return subprocess.run(asked, cwd=ROOT, env={**os.environ, **few}, check=False).returncode


def product() -> list[str]:
    """Return the packages that the product needs, each as ``name==version``."""
    listed = subprocess.run([str(PYTHON), str(ROOT / ".ci" / "product.py")], capture_output=True, text=True, check=True)
    return listed.stdout.split()


def sbom(target: Path = ROOT / "sbom.json") -> int:
    """Write the list of the product's parts, CycloneDX 1.6, and return an exit code."""
    with tempfile.TemporaryDirectory(prefix="reach-") as folder:
        every = Path(folder) / "every.json"
        asked = [str(PYTHON), "-m", "cyclonedx_py", "environment", "--pyproject", str(ROOT / "pyproject.toml")]
        form = ["--mc-type", "application", "--output-reproducible", "--no-validate", "-o", str(every), str(PYTHON)]
        ended = subprocess.run([*asked, *form], capture_output=True, text=True, check=False)
        if ended.returncode:
            print(ended.stderr, file=sys.stderr)
            return 1
        content = json.loads(every.read_text(encoding="utf-8"))
    # The environment has the tools of the tests as well, which the product has not.
    named = {line.partition("==")[0] for line in product()}
    content["components"] = [one for one in content["components"] if one["name"].lower().replace("_", "-") in named]
    kept = {one["bom-ref"] for one in content["components"]} | {content["metadata"]["component"]["bom-ref"]}
    content["dependencies"] = [
        {**one, "dependsOn": [ref for ref in one.get("dependsOn", ()) if ref in kept]}
        for one in content["dependencies"]
        if one["ref"] in kept
    ]
    target.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(f"Wrote {target}: {len(content['components'])} parts")
    return 0


def audit() -> int:
    """Ask whether faults of the product's parts are known; return 0 for none, 1 for some, 3 for not checked."""
    with tempfile.TemporaryDirectory(prefix="reach-") as folder:
        pins, report = Path(folder) / "pins.txt", Path(folder) / "report.json"
        pins.write_text("\n".join(product()), encoding="utf-8")
        service = ["--osv-url", os.environ["REACH_OSV_URL"]] if "REACH_OSV_URL" in os.environ else []
        asked = [str(PYTHON), "-m", "pip_audit", "--no-deps", "--disable-pip", "-r", str(pins), "-s", "osv", *service]
        form = ["--timeout", "20", "--progress-spinner", "off", "-f", "json", "-o", str(report)]
        ended = subprocess.run([*asked, *form], capture_output=True, text=True, check=False)
        content = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else None
    if content is None:
        why = (ended.stderr.strip().splitlines() or ["no reason given"])[-1]
        print(f"Not checked: no service was reached that knows of faults ({why})")
        return 3
    faults = [(one["name"], one["version"], fault["id"]) for one in content["dependencies"] for fault in one["vulns"]]
    for name, version, fault in faults:
        print(f"{name} {version}: {fault}")
    print(f"Checked: {len(content['dependencies'])} parts, {len(faults)} known faults")
    return 1 if faults else 0


def throw_away(folder: Path, resolution: str) -> Path:
    """Make an environment in `folder` with the lowest or newest versions that the project allows; return its Python."""
    python = folder / PYTHON.relative_to(VENV)
    uv = [str(PYTHON), "-m", "uv"]
    print(f"Installing what pyproject.toml allows ({resolution}) …", flush=True)
    subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", str(PYTHON), str(folder)], check=True)
    install = [*uv, "pip", "install", "--quiet", "--python", str(python), "--resolution", resolution]
    # uv does not read pip's settings: an index or a certificate that pip was told of is told to it too.
    told = {"UV_SYSTEM_CERTS": "true", "UV_HTTP_TIMEOUT": "180"}
    for setting, name in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        asked = [str(PYTHON), "-m", "pip", "config", "get", f"global.{setting}"]
        found = os.environ.get(f"PIP_{setting.upper().replace('-', '_')}", "")
        found = found or subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
        told |= {name: found} if found else {}
    subprocess.run([*install, "--editable", f"{ROOT}[test]"], env={**told, **os.environ}, check=True)
    return python


def frozen(python: Path) -> set[str]:
    """Return the packages of an environment with their versions; without the project, and without what installs."""
    asked = [str(PYTHON), "-m", "uv", "pip", "freeze", "--python", str(python), "--exclude-editable"]
    lines = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split("\n")
    return {line for line in lines if line and line.partition("==")[0] not in ("pip", "setuptools", "uv", "wheel")}


def install(extra: str) -> None:
    """Bring the virtual environment up to date with the project's pins and an extra; does nothing when it is."""
    wanted = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        wanted.update((ROOT / name).read_bytes())
    done = STAMP.read_text().split() if STAMP.exists() else []
    if done[:1] == [wanted.hexdigest()] and (extra in done or DEVELOPER in done):
        return
    if not PYTHON.exists():
        print("Making a virtual environment in .venv …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    print("Installing the pinned packages (a few minutes the first time) …", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--constraint", str(ROOT / "constraints.txt"), "--editable", f"{ROOT}[{extra}]"], check=True)
    kept = done[1:] if done[:1] == [wanted.hexdigest()] else []
    STAMP.write_text(" ".join([wanted.hexdigest(), *kept, extra]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
