"""Our messages for wrong calls are at least as helpful as PyTorch's."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import microgradnn as mg
from tests.wrong_calls import WRONG_CALLS, WrongCall

ROOT = Path(__file__).resolve().parents[1]
NUMPY_WORDING = re.compile(
    r"\baxis\b|\barray\b|setting an array element|inhomogeneous|numpy|operands could not", re.I
)
each_wrong_call = pytest.mark.parametrize("wrong", WRONG_CALLS, ids=lambda wrong: wrong.name)


def message(wrong: WrongCall) -> str:
    with pytest.raises(wrong.error) as caught:
        wrong.call(mg)
    return str(caught.value)


def test_there_are_40_or_more_of_different_names() -> None:
    assert len({wrong.name for wrong in WRONG_CALLS}) == len(WRONG_CALLS) >= 40
    assert len({wrong.code for wrong in WRONG_CALLS}) == len(WRONG_CALLS)


@each_wrong_call
def test_the_message_says_what_was_given_and_the_remedy(wrong: WrongCall) -> None:
    text = message(wrong)
    assert [part for part in wrong.must if part not in text] == [], text


@each_wrong_call
def test_the_message_does_not_speak_of_arrays(wrong: WrongCall) -> None:
    if wrong.name != "numpy with grad":  # there the array is the subject
        assert not NUMPY_WORDING.search(message(wrong))


def numbers(text: str) -> set[str]:
    names = r"\bm(?:at)?[12]\b"  # what PyTorch calls the operands of a product
    return set(re.findall(r"\d+(?:\.\d+)?", re.sub(names, "", text)))


@pytest.mark.peers
@each_wrong_call
def test_pytorch_raises_the_same_class_and_says_no_number_that_we_leave_out(
    wrong: WrongCall,
) -> None:
    import torch

    with pytest.raises(wrong.error) as theirs:
        wrong.call(torch)
    with pytest.raises(wrong.error) as ours:
        wrong.call(mg)
    public = next(c for c in type(theirs.value).__mro__ if c.__module__ == "builtins")
    assert isinstance(ours.value, public)
    said = numbers(str(theirs.value).split("\nException raised from")[0])
    assert said - numbers(str(ours.value)) == set(wrong.unsaid), f"{theirs.value}\n{ours.value}"


@pytest.mark.peers
def test_the_page_is_up_to_date() -> None:
    command = [sys.executable, ".ci/write_error_texts.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
