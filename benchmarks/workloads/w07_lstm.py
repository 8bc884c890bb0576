"""An LSTM language model: 20 sequences of 35 words out of 1,000, width 128.

Embedding, one layer of LSTM, a linear layer, cross entropy; gradients clipped to length 0.25, SGD,
as in the word language model of PyTorch's examples.
"""

from __future__ import annotations

from typing import Any

from ..programs.sequence_task import begin, words
from ..workload import Program, Workload, one

HIDDEN, LENGTH, BATCH, VOCABULARY = 128, 35, 20, 1000
LR, LONGEST = 1.0, 0.25


def eager(torch: Any) -> Program:
    """A step as people write it, for PyTorch or for microgradnn."""
    nn, F = torch.nn, torch.nn.functional

    class LanguageModel(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(VOCABULARY, HIDDEN)
            self.lstm = nn.LSTM(HIDDEN, HIDDEN)
            self.votes = nn.Linear(HIDDEN, VOCABULARY)

        def forward(self, read: Any) -> Any:
            states, _ = self.lstm(self.embedding(read))
            return self.votes(states)

    model = LanguageModel()
    begin(torch, model)
    optimizer = torch.optim.SGD(model.parameters(), lr=LR)
    # Time comes first: it is nn.LSTM's default.
    read, next_ones = (torch.tensor(x.T.copy()) for x in words(BATCH, LENGTH, VOCABULARY))

    def step() -> Any:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(read).flatten(0, 1), next_ones.flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), LONGEST)
        optimizer.step()
        return loss

    return Program(step, lambda: list(model.parameters()))


def microgradnn() -> Program:
    """As PyTorch's."""
    import microgradnn as mg

    return eager(mg)


def pytorch() -> Program:
    """``nn.LSTM``, which is one operation for all steps."""
    import torch

    return eager(torch)


WORKLOADS = [
    Workload(
        "w7.lstm",
        "LSTM: width 128, 35 words, batch 20, vocabulary 1,000, clipped SGD",
        {
            "pytorch": one(pytorch),
            "microgradnn": one(microgradnn),
        },
        checked_steps=5,
        tolerance=1e-3,
        seconds=0.3,
        memory=True,
        absent="torch.compile: PyTorch does not compile nn.LSTM, but calls it",
    )
]
