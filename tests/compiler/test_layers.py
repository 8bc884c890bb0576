"""Steps with every kind of layer equal the eager ones, bit for bit."""

import pytest

import microgradnn as mg
from microgradnn import nn
from tests.compiler.test_training_steps import OPTIMIZERS, assert_equal_training, training


class Attention(nn.Module):
    """A small decoder."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(11, 8)
        self.norm = nn.LayerNorm(8)
        self.to_all = nn.Linear(8, 24)
        self.out = nn.Linear(8, 11)
        self.register_buffer("mask", mg.ones(5, 5).tril())

    def forward(self, tokens):
        x = self.embed(tokens)
        q, k, v = self.to_all(self.norm(x)).split(8, dim=2)
        scores = q @ k.transpose(-2, -1) * 8**-0.5
        scores = scores.masked_fill(self.mask == 0, float("-inf"))
        x = x + nn.functional.softmax(scores, dim=-1) @ v
        return self.out(x).transpose(1, 2)


class Recurrent(nn.Module):
    """Layers of an RNN of some kind, and what the last step says."""

    def __init__(self, kind, **options):
        super().__init__()
        self.rnn = kind(3, 4, batch_first=True, **options)
        self.out = nn.LazyLinear(2)

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])


def images(channels=1):
    return lambda: (mg.randn(4, channels, 8, 8), mg.tensor([0, 1, 2, 1]))


def sequences():
    return mg.randn(4, 6, 3), mg.tensor([0, 1, 1, 0])


def vectors():
    return mg.randn(6, 5), mg.tensor([0, 1, 2, 1, 0, 2])


MODELS = {
    "convolution": (
        lambda: nn.Sequential(
            nn.Conv2d(1, 3, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(3, 4, 3),
            nn.Flatten(), nn.Linear(16, 3),
        ), images(),
    ),
    "strided": (
        lambda: nn.Sequential(
            nn.Conv2d(2, 4, 3, stride=2, groups=2), nn.GELU(), nn.AvgPool2d(2),
            nn.Flatten(), nn.Linear(4, 3),
        ), images(2),
    ),
    "batch norm": (
        lambda: nn.Sequential(
            nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.LeakyReLU(), nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        ), images(),
    ),
    "dropout": (
        lambda: nn.Sequential(
            nn.Linear(5, 16), nn.ReLU(), nn.Dropout(0.3), nn.BatchNorm1d(16), nn.Linear(16, 3),
        ), vectors,
    ),
    "channels dropped": (
        lambda: nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.Dropout2d(0.5), nn.SiLU(), nn.Flatten(), nn.Linear(144, 3)
        ), images(),
    ),
    "attention": (
        Attention, lambda: (mg.randint(0, 11, (2, 5)), mg.randint(0, 11, (2, 5)))
    ),
    "attention, whole": (
        lambda: nn.Sequential(
            nn.TransformerEncoderLayer(5, 1, 8, dropout=0.1), nn.Linear(5, 3)
        ), vectors,
    ),
    "rnn": (lambda: Recurrent(nn.RNN), sequences),
    "lstm": (lambda: Recurrent(nn.LSTM, num_layers=2, dropout=0.2), sequences),
    "gru": (lambda: Recurrent(nn.GRU, bidirectional=True), sequences),
    "group norm": (
        lambda: nn.Sequential(nn.Linear(5, 6), nn.GroupNorm(2, 6), nn.ELU(), nn.Linear(6, 3)),
        vectors,
    ),
    "transposed": (
        lambda: nn.Sequential(
            nn.ConvTranspose2d(1, 2, 3, 2), nn.InstanceNorm2d(2, affine=True), nn.Softplus(),
            nn.Upsample(scale_factor=2), nn.AdaptiveMaxPool2d(2), nn.Flatten(), nn.Linear(8, 3),
        ), images(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_layers_bit_for_bit(name):
    make, data = MODELS[name]

    def model():
        mg.manual_seed(0)
        return make()

    def seeded():
        mg.manual_seed(1)
        return data()

    assert_equal_training(
        lambda: training(OPTIMIZERS["SGD with all"], model=model, data=seeded), steps=6
    )
