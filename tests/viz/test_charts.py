"""Charts of models: what is drawn is what the model says, the weights are, the gradients are."""

import re
import sys

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.nn.scalar import MLP
from microgradnn.viz.charts import SERIES, MissingPackage, class_colour, diverging
from microgradnn.viz.weight_maps import _flat

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def line():
    layer = mg.nn.Linear(2, 1)
    with mg.no_grad():
        layer.weight[:] = mg.tensor([[1.0, 0.0]])
        layer.bias[:] = -0.5
    return layer


def test_the_boundary_lies_where_the_score_is_zero():
    chart = mg.viz.decision_boundary(line(), X, [0, 0, 1, 1])
    axes = chart.figure.axes[0]
    (contour,) = [c for c in axes.collections if type(c).__name__ == "QuadContourSet"]
    vertices = contour.get_paths()[0].vertices
    np.testing.assert_allclose(vertices[:, 0], 0.5, atol=1e-6)  # x1 - 0.5 = 0
    texts = [t.get_text() for t in axes.get_legend().get_texts()]
    assert texts == ["class 0", "class 1"]


def test_probabilities_are_divided_at_a_half_and_signs_at_zero():
    for model, y in (
        (lambda x: (x[:, :1] - 0.5).sigmoid(), [0, 0, 1, 1]),
        (lambda x: (x[:, 0] - 0.5).tanh(), [-1, -1, 1, 1]),
    ):
        axes = mg.viz.decision_boundary(model, X, y, resolution=80).figure.axes[0]
        (contour,) = [c for c in axes.collections if type(c).__name__ == "QuadContourSet"]
        np.testing.assert_allclose(contour.get_paths()[0].vertices[:, 0], 0.5, atol=0.01)


def test_classes_networks_of_values_and_the_mode():
    chart = mg.viz.decision_boundary(mg.nn.Linear(2, 3), X, mg.tensor([0, 1, 2, 1]))
    assert len(chart.figure.axes[0].get_legend().get_texts()) == 3
    mg.viz.decision_boundary(MLP(2, [3, 1]), X.tolist(), [-1, 1, 1, -1], resolution=8)
    model = mg.nn.Sequential(mg.nn.Linear(2, 4), mg.nn.BatchNorm1d(4), mg.nn.Linear(4, 1))
    before = model[1].running_mean.clone()
    mg.viz.decision_boundary(model, X, [0, 1, 1, 0], resolution=8)
    assert model.training
    assert (model[1].running_mean == before).all()


def test_double_models_are_asked_in_double():
    model = mg.nn.Linear(2, 1).double()
    mg.viz.decision_boundary(model, mg.tensor(X, dtype=mg.float64), [0, 0, 1, 1], resolution=5)


@pytest.mark.parametrize(
    ("model", "points", "y", "message"),
    [
        (line(), np.ones((3, 3)), [0, 1, 1], r"X has shape \(3, 3\)"),
        (line(), X, [0, 1], r"y has shape \(2,\), X has 4 points"),
        (line(), X, [0, 1, 2, 3], "4 classes, but the model gives one score"),
        (lambda x: x[:2], X, [0, 1, 1, 0], "made scores of shape"),
    ],
)
def test_what_does_not_fit_is_explained(model, points, y, message):
    with pytest.raises(ValueError, match=message):
        mg.viz.decision_boundary(model, points, y, resolution=5)


def test_weights_draws_each_parameter_with_zero_in_the_middle():
    layer = mg.nn.Linear(3, 2)
    with mg.no_grad():
        layer.weight[0, 0] = float("nan")
    chart = mg.viz.weights(layer)
    panels = [a for a in chart.figure.axes if a.get_title(loc="left")]
    assert [a.get_title(loc="left") for a in panels] == ["weight", "bias"]
    shown = panels[0].images[0].get_array()
    np.testing.assert_array_equal(np.ma.filled(shown, np.nan), layer.weight.detach().numpy())
    low, high = panels[0].images[0].get_clim()
    assert low == -high
    assert "1 NaN or Inf" in panels[0].get_xlabel()
    assert panels[1].get_xlabel().startswith("2, ")


def test_weights_of_other_things():
    assert "5 Values" in mg.viz.weights([mg.Value(k) for k in range(5)]).figure.axes[0].get_title(
        loc="left"
    )
    many = {f"w{k}": np.ones(k + 1) for k in range(20)}
    chart = mg.viz.weights(many)
    assert "(the 16 largest; 4 more)" in chart.figure.get_suptitle()
    with pytest.raises(ValueError, match="no parameters"):
        mg.viz.weights(mg.nn.ReLU())


def test_kernels_lie_side_by_side():
    kernels = np.arange(1, 2 * 3 * 2 * 2 + 1.0).reshape(2, 3, 2, 2)
    sheet = _flat(kernels)
    assert sheet.shape == (5, 8)
    np.testing.assert_array_equal(sheet[3:5, 6:8], kernels[1, 2])
    np.testing.assert_array_equal(sheet[0:2, 3:5], kernels[0, 1])
    assert _flat(np.ones(4)).shape == (1, 4)
    assert _flat(np.ones(())).shape == (1, 1)
    assert _flat(np.ones((2, 3, 5))).shape == (3, 17)
    assert _flat(np.ones((2, 1, 2, 3, 4))).ndim == 2


def test_gradient_flow_says_sizes_and_what_is_missing():
    a, b, c, d = (mg.ones(2, requires_grad=True) for _ in range(4))
    (a * mg.tensor([1.0, -3.0]) + b * 0.0 + c * float("inf")).sum().backward()
    chart = mg.viz.gradient_flow({"a": a, "b": b, "c": c, "d": d})
    (axes,) = chart.figure.axes
    (bar,) = axes.patches
    assert bar.get_x() + bar.get_width() == pytest.approx(2.0)  # mean of 1 and 3
    assert axes.lines[0].get_xdata()[0] == 3.0
    assert [t.get_text() for t in axes.texts] == ["zero", "Inf: 2 of 2 numbers", "no gradient"]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a", "b", "c", "d"]
    assert axes.get_xscale() == "log"
    many = [mg.ones(1, requires_grad=True) for _ in range(200)]
    assert "60 of 200" in mg.viz.gradient_flow(many).figure.axes[0].get_title(loc="left")


@pytest.mark.parametrize("draw", ["weights", "gradient_flow", "decision_boundary"])
def test_without_matplotlib_the_error_names_the_extra(draw, monkeypatch):
    for name in [n for n in sys.modules if n.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    arguments = (X, [0, 0, 1, 1]) if draw == "decision_boundary" else ()
    with pytest.raises(MissingPackage, match=re.escape(f"viz.{draw} needs matplotlib")):
        getattr(mg.viz, draw)(line(), *arguments)


def test_a_chart_is_written_whole_and_shows_itself(tmp_path):
    chart = mg.viz.weights(line())
    chart.save(tmp_path / "w.svg")
    assert b"<svg" in (tmp_path / "w.svg").read_bytes()
    assert chart._repr_png_()[:4] == b"\x89PNG"
    assert chart.render("pdf")[:4] == b"%PDF"
    with pytest.raises(ValueError, match="not as 'bmp'"):
        chart.save(tmp_path / "w.bmp")
    assert "chart.save" in repr(chart)


def _lab(colour, vision):
    """CIE Lab of an sRGB colour as seen with one kind of cones missing (Viénot 1999)."""
    rgb = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    rgb = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lms_of = np.array(
        [[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]]
    )
    lms = lms_of @ rgb
    if vision == "protan":
        lms[0] = 2.02344 * lms[1] - 2.52581 * lms[2]
    if vision == "deutan":
        lms[1] = 0.494207 * lms[0] + 1.24827 * lms[2]
    rgb = np.clip(np.linalg.solve(lms_of, lms), 0, 1)
    xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    ) @ rgb / [0.9505, 1.0, 1.089]  # fmt: skip
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", ["full", "protan", "deutan"])
def test_colours_stay_apart_for_colour_blind_eyes(vision):
    def apart(one, other):
        return float(np.linalg.norm(_lab(one, vision) - _lab(other, vision)))

    assert apart(SERIES[0][0], SERIES[1][0]) > 80
    ends = [diverging()(t) for t in (0.0, 1.0)]
    hexes = ["#" + "".join(f"{round(255 * c):02x}" for c in e[:3]) for e in ends]
    assert apart(*hexes) > 80
    assert len({(c, d) for c, d in SERIES}) == len(SERIES)
    assert apart(class_colour(0), class_colour(1)) > 80
    assert apart(class_colour(0), class_colour(2)) > 30
    assert apart(class_colour(1), class_colour(2)) > 20
