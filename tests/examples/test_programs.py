"""The six programs: each learns without PyTorch, and has PyTorch's losses with the same seed."""

import importlib.util
import io
import json
import math
import re
import runpy
import subprocess
import sys
from pathlib import Path
from statistics import fmean

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "examples" / "programs"
# Steps after which the mean of the last third must be so much below that of the first third.
LEARNS = {
    "char_gpt": (24, 0.8),
    "lstm_language_model": (24, 0.5),
    "makemore_mlp": (300, 0.3),
    "vae_digits": (30, 7.0),
    "lenet_digits": (120, 0.6),
}
ALL = [*LEARNS, "policy_gradient"]


@pytest.fixture
def run(monkeypatch):
    """Run one program as Python runs a file; give its names, `program` with the losses included."""
    monkeypatch.syspath_prepend(PROGRAMS)

    def run(name, *flags):
        monkeypatch.setattr(sys, "argv", [f"{name}.py", *map(str, flags)])
        return runpy.run_path(str(PROGRAMS / f"{name}.py"), run_name="__main__")

    yield run
    for shared in ("program", "compare"):
        sys.modules.pop(shared, None)


def load(name):
    """A module of the folder that is not one of the six."""
    spec = importlib.util.spec_from_file_location(name, PROGRAMS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_runner_knows_all_programs():
    files = {path.stem for path in PROGRAMS.glob("*.py")} - {"program", "compare"}
    assert files == set(load("compare").PROGRAMS) == set(ALL)
    page = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
    readme = (PROGRAMS / "README.md").read_text(encoding="utf-8")
    for name in ALL:
        assert f"| `{name}.py` |" in page
        assert f"| `{name}.py` |" in readme


@pytest.mark.parametrize("name", LEARNS)
def test_its_loss_falls(run, capsys, name):
    steps, falls = LEARNS[name]
    program = run(name, "--steps", steps)["program"]
    assert program.framework == "microgradnn"
    assert len(program.losses) == steps
    third = steps // 3
    assert fmean(program.losses[:third]) - fmean(program.losses[-third:]) > falls
    assert f"microgradnn: {steps} steps in " in capsys.readouterr().out


def test_the_poles_stand_longer(run, capsys):
    printed = ",".join(map(str, range(1, 26)))
    run("policy_gradient", "--steps", 25, "--print", printed)
    stood = [float(x) for x in re.findall(r"stood ([0-9.]+)", capsys.readouterr().out)]
    assert len(stood) == 25
    assert fmean(stood[-5:]) > 3 * fmean(stood[:3])


def test_the_cart_and_pole_obey_newton(run):
    """Energy is kept where nobody pushes, and a push of no force moves a pole that leans."""
    names = run("policy_gradient", "--steps", 1)
    np = names["np"]

    class Free(names["Poles"]):
        PUSH, SECONDS = 0.0, 1e-5

    poles = Free(np.array([[0.1], [0.3], [0.05], [-0.2]]))

    def energy():
        _, v, lean, w = poles.state[:, 0]
        kinetic = (
            0.5 * 1.1 * v**2 + 0.1 * 0.5 * v * w * math.cos(lean) + 0.1 * 0.5**2 * w**2 * 2 / 3
        )
        return kinetic + 0.1 * 9.8 * 0.5 * math.cos(lean)

    before, lean = energy(), poles.state[2, 0]
    for _ in range(20_000):
        poles.move(np.array([True]))
    assert abs(poles.state[2, 0] - lean) > 0.01
    assert energy() == pytest.approx(before, abs=2e-6)


def test_without_a_terminal_only_the_asked_losses_are_shown(run, capfd):
    run("makemore_mlp", "--steps", 6, "--print", "2,5")
    shown = capfd.readouterr()
    assert re.findall(r"^step +(\d+)  loss \d\.\d{6}$", shown.out, re.MULTILINE) == ["2", "5"]
    assert shown.err == ""


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_shows_a_bar_with_the_loss(run, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", Terminal())
    losses = run("makemore_mlp", "--steps", 5, "--print", "3")["program"].losses
    assert re.search(r"\| [0-5]/5 \[", sys.stderr.getvalue())
    assert f"step      3  loss {losses[2]:.6f}\n" in capsys.readouterr().out


def test_a_terminal_without_tqdm_shows_ten_lines(run, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setitem(sys.modules, "tqdm", None)
    run("makemore_mlp", "--steps", 30)
    shown = re.findall(r"^step +(\d+)  loss", capsys.readouterr().out, re.MULTILINE)
    assert [int(step) for step in shown] == list(range(3, 31, 3))
    assert sys.stderr.getvalue() == ""


def test_a_seed_repeats_a_run_and_another_does_not(run, tmp_path):
    def losses(seed):
        run("makemore_mlp", "--steps", 3, "--seed", seed, "--record", tmp_path / "record.json")
        return json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))["losses"]

    assert losses(1) == losses(1) != losses(2)


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--steps", "0"], "--steps is 0; at least one step is needed"),
        (["--framework", "jax"], "invalid choice: 'jax'"),
        (["--print", "one"], "argument --print"),
    ],
)
def test_wrong_flags_are_refused(run, capsys, flags, says):
    with pytest.raises(SystemExit, match="2"):
        run("makemore_mlp", *flags)
    assert says in capsys.readouterr().err


def test_a_missing_framework_is_said(run, capsys, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="2"):
        run("makemore_mlp", "--framework", "torch")
    assert "PyTorch is not installed: pip install torch" in capsys.readouterr().err


@pytest.mark.peers
@pytest.mark.parametrize("name", ALL)
def test_twenty_losses_are_pytorchs(run, name):
    ours = run(name, "--steps", 20)["program"].losses
    theirs = run(name, "--steps", 20, "--framework", "torch")["program"].losses
    assert len(ours) == len(theirs) == 20
    assert ours == pytest.approx(theirs, rel=0, abs=1e-4)
    assert len({round(loss, 3) for loss in ours}) > 5


@pytest.mark.peers
def test_the_comparison_writes_its_page(tmp_path):
    page = tmp_path / "examples.md"
    command = [sys.executable, str(PROGRAMS / "compare.py"), "--steps", "5", "--page", str(page)]
    done = subprocess.run(
        [*command, "--only", "makemore_mlp"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert re.match(
        r"makemore_mlp +differ by [0-9.e-]+; [0-9.]+ s, PyTorch [0-9.]+ s\n", done.stdout
    )
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if "|" in line]
    assert rows[0] == "| program | framework | step 1 | step 5 | differ |"
    assert len(rows) == 4 + 3
