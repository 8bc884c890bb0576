"""Networks to draw: of modules, deep enough that they fold."""

import functools

import microgradnn as mg
from microgradnn import nn


class Attention(nn.Module):
    """Causal attention with two heads; the mask is made in each call."""

    def __init__(self, width):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        n, steps, width = x.shape
        q, k, v = (
            a.reshape(n, steps, 2, width // 2).transpose(1, 2) for a in self.qkv(x).split(width, 2)
        )
        scores = (q @ k.transpose(-2, -1)) * (width // 2) ** -0.5
        hidden = mg.tril(mg.ones(steps, steps)) == 0
        scores = scores.masked_fill(hidden, -1e9).softmax(-1)
        return self.proj((scores @ v).transpose(1, 2).reshape(n, steps, width))


class Block(nn.Module):
    """A transformer block."""

    def __init__(self, width):
        super().__init__()
        self.ln_1, self.attn = nn.LayerNorm(width), Attention(width)
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT(nn.Module):
    """A language model; the embedding's weight is also that of the head."""

    def __init__(self, blocks, width=8, words=11):
        super().__init__()
        self.wte = nn.Embedding(words, width)
        self.wpe = nn.Embedding(4, width)
        self.blocks = nn.ModuleList([Block(width) for _ in range(blocks)])
        self.ln_f = nn.LayerNorm(width)
        self.lm_head = nn.Linear(width, words, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, idx):
        x = self.wte(idx) + self.wpe(mg.arange(idx.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.lm_head(self.ln_f(x))


def gpt(blocks=12):
    """The loss of a language model under record()."""
    return model_and_loss(blocks)[1]


@functools.cache
def model_and_loss(blocks):
    """A language model, and its loss under record()."""
    mg.manual_seed(0)
    model = GPT(blocks)
    idx, targets = mg.randint(0, 11, (2, 4)), mg.randint(0, 11, (2, 4))
    with mg.record():
        loss = nn.functional.cross_entropy(model(idx).reshape(-1, 11), targets.reshape(-1))
    loss.backward()
    return model, loss


class Unrolled(nn.Module):
    """A recurrent cell, called once per time step."""

    def __init__(self):
        super().__init__()
        self.cell = nn.RNNCell(3, 4)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        h = mg.zeros(x.shape[0], 4)
        for step in range(x.shape[1]):
            h = self.cell(x[:, step], h)
        return self.head(h)


@functools.cache
def unrolled(steps=20):
    """The loss of a recurrent network under record()."""
    mg.manual_seed(0)
    model, x = Unrolled(), mg.randn(2, steps, 3)
    with mg.record():
        loss = (model(x) ** 2).mean()
    loss.backward()
    return loss


@functools.cache
def samples(count):
    """A loss of Values: three weights, ``count`` samples, their squared errors added up."""
    w, v, b = (mg.Value(0.5 * k, label=name) for k, name in enumerate("wvb", 1))
    loss = mg.Value(0.0, label="start")
    for k in range(count):
        x, y = mg.Value(0.01 * k, label=f"x{k}"), mg.Value(1.0, label=f"y{k}")
        loss = loss + ((w * x + v * (x * x) + b).tanh() - y) ** 2
    loss.label = "loss"
    loss.backward()
    return loss
