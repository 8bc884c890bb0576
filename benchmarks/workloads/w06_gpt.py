"""A small GPT: two blocks of width 64, four heads, 16 pieces of 32 characters out of 65.

Learnt embeddings of characters and places; before attention and before the network of each block a
layer norm; GELU; a last layer norm and a linear layer; cross entropy; AdamW. No dropout: peers
would draw different masks.
"""

from __future__ import annotations

from typing import Any

from ..programs.sequence_task import begin, words
from ..programs.training import compiled, whole_step
from ..workload import Program, Workload, one

WIDTH, HEADS, BLOCKS, CONTEXT, BATCH, VOCABULARY = 64, 4, 2, 32, 16, 65
LR = 1e-3


def parts(torch: Any) -> tuple[Any, ...]:
    """Model, loss and optimizer, for PyTorch or for microgradnn."""
    nn, F = torch.nn, torch.nn.functional

    class Block(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
            self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
            self.together = nn.Linear(WIDTH, WIDTH)
            self.network = nn.Sequential(
                nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH)
            )

        def forward(self, x: Any) -> Any:
            heads = self.query_key_value(self.norm1(x))
            heads = heads.view(BATCH, CONTEXT, 3, HEADS, WIDTH // HEADS)
            query, key, value = heads.permute(2, 0, 3, 1, 4)
            seen = F.scaled_dot_product_attention(query, key, value, is_causal=True)
            x = x + self.together(seen.transpose(1, 2).reshape(BATCH, CONTEXT, WIDTH))
            return x + self.network(self.norm2(x))

    class GPT(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.what = nn.Embedding(VOCABULARY, WIDTH)
            self.where = nn.Embedding(CONTEXT, WIDTH)
            self.blocks = nn.Sequential(*(Block() for _ in range(BLOCKS)))
            self.norm = nn.LayerNorm(WIDTH)
            self.votes = nn.Linear(WIDTH, VOCABULARY)

        def forward(self, read: Any) -> Any:
            x = self.what(read) + self.where(torch.arange(CONTEXT))
            return self.votes(self.norm(self.blocks(x)))

    model = GPT()
    begin(torch, model)
    read, next_ones = map(torch.tensor, words(BATCH, CONTEXT, VOCABULARY))

    def loss_of() -> Any:
        return F.cross_entropy(model(read).flatten(0, 1), next_ones.flatten())

    return model, loss_of, torch.optim.AdamW(model.parameters(), lr=LR)


def eager(torch: Any) -> Program:
    """A step as people write it."""
    model, loss_of, optimizer = parts(torch)

    def step() -> Any:
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        return loss

    return Program(step, lambda: list(model.parameters()))


def microgradnn() -> Program:
    """As PyTorch's."""
    import microgradnn as mg

    return eager(mg)


def microgradnn_compiled() -> Program:
    """The same step, given to ``compile``."""
    import microgradnn as mg

    return whole_step(mg, eager(mg))


def pytorch() -> Program:
    """Modules, and attention by ``scaled_dot_product_attention``."""
    import torch

    return eager(torch)


def torch_compile() -> Program:
    """Forward pass with the loss, and the optimizer."""
    import torch

    model, loss_of, optimizer = parts(torch)
    return compiled(torch, loss_of, model, optimizer)


WORKLOADS = [
    Workload(
        "w6.gpt",
        "GPT: 2 blocks of width 64, 4 heads, context 32, batch 16, vocabulary 65, AdamW",
        {
            "pytorch": one(pytorch),
            "microgradnn": one(microgradnn),
            "microgradnn-compiled": one(microgradnn_compiled),
            "torch.compile": one(torch_compile),
        },
        checked_steps=5,
        tolerance=1e-3,
        seconds=0.3,
        memory=True,
    )
]
