from __future__ import annotations

import pytest

from tests.docs.fences import Block, Region, Step, blocks, headings, indented, inline_code, links, regions, steps

PAGE = """\
# Title `code` [link](a.md#b)

<!-- not run: needs two machines -->
<!-- tutorial: once -->
```sh
one
```

Words, and `leasectl get`.

- in a list

  ```console
  $ two   # comment
  its output
  $ three \\
  >   goes on
  ```

````text
```sh
shown, not run
```
````

    indented

![picture](demo.svg)
"""


def test_blocks_are_found_wherever_a_reader_of_markdown_finds_them() -> None:
    one, two, three = blocks(PAGE)

    assert one == Block(5, "sh", "one\n", ("not run: needs two machines", "tutorial: once"))
    assert (two.line, two.language, two.notes) == (13, "console", ())
    assert three.language == "text"
    assert [block.runs for block in (one, two, three)] == [False, True, False]


def test_a_note_says_what_stands_behind_its_key() -> None:
    block = blocks(PAGE)[0]

    assert (block.note("tutorial"), block.note("not run"), block.note("demo")) == ("once", "needs two machines", None)


def test_command_lines_have_the_output_that_stands_under_them() -> None:
    assert steps(blocks(PAGE)[1]) == [
        Step("two   # comment", ["its output"], 15),
        Step("three \\\n  goes on", [], 18),
    ]


def test_a_console_block_that_begins_with_output_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with a prompt"):
        steps(blocks("```console\nleasectl get\n```\n")[0])


def test_what_nobody_would_run_is_found() -> None:
    assert indented(PAGE) == [26]


def test_generated_regions_are_what_stands_between_their_comments() -> None:
    text = "a\n<!-- generated: flags get -->\nb\n<!-- end -->\nc\n"

    assert regions(text) == [Region("flags get", 2, 3)]


def test_what_is_generated_is_not_run() -> None:
    (block,) = blocks("<!-- generated: leasectl --help -->\n```console\n$ leasectl --help\n```\n<!-- end -->\n")

    assert block.is_generated
    assert not block.runs


@pytest.mark.parametrize(
    "text", ["<!-- generated: a -->\n", "<!-- generated: a -->\n\n<!-- generated: b -->\n<!-- end -->\n"]
)
def test_a_region_that_has_no_end_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it has no end"):
        regions(text)


def test_code_links_and_headings_are_found_in_the_prose() -> None:
    assert [code for _, code in inline_code(PAGE)] == ["code", "leasectl get"]
    assert [target for _, target in links(PAGE)] == ["a.md#b", "demo.svg"]
    assert headings(PAGE) == ["Title code link"]
