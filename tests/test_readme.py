"""Every piece of Python in the README and in docs/ runs and prints what it says."""

import re
from pathlib import Path

import pytest

from tests.markdown_code import MismatchError, fenced_blocks, run_markdown

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_code_of_the_document_prints_what_it_shows(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # what an example writes must not land in the tree
    run_markdown(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))


def test_readme_names_only_targets_that_the_makefile_has():
    named = set()
    for block in fenced_blocks((ROOT / "README.md").read_text(encoding="utf-8")):
        if block.language in {"sh", "bash", "console", ""}:
            named |= set(re.findall(r"^(?:\$ )?make ([\w-]+)", block.text, flags=re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, flags=re.MULTILINE))
    assert {"demo", "test", "test-peers", "lint", "clean"} <= targets
    assert named <= targets


def document(*blocks):
    return "\n\n".join(f"```{language}\n{text}\n```" for language, text in blocks)


def test_blocks_share_a_namespace_and_other_languages_are_not_run():
    text = document(("python", "x = 2"), ("sh", "exit 1"), ("python", "print(x)"), ("text", "2"))
    assert run_markdown(text, "doc") == 2


@pytest.mark.parametrize(
    "code",
    [
        "print(1 + 1)  # -> 2",
        "1 + 1  # -> 2",
        "print(  # a call over two lines\n    'pi', 3.14159)  # -> pi 3.14...",
        "s = '# -> not a comment'",
        "for i in range(2):\n    pass\nNone",
    ],
)
def test_what_is_stated_rightly_passes(code):
    assert run_markdown(document(("python", code)), "doc") == 1


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([("python", "print(1)  # -> 2")], "doc, line 2: shown\n2\nbut printed\n1"),
        ([("python", "x = 1  # -> 1")], "but printed\nnothing"),
        ([("python", "print(1)")], "doc, line 2: prints what is not shown:\n1"),
        ([("python", "print(1)"), ("text", "2")], "doc, line 6: shown\n2\nbut printed\n1"),
        ([("python", "print(1)\nprint(2)"), ("text", "1")], "but printed\n1\n2"),
        ([("python", "x = 1"), ("text", "1")], "but printed\nnothing"),
        ([("pycon", ">>> 1")], "doc, line 2: write ```python, not pycon"),
        ([("python", "# -> 2")], "this arrow does not end a statement"),
    ],
)
def test_what_is_stated_wrongly_fails_with_its_line(blocks, message):
    with pytest.raises(MismatchError, match=re.escape(message)):
        run_markdown(document(*blocks), "doc")


def test_failing_code_points_at_the_line_of_the_document():
    text = "# Title\n\n" + document(("python", "x = 1\nx / 0"))
    with pytest.raises(ZeroDivisionError) as error:
        run_markdown(text, "doc.md")
    assert (str(error.traceback[-1].path), error.traceback[-1].lineno + 1) == ("doc.md", 5)


def test_a_block_that_never_closes_is_an_error():
    with pytest.raises(MismatchError, match="line 3: the block '```python' is never closed"):
        fenced_blocks("a\n\n```python\nx = 1")
