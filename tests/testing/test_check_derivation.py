"""Hand-written gradients: what is said of right ones, of mistakes, and of two mistakes at once."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import DerivationError, check_derivation


@pytest.fixture(scope="module")
def network():
    """A two-layer network of arrays, and its variables by name."""
    random = np.random.default_rng(7)
    arrays = {
        "X": random.normal(size=(5, 3)), "Y": random.normal(size=(5, 3)),
        "W": random.normal(size=(4, 3)), "b": random.normal(size=4),
        "V": random.normal(size=(3, 4)), "S": random.normal(size=(3, 3)),
    }  # fmt: skip
    t = {n: mg.tensor(a, requires_grad=n in "WbVS") for n, a in arrays.items()}
    with mg.record():
        t["z"] = t["X"] @ t["W"].T + t["b"]
        t["h"] = t["z"].tanh()
        t["o"] = t["h"] @ t["V"].T @ t["S"]
        loss = ((t["o"] - t["Y"]) ** 2).mean()
    return loss, t


def by_hand(X, Y, W, b, V, S, mistake=""):
    """The chain rule, written by hand, with one mistake in it."""
    z = X @ W.T + b
    h = np.tanh(z)
    p = h @ V.T
    o = p @ S
    do = 2 * (o - Y) / Y.size
    if mistake == "mean":
        do = 2 * (o - Y)
    if mistake == "square":
        do = (o - Y) / Y.size
    if mistake == "error":
        do = 2 * (o + Y) / Y.size
    dS = p.T @ do
    dp = do @ (S if mistake == "transpose" else S.T)
    dV = dp.T @ h
    dh = dp @ V
    slope = 1 - (z if mistake == "place" else h) ** 2
    dz = dh if mistake == "slope" else dh * slope
    if mistake == "sign":
        dz = -dz
    dW, db = dz.T @ X, dz if mistake == "sum" else dz.sum(axis=0)
    if mistake == "row":
        dW = dz[:-1].T @ X[:-1]
    if mistake == "rate":
        dW = 0.03 * dW
    if mistake == "turned":
        dW = dW.T
    if mistake == "nothing":
        dW = 0 * dW
    if mistake == "twice":
        dW = dW * 2
    return {"S": dS, "V": dV, "h": dh, "W": dW, "b": db}


def checked(network, gradients, **options):
    loss, names = network
    return check_derivation(loss, gradients, names=names, raise_exception=False, **options)


def test_right_gradients(network):
    report = checked(network, by_hand)
    assert report.ok
    assert report.first is None is report.mistake
    assert str(report) == "all 5 gradients agree: S, V, h, W, b"
    loss, names = network
    assert check_derivation(loss, by_hand, names=names).ok


@pytest.mark.parametrize(
    ("mistake", "first", "kind", "words"),
    [
        ("mean", "S", "factor", "division by N is missing"),
        ("square", "S", "factor", "2 is missing"),
        ("error", "S", "sign", "sign of −Y"),
        ("transpose", "V", "transpose", "S is not transposed"),
        ("place", "W", "place", "taken at z instead of h"),
        ("slope", "W", "factor", "1 − h² is missing"),
        ("sign", "W", "sign", "sign"),
        ("sum", "b", "sum", "sum over axis 0, over which it was repeated, is missing"),
        ("row", "W", "path", "leaves out number 4"),
        ("rate", "W", "factor", "0.0300000 times what it should be"),
        ("turned", "W", "transpose", "it is transposed"),
        ("nothing", "W", "path", "nothing arrives"),
        ("twice", "W", "factor", "a factor 2 too many"),
    ],
)
def test_a_mistake_is_named(network, mistake, first, kind, words):
    report = checked(network, lambda X, Y, W, b, V, S: by_hand(X, Y, W, b, V, S, mistake))
    assert not report.ok
    assert report.first.name == first
    assert report.mistake.kind == kind
    assert any(words in str(m) for m in report.first.mistakes), str(report)
    assert len(report.wrong) == 1  # what follows from it is no second mistake
    assert f"the gradient of {first}" in str(report)


def test_what_follows_from_a_mistake_is_told_apart(network):
    _, t = network
    right = by_hand(*(t[n].detach().numpy() for n in "XYWbVS"))
    slope = 1 - t["h"].detach().numpy() ** 2
    wrong = 3.3 * right["h"] + 1
    dz = wrong * slope
    given = {**right, "h": wrong, "b": dz.sum(axis=0), "W": dz.T @ t["X"].numpy()}
    report = checked(network, given)
    assert [w.name for w in report.wrong] == ["h"]
    assert report.follows == {"b": "h", "W": "h"}
    assert "only follow from h, which is wrong: W, b" in str(report)
    # A second mistake behind the first is found too.
    given["W"] = -given["W"]
    report = checked(network, given)
    assert [(w.name, [m.kind for m in w.mistakes][:1]) for w in report.wrong] == [
        ("h", []),
        ("W", ["sign"]),
    ]
    assert report.follows == {"b": "h"}
    assert report.right == ("S", "V")


def test_two_mistakes_when_nothing_between_them_is_given():
    x, w, v = (mg.Value(n, label=k) for k, n in (("x", 0.7), ("w", -1.3), ("v", 0.4)))
    h = (x * w).tanh()
    y = h * v
    y.label = "y"
    loss = (y - 2.0) ** 2
    dy = 2 * (h.data * v.data - 2.0)
    given = {"v": -dy * h.data, "w": -dy * v.data * (1 - h.data**2)}  # the slope, but not the x
    report = check_derivation(loss, given, raise_exception=False)
    assert [w.name for w in report.wrong] == ["v", "w"]
    assert {m.kind for m in report.wrong[1].mistakes} == {"factor"}
    assert any("x is missing" in str(m) for m in report.wrong[1].mistakes)


def test_nothing_is_claimed_without_a_match(network):
    _, t = network
    right = by_hand(*(t[n].detach().numpy() for n in "XYWbVS"))
    report = checked(network, {"W": right["W"] + 0.123})
    assert report.first.mistakes == ()
    assert report.mistake is None
    assert "no single mistake that is known gives these numbers" in str(report)


def test_what_the_numbers_can_not_tell_is_listed():
    a, b, c = (mg.Value(n, label=k) for k, n in (("a", 3.0), ("b", -1.0), ("c", 5.0)))
    report = check_derivation(a * b * c, {"a": 5.0}, raise_exception=False)  # -c or b·c without b?
    assert {m.kind for m in report.first.mistakes} == {"sign", "factor"}
    assert report.mistake is None
    assert "one of these, which give the same numbers" in str(report)


def test_an_accumulation_that_is_missing():
    a, b = mg.Value(1.5, label="a"), mg.Value(-0.3, label="b")
    loss = (a * b).tanh() + a.exp() * b
    slope = 1 - np.tanh(1.5 * -0.3) ** 2
    check_derivation(loss, {"a": slope * -0.3 + np.exp(1.5) * -0.3})
    report = check_derivation(loss, {"a": slope * -0.3}, raise_exception=False)
    assert report.mistake.kind == "path"
    assert "the term" in report.mistake.words


def test_a_wrong_index_in_some_elements_of_an_array():
    w = mg.tensor(np.array([0.3, -1.2, 0.8]), requires_grad=True)
    with mg.record():
        x = mg.tensor(np.array([2.0, 0.5, -1.0]))
        loss = (w * x).sigmoid().sum()
    a = 1 / (1 + np.exp(-w.detach().numpy() * x.numpy()))
    right = a * (1 - a) * x.numpy()
    names = {"w": w, "x": x}
    check_derivation(loss, {"w": right}, names=names)
    wrong = right.copy()
    wrong[1] = right[2]
    report = check_derivation(loss, {"w": wrong}, names=names, raise_exception=False)
    assert report.mistake.kind == "index"
    wrong[1] = -right[1]
    report = check_derivation(loss, {"w": wrong}, names=names, raise_exception=False)
    assert report.mistake.kind == "sign"
    assert "element [1]" in str(report)


def test_the_error_is_an_assertion(network):
    loss, names = network
    with pytest.raises(AssertionError, match="nothing arrives") as caught:
        check_derivation(loss, {"V": names["V"].detach() * 0, "dW": np.ones((4, 3))}, names=names)
    assert isinstance(caught.value, DerivationError)
    assert caught.value.report.first.name == "V"


def test_names_that_people_give_gradients():
    w, loss_of = mg.Value(2.0, label="w"), lambda w: w * w
    for name in ("w", "dw", "d_w", "dL/dw", "dl_dw", "dloss_dw", "∂L/∂w"):
        assert check_derivation(loss_of(w), {name: 4.0}).right == (name,)


def test_parameters_are_called_as_in_their_module():
    net = mg.nn.Sequential(mg.nn.Linear(3, 2), mg.nn.Tanh())
    with mg.record():
        loss = net(mg.ones(4, 3)).sum()
    loss.backward(retain_graph=True)
    given = {"0.weight": net[0].weight.grad, "0.bias": net[0].bias.grad}
    assert check_derivation(loss, given).ok  # float32
    report = check_derivation(loss, {"0.bias": net[0].bias.grad * 1.001}, raise_exception=False)
    assert report.first.name == "0.bias"


def test_generated_functions_are_right(network):
    loss, names = network
    assert checked(network, mg.derive(loss, names=names).function()).ok


def test_functions_that_return_a_tuple_and_take_other_names(network):
    loss, names = network
    arrays = [names[n].detach().numpy() for n in "XYWbVS"]

    def function(*arrays):
        gradients = by_hand(*arrays)
        return gradients["W"], gradients["b"]

    report = check_derivation(loss, function, inputs=arrays, wrt=["W", "b"], names=names)
    assert report.right == ("W", "b")
    with pytest.raises(TypeError, match=r"wrt=\['w', 'b'\]"):
        check_derivation(loss, function, inputs=arrays, names=names)
    with pytest.raises(TypeError, match="takes 'q', but nothing in the graph is called so"):
        check_derivation(loss, lambda q: {}, names=names)


def test_rounded_numbers_from_a_book_need_a_tolerance():
    w = mg.Value(0.3, label="w")
    loss = w.exp()
    with pytest.raises(DerivationError):
        check_derivation(loss, {"w": 1.35})
    assert check_derivation(loss, {"w": 1.35}, rtol=1e-2).ok


def test_questions_that_have_no_answer(network):
    loss, names = network
    with pytest.raises(KeyError, match="nothing in the graph is called 'Q'"):
        check_derivation(loss, {"Q": 1.0}, names=names)
    with pytest.raises(KeyError, match="'W' and 'dW' are the same variable"):
        check_derivation(loss, {"W": 1.0, "dW": 1.0}, names=names)
    with pytest.raises(TypeError, match="must be a number or an array of numbers"):
        check_derivation(loss, {"W": "large"}, names=names)
    with pytest.raises(TypeError, match="maps names of variables"):
        check_derivation(loss, {3: 1.0}, names=names)
    with pytest.raises(TypeError, match="takes a Value or a Tensor"):
        check_derivation(3.0, {"W": 1.0})
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(ValueError, match=r"mg\.record"):
        check_derivation((w * w).sum(), {"w": w}, names={"w": w})


def test_a_wrong_number_that_is_no_number():
    w = mg.Value(0.3, label="w")
    report = check_derivation(w * w, {"w": float("nan")}, raise_exception=False)
    assert not report.ok
    assert report.first.mistakes == ()


def test_the_search_ends(network, monkeypatch):
    monkeypatch.setattr("microgradnn.testing.derivations.search.MOST_TRIALS", 0)
    report = checked(network, lambda X, Y, W, b, V, S: by_hand(X, Y, W, b, V, S, "slope"))
    assert report.first.name == "W"
    assert report.first.mistakes == ()
