"""The third room: the layers that larger networks are made of."""

from __future__ import annotations

import numpy as np

import microgradnn as mg
from exhibits.exhibit import Exhibit, Subject
from microgradnn import nn

ROWS = np.array([[1.0, 4.0], [2.0, -1.0], [-1.0, 0.5], [0.5, 2.0]])


def softmax_cross_entropy() -> Subject:
    """A linear layer whose softmax is judged by cross-entropy."""
    x = mg.tensor([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]])
    w = mg.tensor([[0.5, -0.5, 0.0], [0.25, 0.0, -0.25]], requires_grad=True)
    b = mg.tensor([0.1, 0.0, -0.1], requires_grad=True)
    t = mg.tensor([0, 2, 1])
    with mg.record():
        loss = nn.functional.cross_entropy(x @ w + b, t)
    return Subject(loss, {"X": x, "W": w, "b": b, "t": t}, [w, b])


def batch_norm() -> Subject:
    """Batch normalisation in front of a squared error."""
    x, wanted = mg.tensor(ROWS, requires_grad=True), mg.tensor(np.eye(2)[[0, 1, 1, 0]])
    norm = nn.BatchNorm1d(2).double()
    with mg.record():
        loss = ((norm(x) - wanted) ** 2).sum()
    names = {"X": x, "gamma": norm.weight, "beta": norm.bias, "Y": wanted}
    return Subject(loss, names, norm)


def batch_norm_in_pieces() -> Subject:
    """The same from means, differences and a square root: what the fused layer saves one from."""
    x, wanted = mg.tensor(ROWS, requires_grad=True), mg.tensor(np.eye(2)[[0, 1, 1, 0]])
    gamma = mg.ones(2, dtype=mg.float64, requires_grad=True)
    beta = mg.zeros(2, dtype=mg.float64, requires_grad=True)
    with mg.record():
        mean = x.mean(0)
        centred = x - mean
        variance = (centred**2).mean(0)
        normal = centred / (variance + 1e-5).sqrt()
        loss = ((gamma * normal + beta - wanted) ** 2).sum()
    names = {
        "X": x, "gamma": gamma, "beta": beta, "Y": wanted,
        "mu": mean, "D": centred, "v": variance, "N": normal,
    }  # fmt: skip
    return Subject(loss, names, [gamma, beta])


def lstm_cell() -> Subject:
    """One time step of an LSTM, gate by gate."""
    mg.manual_seed(0)
    x, h, c = (mg.randn(2, size) for size in (2, 3, 3))
    w, u = (mg.randn(size, 12).requires_grad_() for size in (2, 3))
    b = mg.zeros(12, requires_grad=True)
    with mg.record():
        z = x @ w + h @ u + b
        i, f, g, o = z.split(3, dim=1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c_new = f * c + i * g
        h_new = o * c_new.tanh()
        loss = (h_new**2).sum()
    names = {
        "x": x, "h": h, "c": c, "W": w, "U": u, "b": b, "z": z,
        "i": i, "f": f, "g": g, "o": o, "c_new": c_new, "h_new": h_new,
    }  # fmt: skip
    return Subject(loss, names, [w, u, b])


def attention() -> Subject:
    """Scaled dot-product attention of three positions, written out."""
    mg.manual_seed(0)
    q, k, v = (mg.randn(3, 2, requires_grad=True) for _ in range(3))
    with mg.record():
        scores = q @ k.T / 2**0.5
        weights = scores.softmax(-1)
        answer = weights @ v
        loss = (answer**2).sum()
    names = {"Q": q, "K": k, "V": v, "S": scores, "A": weights, "O": answer}
    return Subject(loss, names, [q, k, v])


class Attention(nn.Module):
    """Causal self-attention with one head."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query, self.key = nn.Linear(width, width), nn.Linear(width, width)
        self.value, self.together = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x: mg.Tensor) -> mg.Tensor:
        """Each position gathers from those before it: (length, width) to the same."""
        q, k, v = self.query(x), self.key(x), self.value(x)
        found = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.together(found)


class Block(nn.Module):
    """Attention, then a network for each position; both add to what passes through."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(width), Attention(width)
        self.norm2 = nn.LayerNorm(width)
        self.network = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, x: mg.Tensor) -> mg.Tensor:
        """Look back, then think."""
        x = x + self.attention(self.norm1(x))
        return x + self.network(self.norm2(x))


class GPT(nn.Module):
    """Characters and their places become vectors, the blocks refine them, the last layer votes."""

    def __init__(self, letters: int, length: int, width: int, blocks: int) -> None:
        super().__init__()
        self.what, self.where = nn.Embedding(letters, width), nn.Embedding(length, width)
        self.blocks = nn.Sequential(*(Block(width) for _ in range(blocks)))
        self.norm, self.votes = nn.LayerNorm(width), nn.Linear(width, letters)

    def forward(self, letters: mg.Tensor) -> mg.Tensor:
        """Votes for what follows each letter."""
        x = self.what(letters) + self.where(mg.arange(len(letters)))
        return self.votes(self.norm(self.blocks(x)))


def gpt_block() -> Subject:
    """One transformer block between a random input and a squared error."""
    mg.manual_seed(0)
    block, x, wanted = Block(4), mg.randn(3, 4, requires_grad=True), mg.randn(3, 4)
    with mg.record():
        loss = ((block(x) - wanted) ** 2).mean()
    a, n = block.attention, block.network
    names = {
        "X": x, "Y": wanted, "g1": block.norm1.weight, "c1": block.norm1.bias,
        "Wq": a.query.weight, "bq": a.query.bias, "Wk": a.key.weight, "bk": a.key.bias,
        "Wv": a.value.weight, "bv": a.value.bias, "Wo": a.together.weight, "bo": a.together.bias,
        "g2": block.norm2.weight, "c2": block.norm2.bias,
        "W1": n[0].weight, "b1": n[0].bias, "W2": n[2].weight, "b2": n[2].bias,
    }  # fmt: skip
    return Subject(loss, names, block, drawn={"depth": 1})


def gpt() -> Subject:
    """A GPT of twelve blocks, folded."""
    mg.manual_seed(0)
    model = GPT(letters=5, length=4, width=4, blocks=12)
    letters, following = mg.tensor([0, 1, 2, 3]), mg.tensor([1, 2, 3, 4])
    with mg.record():
        loss = nn.functional.cross_entropy(model(letters), following)
    names = {"letters": letters, "following": following}
    return Subject(loss, names, model, derived=False)


LAYERS = (
    Exhibit(
        "softmax-cross-entropy",
        "Softmax and cross-entropy",
        "A page of derivation that ends in `(P − Y) / N`.",
        softmax_cross_entropy,
    ),
    Exhibit(
        "batch-norm",
        "Batch normalisation",
        "The mean and the deviation depend on every row, so every row's gradient depends on all.",
        batch_norm,
    ),
    Exhibit(
        "batch-norm-in-pieces",
        "Batch normalisation, in pieces",
        "The same loss and the same gradients from means, differences and a square root: what the "
        "one formula above replaces.",
        batch_norm_in_pieces,
    ),
    Exhibit(
        "lstm-cell",
        "An LSTM cell",
        "Four gates from one matrix product. The cell's state passes through one multiplication by "
        "`f`: the road on which gradients do not fade.",
        lstm_cell,
    ),
    Exhibit(
        "attention",
        "Attention",
        "`Q`, `K` and `V` meet in two matrix products around a softmax.",
        attention,
    ),
    Exhibit(
        "gpt-block",
        "A GPT block",
        "The picture shows the block's modules; the explorer opens them. Twice the gradient has a "
        "way around: the residual connections.",
        gpt_block,
    ),
    Exhibit(
        "gpt",
        "A GPT of twelve blocks",
        "475 nodes: blocks that repeat are one box. The explorer shows the neighbourhood of each "
        "step.",
        gpt,
    ),
)
