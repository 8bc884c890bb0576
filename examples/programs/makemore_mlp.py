"""A multilayer perceptron with batch normalisation: it reads 1,200 first names and makes up more.

From the four letters before, each embedded in ten numbers, it predicts the next one; a name is
written letter by letter until the network says that it is over.

With seed 0 the loss falls from 3.36 to 1.91 nats a letter in 20,000 steps (11 s of one core), and
to 2.17 on names it has not seen. Of forty that it makes up, two are among those it has read.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from program import Program

program = Program(__doc__, steps=20000)
torch = importlib.import_module(program.framework)
nn, F = torch.nn, torch.nn.functional

CONTEXT, EMBEDDED, HIDDEN, BATCH = 4, 10, 128, 64
LETTERS = ".abcdefghijklmnopqrstuvwxyz"  # the dot is the end of a name, and what comes before it

names = Path(__file__).with_name("names.txt").read_text(encoding="utf-8").split()


def examples(names):
    """Each stretch of four letters with the letter that follows it: (count, CONTEXT), (count,)."""
    before, after = [], []
    for name in names:
        context = [0] * CONTEXT
        for letter in [*name, "."]:
            before.append(context)
            after.append(LETTERS.index(letter))
            context = [*context[1:], after[-1]]
    return torch.tensor(before), torch.tensor(after)


def network():
    """Embed, normalise what the hidden layer adds up, and vote."""
    return nn.Sequential(
        nn.Embedding(len(LETTERS), EMBEDDED),
        nn.Flatten(),
        nn.Linear(CONTEXT * EMBEDDED, HIDDEN, bias=False),  # the normalisation has a bias
        nn.BatchNorm1d(HIDDEN),
        nn.Tanh(),
        nn.Linear(HIDDEN, len(LETTERS)),
    )


@torch.no_grad()
def name_from(model):
    """Draw letters until the name is over."""
    context, name = [0] * CONTEXT, ""
    while True:
        chances = F.softmax(model(torch.tensor([context]))[0], dim=0)
        drawn = torch.multinomial(chances, 1).item()
        if drawn == 0:
            return name
        name += LETTERS[drawn]
        context = [*context[1:], drawn]


def main():
    """Train on nine names in ten, test on the others, and make some up."""
    torch.manual_seed(program.seed)
    shuffled = [names[i] for i in torch.randperm(len(names)).tolist()]
    kept = len(names) // 10
    before, after = examples(shuffled[kept:])
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=3e-3)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, max(1, program.total * 2 // 3), 0.1)
    for _ in program.steps():
        batch = torch.randint(len(after), (BATCH,))
        loss = F.cross_entropy(model(before[batch]), after[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        program.loss(loss.item())

    model.eval()  # from here on the normalisation uses the means it has kept
    with torch.no_grad():
        before, after = examples(shuffled[:kept])
        held_out = F.cross_entropy(model(before), after)
    print(f"loss on names it has not seen: {held_out.item():.3f} nats a letter\n")
    made_up = [name_from(model) for _ in range(40)]
    known = sum(name in names for name in made_up)
    for first in range(0, 40, 8):
        print("  ".join(f"{name:<10}" for name in made_up[first : first + 8]).rstrip())
    print(f"\n{known} of these 40 are names it has read")


if __name__ == "__main__":
    main()
