"""The demo's command line: what it lists, chooses, refuses, and leaves behind."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from microgradnn import __main__ as demo

ROOT = Path(__file__).resolve().parents[1]
IDS = [
    "S1",
    "S2a",
    "S2b",
    "S2c",
    "S2d",
    "S2e",
    "S3a",
    "S3b",
    "S3c",
    "S4",
    "S5a",
    "S5b",
    "S5c",
    "S5d",
    "S5e",
    "S5f",
    "S5g",
]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """Run in an empty folder, so that whatever is left behind can be seen."""
    monkeypatch.chdir(tmp_path)


def run(*arguments):
    """The exit code of the command line, also where it stops by itself."""
    try:
        return demo.main(arguments)
    except SystemExit as stopped:
        return stopped.code


def left_behind(folder):
    return sorted(path.name for path in folder.iterdir())


def program(*arguments, cwd, path=ROOT):
    environment = {**os.environ, "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_list_names_every_network_and_trains_none(capsys, tmp_path):
    assert run("--list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == IDS
    assert left_behind(tmp_path) == []


def test_only_may_be_repeated_and_ignores_case(capsys, tmp_path):
    assert run("--only", "s3B", "--only", "S2c", "--only", "S2C", "--out", "here") == 0
    printed = capsys.readouterr()
    rows = [line for line in printed.out.splitlines() if line.startswith("S")]
    assert [row.split()[0] for row in rows] == ["S2c", "S3b"]
    assert "largest gradient difference" in printed.out
    assert str((tmp_path / "here").resolve()) in printed.out
    assert left_behind(tmp_path / "here") == ["s2c-story.txt", "s3b-story.txt"]
    assert printed.err == ""


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--only", "S9"], "no network 'S9'; there are S1, S2a"),
        (["--only"], "--only: expected one argument"),
        (["--seed", "abc"], "'abc' is not a whole number from 0 to 4294967295"),
        (["--seed", "-1"], "'-1' is not a whole number"),
        (["--seed", "4294967296"], "'4294967296' is not a whole number"),
        (["--seed", "1.5"], "'1.5' is not a whole number"),
        (["--frobnicate"], "unrecognized arguments: --frobnicate"),
        (["S2e"], "unrecognized arguments: S2e"),
    ],
)
def test_wrong_arguments_are_one_line_and_exit_code_2(capsys, tmp_path, arguments, named):
    assert run(*arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("python -m microgradnn: ")
    assert named in printed.err
    assert printed.err.count("\n") == 1
    assert left_behind(tmp_path) == []


def test_an_unwritable_folder_is_found_before_any_training(capsys, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    run("--list")
    capsys.readouterr()
    command = sys.modules["seednet.command"]
    monkeypatch.setattr(command, "_trained", lambda *_: pytest.fail("it has begun to train"))
    assert run("--out", "file/out") == 2
    printed = capsys.readouterr()
    assert (
        f"cannot write into --out {tmp_path / 'file' / 'out'}: file is not a folder" in printed.err
    )
    assert printed.err.count("\n") == 1
    assert left_behind(tmp_path) == ["file"]


def test_folders_made_for_nothing_are_removed(capsys, tmp_path, monkeypatch):
    def refused(*, dir):
        raise PermissionError(13, "Permission denied")

    run("--list")
    monkeypatch.setattr(sys.modules["seednet.output"].tempfile, "TemporaryFile", refused)
    capsys.readouterr()
    assert run("--only", "S2c", "--out", "a/b/c") == 2
    printed = capsys.readouterr()
    assert f"cannot write into --out {tmp_path / 'a/b/c'}: Permission denied" in printed.err
    assert left_behind(tmp_path) == []


def test_a_missing_extra_is_named_before_any_training(capsys, tmp_path, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name in ("sklearn", "matplotlib") else found(name, *rest),
    )
    assert run("--only", "S5d", "--only", "S2b") == 2
    printed = capsys.readouterr()
    assert "scikit-learn and matplotlib are not installed" in printed.err
    assert "pip install 'microgradnn[demo]'" in printed.err
    assert printed.err.count("\n") == 1
    assert left_behind(tmp_path) == []
    assert run("--only", "S2b") == 0  # needs neither


def test_a_network_that_disagrees_is_named_and_exits_1(capsys, monkeypatch):
    run("--list")
    s2c = sys.modules["s2c_always_zero"]
    monkeypatch.setattr(s2c, "by_hand", lambda: (0.4, np.array([-0.5, 0.1, 0.0, -0.5])))
    assert run("--only", "S2c", "--only", "S2b") == 1
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert "S2c: not reproduced: loss of answering 0" in printed.err
    assert "gradients differ by a relative 2.0e-01 (answers)" in printed.err
    assert "0.5 (differs)" in printed.out


def test_a_crash_leaves_no_folder_behind(tmp_path, monkeypatch):
    run("--list")

    def crash(*_):
        raise RuntimeError("in the middle of training")

    monkeypatch.setattr(sys.modules["seednet.command"], "_trained", crash)
    with pytest.raises(RuntimeError, match="in the middle"):
        run("--only", "S2c", "--out", "deep/er")
    assert left_behind(tmp_path) == []


def test_the_seed_reaches_the_networks(capsys):
    stories = []
    for seed in ("1", "2"):
        assert run("--only", "S5c", "--seed", seed, "--out", seed) == 0
        stories.append(Path(seed, "s5c-story.txt").read_text("utf-8"))
    assert stories[0] != stories[1]


def test_it_runs_as_a_module_and_keeps_silent_about_progress(tmp_path):
    done = program("-m", "microgradnn", "--only", "S3c", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "0.99989844" in done.stdout


def test_an_example_runs_on_its_own_and_tells_its_story(tmp_path):
    example = ROOT / "examples" / "s2c_always_zero.py"
    done = program(str(example), "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "answer more where 1 was wanted" in done.stdout
    assert left_behind(tmp_path / "out") == ["s2c-story.txt"]
    wrong = program(str(example), "--only", "S1", cwd=tmp_path)
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("s2c_always_zero.py: argument --only: no network 'S1'")


def test_an_installed_package_finds_the_examples_it_carries(tmp_path):
    site = tmp_path / "site"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "microgradnn", site / "microgradnn", ignore=ignore)
    shutil.copytree(ROOT / "examples", site / "microgradnn" / "examples", ignore=ignore)
    done = program("-m", "microgradnn", "--only", "S2b", cwd=tmp_path, path=site)
    assert done.returncode == 0, done.stderr
    assert "0.7216325609518421" in done.stdout


def test_without_the_examples_the_demo_says_so(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "_PACKAGE", tmp_path / "microgradnn")
    assert run("--list") == 2
    printed = capsys.readouterr()
    assert "the examples are missing" in printed.err
    assert printed.err.count("\n") == 1
