"""The runner of other people's programs, on programs written here: no network is needed."""

import json

import numpy as np
import pytest

from tests.programs import runner
from tests.programs.runner import Comparison, Program, Run

TRAINING = """
import numpy, random, sys
import torch
from neighbour import RATE

print("shape", torch.ones(2, 3).shape, sys.argv[1:])
net = torch.nn.Linear(2, 1)
shift = random.random() + numpy.random.rand()
optimizer = torch.optim.SGD(net.parameters(), lr=RATE)
for step in range(300):
    loss = (net(torch.randn(8, 2)) - shift).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, loss.item())
"""
DIFFERENT = """
import torch
x = torch.ones(1, requires_grad=True)
(x * len(torch.__version__)).sum().backward()
"""
DATA = """
import torch, tiktoken
from torch.utils.data import DataLoader
from torchvision import datasets, transforms, utils

digits = datasets.MNIST(".", download=True, transform=transforms.Compose([
    transforms.RandomHorizontalFlip(), transforms.Resize(16), transforms.ToTensor(),
    transforms.Normalize((0.5,), (0.5,))]))
images, targets = next(iter(DataLoader(digits, batch_size=16, shuffle=True)))
print(images.shape, targets.tolist(), len(datasets.CIFAR10(".", train=False)), images.sum().item())
utils.save_image(images, "grid.png", nrow=4, normalize=True)
tokens = tiktoken.get_encoding("gpt2")
print(tokens.encode("é<|endoftext|>"), tokens.decode(tokens.encode("é")))
"""


@pytest.fixture
def repository(tmp_path):
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "train.py").write_text(TRAINING)
    (tmp_path / "part" / "different.py").write_text(DIFFERENT)
    (tmp_path / "part" / "data.py").write_text(DATA)
    cells = [("markdown", "# text"), ("code", "%matplotlib inline\n" + TRAINING), ("code", "!ls")]
    notebook = {"cells": [{"cell_type": kind, "source": [text]} for kind, text in cells]}
    (tmp_path / "part" / "train.ipynb").write_text(json.dumps(notebook))
    return tmp_path


def program(path="part/train.py", **options):
    return Program("someone/something", "0" * 40, path, **options)


SETUP = "echo RATE = 0.1 > neighbour.py"


@pytest.mark.parametrize("path", ["part/train.py", "part/train.ipynb"])
def test_a_program_is_run_and_stopped(repository, path):
    run = runner.run(
        program(path, steps=5, setup=SETUP, arguments=["--x"]), repository, "microgradnn"
    )
    assert not run.error
    assert len(run.losses) == 5
    assert "shape microgradnn.Size([2, 3]) ['--x']" in run.printed
    assert not (repository / "part" / "neighbour.py").exists()  # it ran in a copy


def test_the_same_seed_every_time(repository):
    small = program(steps=2, setup=SETUP)
    one, other = (runner.run(small, repository, "microgradnn") for _ in range(2))
    assert one.losses == other.losses
    double = runner.run(small, repository, "microgradnn", double=True)
    assert float(np.float32(one.losses[0])) == one.losses[0]
    assert float(np.float32(double.losses[0])) != double.losses[0]


def test_a_program_that_fails_says_so(repository):
    run = runner.run(program(), repository, "microgradnn")
    assert "No module named 'neighbour'" in run.error
    assert run.losses == []
    done = Comparison(program(), run, run)
    assert not done.equal
    assert "No module named 'neighbour'" in done.why


@pytest.mark.peers
def test_equal_programs_are_equal(repository):
    done = runner.compare(program(steps=20, setup=SETUP, double=True), repository)
    assert done.equal
    assert done.printed_alike
    assert 0 < done.apart < 1e-5
    assert done.apart_in_double < 1e-12
    assert done.why == ""
    page = runner.page([done])
    assert "**1 of 1 programs, of 1 repositories" in page
    assert "| `part/train.py` | `0000000` | 20 |" in page


@pytest.mark.peers
def test_a_difference_is_found(repository):
    done = runner.compare(program("part/different.py", differs="their names differ"), repository)
    assert not done.equal
    assert done.theirs.losses != done.ours.losses
    assert "- `someone/something/part/different.py`: their names differ" in runner.page([done])


@pytest.mark.peers
def test_the_data_that_stand_in_are_the_same(repository):
    done = runner.compare(program("part/data.py", stand_ins=True), repository)
    assert not done.error
    assert done.theirs.printed.startswith("torch.Size([16, 1, 16, 16])")
    assert done.equal  # it has no losses: what it prints is compared


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("range(300)", "range(3, 4)"),
        ("range(300)", "rang(3)"),
        ("Linear(2, 1)", "Linear(2, -x)"),
        ("absent = 3", "absent = 2"),
    ],
)
def test_only_numbers_are_made_smaller(old, new):
    with pytest.raises(ValueError, match="is not there, or not only its number"):
        runner.made_smaller(program(smaller=[[old, new]]), TRAINING)


def test_a_number_made_smaller():
    text = runner.made_smaller(program(smaller=[["range(300)", "range(2)"]]), TRAINING)
    assert text == TRAINING.replace("300", "2")


def test_what_counts_as_equal():
    def done(theirs, ours, **options):
        return Comparison(
            program(double="in_double" in options), Run(theirs, 0.0, "a 1.0", ""),
            Run(ours, 0.0, "a 1.0001", ""), **options,
        )  # fmt: skip

    assert done([1.0, 2.0], [1.0, 2.0001]).equal
    assert done([float("nan")], [float("nan")]).equal
    assert not done([1.0, 2.0], [1.0, 2.001]).equal
    assert not done([1.0, 2.0], [1.0]).equal
    assert not done([1.0, float("nan")], [1.0, 2.0]).equal
    assert not done([1.0, 2.0], [float("nan"), 2.0]).equal
    assert done([], []).equal
    exact = (Run([1.0, 2.0], 0.0, "", ""), Run([1.0, 2.0 + 1e-9], 0.0, "", ""))
    assert done([1.0, 2.0], [1.0, 2.1], in_double=exact).equal
    assert not done([1.0, 2.0], [1.1, 2.0], in_double=exact).equal
    wrong = (exact[0], Run([1.0, 2.1], 0.0, "", ""))
    assert not done([1.0, 2.0], [1.0, 2.0], in_double=wrong).equal


def test_printed_text():
    assert runner.printed_alike("torch.Size([2]) 0.1234", "microgradnn.Size([2]) 0.1235")
    assert runner.printed_alike("2.13.0+cpu 31.2ms", "2.13.0+microgradnn.0.1.0 57.12ms")
    assert not runner.printed_alike("loss 0.1", "loss 0.2")
    assert not runner.printed_alike("loss 0.1", "cost 0.1")


def test_the_catalogue_is_well_formed():
    programs = runner.catalogue()
    assert len(programs) > 25
    assert all(len(p.commit) == 40 for p in programs)
    keys = [(p.name, tuple(p.arguments)) for p in programs]
    assert len(set(keys)) == len(keys)
    for p in programs:
        for old, new in p.smaller:
            runner.made_smaller(program(smaller=[[old, new]]), old)
