"""What stands on a card: text, symbol, size, tooltip."""

import numpy as np
import pytest

from microgradnn.viz.cards import BADGE, CHARACTER, Style, make_cards, make_wires, typeset
from microgradnn.viz.reading import EdgeRecord, GraphRecord, NodeRecord
from microgradnn.viz.user_text import columns


def card(style=None, **record):
    record = {
        "kind": "operation", "operation": "mul", "symbol": "*", "expects_gradient": True,
    } | record  # fmt: skip
    return make_cards(GraphRecord([NodeRecord(**record)]), style or Style())[0]


def texts(card):
    return [(line.role, line.text) for line in card.lines]


def test_a_value_has_name_value_and_gradient():
    assert texts(card(name="h", value=0.04742587, gradient=-0.2376)) == [
        ("name", "h"), ("value", "0.04743"), ("gradient", "∂ −0.2376"),
    ]  # fmt: skip


def test_a_gradient_that_is_not_there_yet_keeps_an_empty_place():
    before, after = card(name="h", value=1.0), card(name="h", value=1.0, gradient=0.0)
    assert texts(before)[-1] == ("gradient", "")
    assert texts(after)[-1] == ("gradient", "∂ 0")
    assert before.height == after.height


def test_a_tensor_has_shape_and_dtype():
    array = np.arange(6.0).reshape(2, 3)
    shown = card(name="W", shape=(2, 3), dtype="float32", value=array, expects_gradient=False)
    assert texts(shown) == [("name", "W"), ("shape", "(2, 3) float32"), ("value", "0 … 5")]


def test_only_what_expects_a_gradient_keeps_a_place_for_it():
    leaf = {"shape": (2,), "dtype": "float32", "operation": "", "symbol": ""}
    assert texts(card(kind="parameter", **leaf))[-1] == ("gradient", "")
    assert texts(card(kind="input", expects_gradient=False, **leaf)) == [("shape", "(2,) float32")]


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.array(0.25), "0.25"),
        (np.array([[1.5]]), "1.5"),
        (np.array([1.0, -2.0, 3.5]), "[1, −2, 3.5]"),
        (np.array([1.23456, -2.34567, 3.45678, 0.1111]), "−2.346 … 3.457"),  # too long for a list
        (np.arange(5), "0 … 4"),
        (np.zeros((3, 3)), "all 0"),
        (np.zeros((0, 3)), "no elements"),
        (np.array([True, False, True]), "2 of 3 true"),
        (np.array([1.0, np.nan, 2.0, np.nan, 1.0]), "2 of 5 NaN"),
        (np.array([1.0, np.inf, 2.0, 3.0, 1.0]), "1 of 5 Inf"),
    ],
)
def test_an_array_in_one_line(array, text):
    shown = card(shape=array.shape, dtype=str(array.dtype), value=array)
    assert ("value", text) in texts(shown)


def test_values_and_gradients_can_be_left_out():
    node = {"name": "h", "value": 1.5, "gradient": 2.5}
    assert texts(card(Style(show_values=False), **node)) == [("name", "h"), ("gradient", "∂ 2.5")]
    assert texts(card(Style(show_grads=False), **node)) == [("name", "h"), ("value", "1.5")]
    hidden = card(Style(False, False), **node)
    assert "1.5" not in hidden.tooltip
    assert "2.5" not in hidden.tooltip
    assert hidden.bar is None
    # A constant is its number.
    constant = card(Style(False, False), kind="constant", operation="", value=2.0)
    assert texts(constant) == [("value", "2")]


def test_digits_can_be_chosen():
    assert ("value", "0.33") in texts(card(Style(precision=2), value=1 / 3))


def test_an_operation_with_nothing_to_say_is_its_symbol():
    bare = card(Style(False, False))
    assert (bare.lines, bare.width, bare.height) == ((), BADGE, BADGE)


def test_long_names_are_shortened_and_whole_in_the_tooltip():
    name = "encoder.layers.11.self_attention.projection.weight_of_the_query"
    shown = card(name=name)
    assert texts(shown)[0] == ("name", "encoder.lay…_the_query")
    assert name in shown.tooltip


def test_every_line_fits_its_card():
    shown = card(name="n" * 60, value=-1.23456e-300, gradient=-9.87654e-300)
    for line in shown.lines:
        assert columns(line.text) * CHARACTER + 30 <= shown.width


def test_the_tooltip_has_everything_in_full():
    shown = card(
        name="h1", operation="sigmoid", symbol="σ", mathematics="1 / (1 + exp(-x))",
        settings="axis=1", value=0.04742587317756678, gradient=-0.23761755952842809,
        shape=(), dtype="float64", module="fc1", line="/home/someone/work/net.py:7: h = f(x)",
    )  # fmt: skip
    assert shown.tooltip.split("\n") == [
        "h1",
        "sigmoid: 1 / (1 + exp(-x))",
        "axis=1",
        "shape (), float64",
        "value 0.04742587317756678",
        "gradient −0.23761755952842809",
        "in module fc1",
        "at net.py:7: h = f(x)",  # no folders
    ]


def test_the_tooltip_of_an_array_lists_it_or_sums_it_up():
    small = card(value=np.array([[1.0, -2.5]]), shape=(1, 2), dtype="float64")
    assert "value [[ 1. , −2.5]]" in small.tooltip
    big = card(value=np.arange(100.0), shape=(100,), dtype="float64")
    assert "value smallest 0, largest 99, mean 49.5" in big.tooltip


def test_the_bar_is_logarithmic_over_six_decades():
    gradients = (2.0, -2e-3, 2e-9, 0.0, None, float("nan"), 10**400)
    nodes = [NodeRecord("operation", gradient=g) for g in gradients]
    bars = [c.bar for c in make_cards(GraphRecord(nodes), Style())]
    assert bars[:3] == [1.0, pytest.approx(-0.5), 0.05]
    assert bars[3:] == [None, None, None, None]


def test_numbers_that_are_none_are_marked():
    assert card(value=float("nan")).flaw == "NaN"
    assert card(value=1.0, gradient=float("-inf")).flaw == "Inf"
    assert card(value=np.array([np.inf, np.nan]), shape=(2,)).flaw == "NaN"
    assert card(value=10**400).flaw == ""
    assert card(Style(show_values=False), value=float("nan")).flaw == ""


def test_wires_say_what_they_carry():
    nodes = [NodeRecord("parameter", name="w"), NodeRecord("operation", operation="mul")]
    wires = make_wires(GraphRecord(nodes, [EdgeRecord(0, 1, "x"), EdgeRecord(0, 1, "y")]))
    assert [w.tooltip for w in wires] == ["w → mul (operand x)", "w → mul (operand y)"]


def test_symbols_are_typeset_and_names_of_operations_are_left():
    assert [typeset(s) for s in ("*", "**3", "**-2.5", "**1.0", "ReLU", "**x")] == [
        "×", "x³", "x^−2.5", "x¹", "ReLU", "**x",
    ]  # fmt: skip


def test_nan_and_inf_are_counted_apart():
    nan, inf = float("nan"), float("inf")
    for array, text in (
        ([nan, 1.0, 2.0, nan, 4.0], "2 of 5 NaN"),
        ([-inf, 1.0, 2.0, 3.0, inf], "2 of 5 Inf"),
        ([nan, inf, 2.0, 3.0, -inf], "1 NaN, 2 Inf of 5"),
    ):
        graph = GraphRecord([NodeRecord("operation", value=np.array(array))])
        (card,) = make_cards(graph, Style())
        assert card.lines[0].text == text
