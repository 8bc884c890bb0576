"""Derivations that several tests look at: S2d, cross-entropy, batch norm, attention."""

import numpy as np
import s2d_chain_rule as s2d

import microgradnn as mg

X = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]])
W = np.array([[0.5, -0.5, 0.0], [0.25, 0.0, -0.25]])
B = np.array([0.1, 0.0, -0.1])


def chain_rule():
    """S2d with all names: the loss and what it was made of."""
    made = {name: mg.Value(data, label=name) for name, data in s2d.START.items()}
    made |= {
        name: mg.Value(data, label=name)
        for name, data in (("x1", s2d.X1), ("x2", s2d.X2), ("target", s2d.WANTED))
    }
    w1, w2, b1, w3, w4, b2, w5, w6, b3, x1, x2, target = made.values()
    h1 = (w1 * x1 + w2 * x2 + b1).sigmoid()
    h2 = (w3 * x1 + w4 * x2 + b2).sigmoid()
    y_pred = (w5 * h1 + w6 * h2 + b3).sigmoid()
    loss = (target - y_pred) ** 2
    h1.label, h2.label, y_pred.label, loss.label = "h1", "h2", "y_pred", "L"
    return loss, made | {"h1": h1, "h2": h2, "y_pred": y_pred}


def cross_entropy(**options):
    """A linear layer and the cross-entropy of its softmax."""
    w, b = (mg.tensor(a, requires_grad=True) for a in (W, B))
    x, t = mg.tensor(X), mg.tensor([0, 2, 1])
    with mg.record():
        loss = mg.nn.functional.cross_entropy(x @ w + b, t)
    return mg.derive(loss, names={"X": x, "W": w, "b": b, "t": t}, **options)


def cross_entropy_by_hand():
    """The same loss composed of softmax, log, indexing and mean."""
    w = mg.tensor(W, requires_grad=True)
    x, t = mg.tensor(X), mg.tensor([0, 2, 1])
    with mg.record():
        p = (x @ w).softmax(1)
        loss = -p.log()[mg.arange(3), t].mean()
    return mg.derive(loss, names={"X": x, "W": w, "t": t})


def batch_norm():
    """A batch norm in front of a squared error."""
    rows = np.array([[1.0, 4.0], [2.0, -1.0], [-1.0, 0.5], [0.5, 2.0]])
    x = mg.tensor(rows, requires_grad=True)
    norm = mg.nn.BatchNorm1d(2).double()
    y = mg.tensor(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]]))
    with mg.record():
        loss = ((norm(x) - y) ** 2).sum()
    named = {"X": x, "gamma": norm.weight, "beta": norm.bias, "Y": y}
    return mg.derive(loss, names=named)


def attention():
    """Scaled dot-product attention of three positions."""
    rng = np.random.RandomState(0)
    q, k, v = (mg.tensor(rng.randn(3, 2), requires_grad=True) for _ in range(3))
    with mg.record():
        loss = (mg.nn.functional.scaled_dot_product_attention(q, k, v) ** 2).sum()
    return mg.derive(loss, names={"Q": q, "K": k, "V": v})
