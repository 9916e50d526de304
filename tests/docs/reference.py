"""Reference pages: what the app itself says of its commands and their flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from leasectl.cli.app import ALIASES, COMMANDS, app
from tests.docs.tables import code, table
from tests.docs.telling import DOCS, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

PAGES = DOCS / "reference"
SITE = ROOT / "mkdocs.yml"
_NAV_BEGINS, _NAV_ENDS = "# A page a command, which `make docs` writes.\n", "      # The rest is written by hand.\n"


def root() -> Any:
    """The app as Click sees it; Typer's own copy of Click has no types."""
    return typer.main.get_command(app)


def command(name: str) -> Any:
    """One of the app's commands; None where there is none of that name."""
    return root().get_command(None, name)


def page_of(name: str) -> Path:
    """Where a command's page is."""
    return PAGES / f"{name}.md"


def flags(name: str) -> str:
    """A table of a command's flags."""
    rows = [*map(_row, _options(command(name)))]
    return table(["flag", "meaning", "unless told"], rows) if rows else "\nNone of its own.\n\n"


def global_flags() -> str:
    """The flags that every command takes."""
    return table(["flag", "meaning", "unless told"], map(_row, _options(root())))


def summary(name: str) -> str:
    """What the list of commands says of one, and by which other names it goes."""
    others = [alias for alias, of in ALIASES.items() if of == name]
    also = f" Also {' and '.join(code(f'leasectl {other}') for other in others)}." if others else ""
    return f"\n{COMMANDS[name][1]}{also}\n\n"


def commands() -> str:
    """A table of all commands, each with its page."""
    rows = ((f"[`{name}`]({name}.md)", line) for name, (_, line) in COMMANDS.items())
    return table(["command", "what it does"], rows)


def write_missing_pages() -> None:
    """A page for each command that has none: what is generated of it, to which prose is added by hand."""
    PAGES.mkdir(parents=True, exist_ok=True)
    for name in COMMANDS:
        if not page_of(name).exists():
            page_of(name).write_text(_skeleton(name))
    SITE.write_text(with_nav(SITE.read_text()))


def every_flag(name: str) -> set[str]:
    """The long names of a command's flags, and of those that every command takes."""
    own = [] if name == "demo" else [command(name)]  # what follows `demo` is another command's
    all_of = own or [command(each) for each in COMMANDS]
    options = (option for of in (*all_of, root()) for option in _options(of))
    return {"--help", *(flag for option in options for flag in (*option.opts, *option.secondary_opts))}


def with_nav(text: str) -> str:
    """The site's configuration with a line of navigation for each command's page."""
    before, begins, rest = text.partition(_NAV_BEGINS)
    _, ends, after = rest.partition(_NAV_ENDS)
    lines = "".join(f"      - {page_of(name).relative_to(DOCS).as_posix()}\n" for name in COMMANDS)
    return f"{before}{begins}{lines}{ends}{after}"


PARTS: Mapping[str, Callable[..., str]] = {
    "summary": summary,
    "flags": flags,
    "global-flags": global_flags,
    "commands": commands,
}


def _skeleton(name: str) -> str:
    def region(what: str) -> str:
        return f"<!-- generated: {what} -->\n<!-- end -->\n"

    if name == "options":
        return (
            f"# leasectl options\n\n{region('summary options')}\n{region('global-flags')}\n{region('leasectl options')}"
        )
    return f"""# leasectl {name}

{region(f"summary {name}")}
## Flags

{region(f"flags {name}")}
Every command takes [these flags](options.md), too.

## Help

{region(f"leasectl {name} --help")}"""


def _options(of: Any) -> Iterator[Any]:
    return (each for each in of.params if each.param_type_name == "option" and not each.hidden)


def _row(option: Any) -> tuple[str, str, str]:
    names = ", ".join(sorted((*option.opts, *option.secondary_opts), key=len))
    metavar = "" if option.is_flag else f" {option.metavar}"
    unless = "" if option.is_flag or option.default in {None, ""} or callable(option.default) else str(option.default)
    return code(f"{names}{metavar}"), option.help or "", code(unless)
