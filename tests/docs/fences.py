"""Fenced blocks of a page, as a Markdown parser finds them, and the command lines in them.

A comment right above a block is a note on it: `<!-- not run: WHY -->`, `<!-- demo: FLAGS -->` (a cluster of its own begins),
`<!-- needs: PROGRAM -->`, `<!-- tutorial: NAME -->`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

CONSOLE, SHELL = "console", "sh"
_PROMPT, _GOES_ON = "$ ", "> "
_OPENS, _CLOSES = "<!--", "-->"


class Block(NamedTuple):
    """A fenced block.

    Attributes:
        line: of its opening fence, from 1.
        language: what it says it is: `console`, `sh`, `yaml`.
        text: what stands between the fences.
        notes: the comments right above it.
        is_generated: whether it is a part that is generated, and compared as a whole.
    """

    line: int
    language: str
    text: str
    notes: tuple[str, ...]
    is_generated: bool = False

    def note(self, key: str) -> str | None:
        """What a note `KEY: …` says; None where there is none."""
        return next((note.removeprefix(f"{key}:").strip() for note in self.notes if note.startswith(f"{key}:")), None)

    @property
    def runs(self) -> bool:
        """Whether its command lines are run."""
        return self.language in {CONSOLE, SHELL} and not self.is_generated and self.note("not run") is None


class Step(NamedTuple):
    """A command line of a `console` block, and the output that stands under it.

    Attributes:
        command: as it is typed, without the prompt; of several lines, maybe.
        output: its lines.
        line: of the first line of output, from 1; it may be one past the block.
    """

    command: str
    output: list[str]
    line: int


class Region(NamedTuple):
    """What stands between `<!-- generated: WHAT -->` and `<!-- end -->`, by its lines: `first <= line < last`, from 0."""

    what: str
    first: int
    last: int


def blocks(text: str) -> list[Block]:
    """Every fenced block of a page, in its order; those within another's list or quotation, too."""
    found: list[Block] = []
    notes: list[str] = []
    parts = regions(text)
    for token in _tokens(text):
        if token.type == "html_block":
            notes += _comments(token)
            continue
        if token.type == "fence" and token.map:
            line = token.map[0]
            generated = any(part.first <= line < part.last for part in parts)
            found.append(Block(line + 1, token.info.strip(), token.content, tuple(notes), generated))
        notes = []
    return found


def indented(text: str) -> list[int]:
    """The lines of code blocks that are none of the fenced ones: nobody would run them."""
    return [token.map[0] + 1 for token in _tokens(text) if token.type == "code_block" and token.map]


def steps(block: Block) -> list[Step]:
    """The command lines of a `console` block; raises ValueError where it begins with something else."""
    found: list[Step] = []
    for number, line in enumerate(block.text.splitlines(), block.line + 1):
        if line.startswith(_PROMPT):
            found.append(Step(line.removeprefix(_PROMPT), [], number + 1))
        elif not found:
            raise ValueError(f"line {number}: a console block begins with a prompt, not with {line!r}")
        elif line.startswith(_GOES_ON) and not found[-1].output:
            last = found.pop()
            found.append(Step(f"{last.command}\n{line.removeprefix(_GOES_ON)}", [], number + 1))
        else:
            found[-1].output.append(line)
    return found


def regions(text: str) -> list[Region]:
    """What of a page is generated; raises ValueError where a comment begins what none ends."""
    found: list[Region] = []
    what: tuple[str, int] | None = None
    for token in _tokens(text):
        if token.type != "html_block" or not token.map:
            continue
        for comment in _comments(token):
            if comment.startswith("generated:"):
                if what is not None:
                    raise ValueError(f"{what[0]}: it has no end")
                what = (comment.removeprefix("generated:").strip(), token.map[1])
            elif comment == "end" and what is not None:
                found.append(Region(*what, token.map[0]))
                what = None
    if what is not None:
        raise ValueError(f"{what[0]}: it has no end")
    return found


def inline_code(text: str) -> list[tuple[int, str]]:
    """Each `piece of code` in the prose, with the line that its paragraph begins at."""
    return [
        (token.map[0] + 1, child.content)
        for token in _tokens(text)
        if token.type == "inline" and token.map
        for child in token.children or ()
        if child.type == "code_inline"
    ]


def links(text: str) -> list[tuple[int, str]]:
    """Where each link and picture of a page points to, with the line that its paragraph begins at."""
    return [
        (token.map[0] + 1, str(child.attrs.get("href") or child.attrs.get("src")))
        for token in _tokens(text)
        if token.type == "inline" and token.map
        for child in token.children or ()
        if child.type in {"link_open", "image"}
    ]


def headings(text: str) -> list[str]:
    """The words of each heading, without marks."""
    tokens = list(_tokens(text))
    return [
        "".join(child.content for child in after.children or () if child.type in {"text", "code_inline"})
        for token, after in pairwise(tokens)
        if token.type == "heading_open"
    ]


def _tokens(text: str) -> Iterator[Token]:
    yield from MarkdownIt("commonmark").enable("table").parse(text)


def _comments(token: Token) -> Iterator[str]:
    for line in token.content.splitlines():
        stripped = line.strip()
        if stripped.startswith(_OPENS) and stripped.endswith(_CLOSES):
            yield stripped.removeprefix(_OPENS).removesuffix(_CLOSES).strip()
