"""The seed networks, and graphs with everything in them that is hard to show."""

import random

import microgradnn as mg

V = mg.Value


def two_two_one(weights, inputs, target=None):
    """A 2-2-1 sigmoid network; its result or its loss, its parameters."""
    names = ("w1", "w2", "b1", "w3", "w4", "b2", "w5", "w6", "b3")
    w = {name: V(x, label=name) for name, x in zip(names, weights, strict=True)}
    x1, x2 = V(inputs[0], label="x1"), V(inputs[1], label="x2")
    h1 = (w["w1"] * x1 + w["w2"] * x2 + w["b1"]).sigmoid()
    h2 = (w["w3"] * x1 + w["w4"] * x2 + w["b2"]).sigmoid()
    y = (w["w5"] * h1 + w["w6"] * h2 + w["b3"]).sigmoid()
    h1.label, h2.label, y.label = "h1", "h2", "y_pred"
    if target is None:
        return y, list(w.values())
    loss = (V(target, label="target") - y) ** 2
    loss.label = "L"
    return loss, list(w.values())


def s2a():
    w, b = [V(0.0, label="w1"), V(1.0, label="w2")], V(4.0, label="b")
    out = (w[0] * V(2.0, label="x1") + w[1] * V(3.0, label="x2") + b).sigmoid()
    out.label = "y"
    return out, {"parameters": [*w, b]}


def s2b():
    out, parameters = two_two_one((0, 1, 0) * 3, (2.0, 3.0))
    return out, {"parameters": parameters}


def s2c():
    p = [V(0.0, label=f"p{k}") for k in range(4)]
    loss = sum((V(t) - q) ** 2 for t, q in zip((1.0, 0.0, 0.0, 1.0), p, strict=True)) / 4
    loss.label = "mse"
    return loss, {}


def s2d():
    loss, parameters = two_two_one((1.0, 1.0, 0.0) * 3, (-2.0, -1.0), 1.0)
    return loss, {"parameters": parameters, "title": "S2d: 2-2-1 sigmoid network"}


def s2e():
    generator = random.Random(5)
    weights = [generator.gauss(0, 1) for _ in range(9)]
    losses, parameters = [], []
    for x1, x2, t in ((-2.0, -1.0, 1.0), (25.0, 6.0, 0.0)):
        loss, parameters = two_two_one(weights, (x1, x2), t)
        losses.append(loss)
    return losses[1], {"parameters": parameters}


def s3():
    w, x = V(0.5, label="w"), V(2.0, label="x")
    loss = 0.5 * (x * w - V(2.0, label="goal")) ** 2
    loss.label = "error"
    return loss, {"parameters": [w]}


def s4():
    c = mg.arange(-50, 50).double().reshape(100, 1)
    w, b = mg.tensor([[0.5]], dtype=mg.float64), mg.tensor([1.0], dtype=mg.float64)
    w.requires_grad = b.requires_grad = True
    with mg.record():
        loss = ((c @ w + b - (1.8 * c + 32)) ** 2).mean()
    return loss, {"names": {"c": c, "w": w, "b": b}}


def s5a():
    X = mg.tensor([[0.0, 0, 1], [1, 1, 1], [1, 0, 1], [0, 1, 1]])
    y = mg.tensor([[0.0], [1], [1], [0]])
    w = mg.tensor([[-0.16], [0.44], [-1.0]], requires_grad=True)
    with mg.record():
        o = (X @ w).sigmoid()
        loss = 0.5 * ((y - o) ** 2).sum()
    loss.backward()
    return loss, {"names": {"X": X, "y": y, "w": w, "o": o}}


def s5b():
    mg.manual_seed(1)
    X, y = mg.rand(7, 3), mg.rand(7, 1)
    w1 = mg.randn(3, 4, requires_grad=True)
    w2 = mg.randn(4, 1, requires_grad=True)
    with mg.record():
        hidden = (X @ w1).sigmoid()
        out = (hidden @ w2).sigmoid()
        loss = ((y - out) ** 2).sum()
    return loss, {"names": {"X": X, "y": y, "w1": w1, "w2": w2, "hidden": hidden, "out": out}}


def s5c():
    w0, one, w1, x = (
        V(v, label=n) for n, v in (("w0", 0.3), ("one", 1.0), ("w1", -2.0), ("x", 0.5))
    )
    out = (w0 * one + w1 * x).tanh()
    out.label = "out"
    return out, {"parameters": [w0, w1]}


def s5d():
    mg.manual_seed(0)
    net = mg.nn.Sequential(
        mg.nn.Conv2d(1, 4, 3),
        mg.nn.ReLU(),
        mg.nn.MaxPool2d(2),
        mg.nn.Flatten(),
        mg.nn.Linear(36, 10),
    )
    images = mg.rand(3, 1, 8, 8)
    with mg.record():
        loss = mg.nn.functional.cross_entropy(net(images), mg.tensor([1, 5, 9]))
    return loss, {"names": {"net": net, "images": images}, "parameters": net}


def s5e():
    mg.manual_seed(0)
    net = mg.nn.Sequential(mg.nn.Linear(10, 2), mg.nn.Tanh(), mg.nn.Linear(2, 10), mg.nn.Sigmoid())
    x = mg.rand(5, 10)
    with mg.record():
        loss = mg.nn.functional.mse_loss(net(x), x)
    return loss, {"names": {"net": net, "x": x}, "parameters": net}


def s5f():
    mg.manual_seed(0)
    net = mg.nn.Sequential(mg.nn.Linear(6, 5), mg.nn.ReLU(), mg.nn.Dropout(0.5), mg.nn.Linear(5, 3))
    x = mg.rand(4, 6)
    with mg.record():
        loss = mg.nn.functional.cross_entropy(net(x), mg.tensor([0, 1, 2, 0]))
    return loss, {"names": {"net": net, "x": x}, "parameters": net}


def s5g():
    random.seed(3)
    net = mg.nn.scalar.MLP(3, [4, 4, 1], activation="tanh")
    out = net([V(2.0, label="x1"), V(3.0, label="x2"), V(-1.0, label="x3")])
    loss = (out - 1.0) ** 2
    loss.label = "L"
    return loss, {"parameters": net.parameters()}


SEEDS = {
    "S2a": s2a, "S2b": s2b, "S2c": s2c, "S2d": s2d, "S2e": s2e, "S3": s3, "S4": s4, "S5a": s5a,
    "S5b": s5b, "S5c": s5c, "S5d": s5d, "S5e": s5e, "S5f": s5f, "S5g": s5g,
}  # fmt: skip


def hostile():
    """Labels that would be markup, long ones, numbers of every size, NaN and Inf, an exact 0."""
    a = V(-123456.789, label="</script><script>window.broken=1</script>")
    b = V(1e-9, label='"><img src=x onerror="window.broken=2">')
    c = V(2.0, label="a_name_of_sixty_characters_that_goes_on_and_on_and_on_until_60")
    d, n = V(0.0, label="zero"), V(float("nan"), label="nan")
    e = V(float("inf"), label="{{data}}$& `${x}` \u2028\u202e")
    t = a * b + c * c + d * c
    u = t * t
    out = (u * d).relu() + (u + n * 0 + e)
    out.label = "L'"
    return out, {"title": "<b>Hostile</b> & {{style}}"}


def diamond():
    """A node twice as operand, a literal, a gradient that is exactly 0."""
    x = V(3.0, label="x")
    out = ((x * x + x**2).relu() + (x - 100).relu()) * x
    out.label = "q"
    return out, {}


def thousand():
    """1,000 nodes and more: a network of Values on several samples."""
    random.seed(1)
    net = mg.nn.scalar.MLP(3, [16, 16, 1], activation="tanh")
    samples = ([2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0])
    losses = [
        (net(x) - y) ** 2 for x, y in zip(samples * 3, (1.0, -1.0, -1.0, 1.0) * 3, strict=True)
    ]
    loss = losses[0]
    for one in losses[1:]:
        loss = loss + one
    loss.label = "loss"
    return loss, {"parameters": net.parameters()}
