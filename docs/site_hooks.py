"""Hooks of MkDocs for the documentation site: they add the README, the notebook and the reference of the library.

MkDocs calls these functions by name. They also check the result: a page that would load anything from another host ends
the build with an error.
"""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ("geo", "analysis", "wording", "reports", "store")
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_FETCHED = {"src", "srcset", "poster", "data"}


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are not files of this folder."""
    pages = {"index.md": readme(), "from-python.md": notebook(ROOT / "docs" / "from-python.ipynb")}
    pages |= {f"reference/{folder}.md": reference(folder) for folder in REFERENCE}
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, files: Files, **_: Any) -> str:
    """Keep only the words of a link to a file that is not part of the site, such as a table of ``data``."""
    here = (ROOT / "docs" / page.file.src_uri).parent

    def kept(found: re.Match[str]) -> str:
        target = found[3].partition("#")[0]
        if not target or ":" in target:
            return found[0]
        inside = (here / target).resolve()
        known = inside.is_relative_to(ROOT / "docs") and files.get_file_from_path(
            inside.relative_to(ROOT / "docs").as_posix()
        )
        # A link to a file that does not exist stays, so that the build reports it.
        return found[0] if known or not inside.exists() else found[2]

    return _LINK.sub(kept, markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Keep only the name where a docstring has ``:func:`` or another role before it."""
    return re.sub(r":(?:attr|class|data|exc|func|meth|mod):(?=<)", "", html)


def on_post_build(config: Any) -> None:
    """End the build with an error when a page would load something from another host."""
    faults = []
    for path in sorted(Path(config["site_dir"]).rglob("*")):
        if path.suffix in (".html", ".css"):
            faults += [f"{path.name}: {url}" for url in foreign(path.read_text(encoding="utf-8"), path.suffix)]
    if faults:
        raise PluginError("the site would fetch from other hosts: " + "; ".join(faults[:10]))


def foreign(text: str, kind: str) -> list[str]:
    """Return the addresses on other hosts that a page (``.html``) or a style sheet (``.css``) loads by itself."""
    if kind == ".css":
        return re.findall(r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')\s]+)", text)
    reader = _Fetched()
    reader.feed(text)
    return [url for url in reader.found if re.match(r"(https?:)?//", url)]


class _Fetched(HTMLParser):
    """Collects the addresses that a browser loads for a page by itself, not those of links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found += [value for name, value in attrs if name in _FETCHED and value]
        if tag == "link" and "canonical" not in (given.get("rel") or ""):
            self.found.append(given.get("href") or "")


def readme() -> str:
    """Return the README as the first page, with its links relative to this folder."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return _LINK.sub(
        lambda found: (
            f"{found[1]}[{found[2]}]({found[3].removeprefix('docs/')})"
            if found[3].startswith(("docs/", "http"))
            else found[2]
        ),
        text,
    )


def notebook(path: Path) -> str:
    """Return a notebook's text and code as a page."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = [("".join(cell["source"]), cell["cell_type"]) for cell in cells]
    return "\n\n".join(text if kind == "markdown" else f"```python\n{text}\n```" for text, kind in texts)


def reference(folder: str) -> str:
    """Return the page of a folder: each of its modules, by name."""
    names = (path.relative_to(ROOT).with_suffix("").parts for path in sorted((ROOT / folder).rglob("*.py")))
    modules = [".".join(parts) for parts in names if parts[-1] != "__init__" and "migrations" not in parts]
    return "\n\n".join([f"# {folder}", *(f"::: {module}" for module in modules)])
