"""Tables of models: numbers by hand, and a model that is left as it was."""

import copy
from html.parser import HTMLParser

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import nn
from microgradnn.viz import summary

from .networks import GPT, Unrolled


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.body = nn.Sequential(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 10))

    def forward(self, x):
        x = nn.functional.max_pool2d(self.conv1(x).relu(), 2)
        return self.body(nn.functional.max_pool2d(self.conv2(x).relu(), 2).flatten(1))


def test_lenet_by_hand():
    table = summary(LeNet(), mg.zeros(2, 1, 28, 28))
    found = [(r.path, r.kind, r.shapes, r.parameters, r.activations) for r in table.rows]
    assert found == [
        ("", "LeNet", "(2, 10)", 51_902, 0),
        ("conv1", "Conv2d", "(2, 6, 28, 28)", 6 * 25 + 6, 2 * 6 * 28 * 28 * 4),
        ("conv2", "Conv2d", "(2, 16, 10, 10)", 6 * 16 * 25 + 16, 2 * 16 * 100 * 4),
        ("body", "Sequential", "(2, 10)", 48_120 + 1_210, 0),
        ("body.0", "Linear", "(2, 120)", 48_120, 960),
        ("body.1", "ReLU", "(2, 120)", 0, 960),
        ("body.2", "Linear", "(2, 10)", 1_210, 80),
    ]
    assert table.parameters == table.trainable_parameters == 156 + 2_416 + 48_120 + 1_210
    assert table.parameter_bytes == table.gradient_bytes == 4 * table.parameters
    assert table.activation_bytes == sum(row.activations for row in table.rows)
    assert table.input_bytes == 2 * 28 * 28 * 4


def test_shared_parameters_are_counted_once_and_named():
    model = GPT(2)
    table = summary(model, mg.zeros(2, 4, dtype=mg.int64))
    assert table.parameters == sum(p.numel() for p in model.parameters())
    rows = {row.path: row for row in table.rows}
    assert rows["lm_head"].parameters == 0
    assert rows["lm_head"].note == "weight is wte.weight"
    assert rows[""].parameters == table.parameters
    assert rows["blocks"].parameters == 2 * rows["blocks.0"].parameters
    assert rows["blocks"].note == ""

    layer = nn.Linear(2, 2)
    twice = summary(nn.Sequential(layer, nn.Tanh(), layer), mg.ones(1, 2))
    assert twice.parameters == 6
    assert [row.note for row in twice.rows] == ["", "", "", "is 0"]
    assert twice.rows[1].calls == 2


def test_depth_counts_what_is_hidden_in_what_is_shown():
    model, idx = GPT(2), mg.zeros(2, 4, dtype=mg.int64)
    whole, shallow = summary(model, idx), summary(model, idx, depth=1)
    assert max(row.level for row in shallow.rows) == 1
    assert shallow.activation_bytes == whole.activation_bytes
    assert sum(row.activations for row in shallow.rows) == whole.activation_bytes
    assert len(summary(model, idx, depth=0).rows) == 1


def test_frozen_parameters_need_no_gradients_and_views_no_memory():
    net = nn.Sequential(nn.Linear(3, 4), nn.Flatten(), nn.BatchNorm1d(4), nn.Identity())
    net[0].weight.requires_grad_(False)
    table = summary(net, mg.ones(2, 3))
    assert table.trainable_parameters == table.parameters - 12
    assert table.gradient_bytes == table.parameter_bytes - 48
    assert [row.activations for row in table.rows] == [0, 32, 0, 32, 0]
    assert table.buffer_bytes == 16 + 16 + 8


def test_calls_are_counted_and_several_results_are_listed():
    rows = {row.path: row for row in summary(Unrolled(), mg.ones(2, 5, 3)).rows}
    assert rows["cell"].calls == 5
    assert rows["head"].calls == 1
    lstm = summary(nn.LSTM(3, 4), mg.ones(5, 2, 3))
    assert lstm.rows[0].shapes == "(5, 2, 4), (1, 2, 4), (1, 2, 4)"


class Fails(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Sequential(nn.BatchNorm1d(2), nn.Dropout(0.5))
        self.register_buffer("calls", mg.zeros(1))
        self.register_buffer("latest", mg.zeros(1))

    def forward(self, x, fail=False):
        self.seen = x
        self.calls.add_(1)
        self.latest = x.sum(0)
        x = self.inner(x)
        if fail:
            raise ArithmeticError("on purpose")
        return x


@pytest.mark.parametrize("fail", [False, True])
def test_the_model_is_left_as_it_was(fail):
    model = Fails()
    model.inner[1].eval()
    calls = []
    model.inner.register_forward_hook(lambda *_: calls.append(1))
    state = copy.deepcopy(model.state_dict())
    attributes = [dict(m.__dict__) for m in model.modules()]
    keys = [list(m._forward_hooks) for m in model.modules()]
    attributes = [dict(m.__dict__) for m in model.modules()]
    buffers = list(model.buffers())
    before = mg.get_rng_state()
    x = mg.randn(4, 2)
    mg.set_rng_state(before)
    if fail:
        with pytest.raises(ArithmeticError, match="on purpose"):
            summary(model, x, fail=True)
    else:
        summary(model, x)
    assert calls == [1]  # the user's own hook runs, and is still there
    assert [list(m._forward_hooks) for m in model.modules()] == keys
    for module, kept in zip(model.modules(), attributes, strict=True):
        assert list(module.__dict__) == list(kept)
        assert all(module.__dict__[name] is value for name, value in kept.items())
    assert [m.training for m in model.modules()] == [True, True, True, False]
    assert all(a is b for a, b in zip(model.buffers(), buffers, strict=True))
    for name, tensor in model.state_dict().items():
        np.testing.assert_array_equal(tensor.numpy(), state[name].numpy())
    assert all(p.grad is None for p in model.parameters())
    np.testing.assert_array_equal(mg.get_rng_state().numpy(), before.numpy())


def test_nothing_is_recorded_while_it_runs():
    seen = []

    class Looks(nn.Module):
        def forward(self, x):
            seen.append((mg.is_grad_enabled(), self.training))
            return x

    summary(Looks(), mg.ones(1, requires_grad=True))
    assert seen == [(False, False)]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((lambda x: x, 1), TypeError, r"summary\(\) takes a Module and its input, got function"),
        ((nn.Linear(1, 1),), TypeError, r"needs something to run the model on"),
        ((nn.LazyLinear(1), 1), ValueError, r"'weight' has no shape yet"),
    ],
)
def test_what_cannot_be_summarised(arguments, error, message):
    with pytest.raises(error, match=message):
        summary(*arguments)
    with pytest.raises(TypeError, match="depth is an integer"):
        summary(nn.Linear(1, 1), mg.ones(1, 1), depth=1.5)


class Cells(HTMLParser):
    def __init__(self):
        super().__init__()
        self.cells, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.cells.append(data)


def test_it_is_a_table_in_text_markdown_and_html():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.add_module("a|b<i>", nn.Linear(2, 3))

        def forward(self, x):
            return getattr(self, "a|b<i>")(x)

    table = summary(Odd(), mg.ones(4, 2))
    lines = str(table).splitlines()
    assert [line.split() for line in lines[2:4]] == [
        ["Odd", "Odd", "(4,", "3)", "9"], ["a|b<i>", "Linear", "(4,", "3)", "9", "48", "B"],
    ]  # fmt: skip
    assert len({line.index("(4, 3)") for line in lines[2:4]}) == 1  # columns stand in line
    assert repr(table) == str(table)
    rows = [line for line in table.markdown().splitlines() if line.startswith("|")]
    assert len({line.replace("\\|", "").count("|") for line in rows}) == 1
    assert "a\\|b\\<i\\>" in rows[3]
    reader = Cells()
    reader.feed(table._repr_html_())
    assert "i" not in reader.tags
    assert "  a|b<i>" in reader.cells
    assert "48 B" in reader.cells


def test_a_model_without_parameters():
    said = str(summary(nn.Tanh(), mg.ones(2)))
    assert said.splitlines()[-2:] == [
        "parameters      0", "memory          16 B = 8 B activations + 8 B input",
    ]  # fmt: skip
