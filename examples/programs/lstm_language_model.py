"""An LSTM language model: it reads two chapters of "Alice" from front to back, and writes on.

The text is cut into 16 streams that are read side by side, 32 characters at a step. What the LSTM
remembers at the end of a step is where the next one begins; the gradient stops there.

With seed 0 the loss falls from 4.09 to 1.06 nats a character in 1,500 steps (13 s of one core), and
to 1.83 on text it has not seen.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from program import Program

program = Program(__doc__, steps=1500)
torch = importlib.import_module(program.framework)
nn, F = torch.nn, torch.nn.functional

STREAMS, LENGTH, EMBEDDED, HIDDEN = 16, 32, 32, 128

text = Path(__file__).with_name("alice.txt").read_text(encoding="utf-8")
alphabet = sorted(set(text))
number = {character: i for i, character in enumerate(alphabet)}
characters = torch.tensor([number[character] for character in text])
kept = len(characters) // 10  # the end of the second chapter is not trained on
training, unseen = characters[:-kept], characters[-kept:]


class LanguageModel(nn.Module):
    """An embedding, an LSTM, and a vote for the character that follows."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(len(alphabet), EMBEDDED)
        self.lstm = nn.LSTM(EMBEDDED, HIDDEN, batch_first=True)
        self.votes = nn.Linear(HIDDEN, len(alphabet))

    def forward(self, characters, memory=None):
        """Votes for what follows each character, and what is remembered after the last one."""
        states, memory = self.lstm(self.embedding(characters), memory)
        return self.votes(states), memory

    def loss(self, characters, memory=None):
        """How surprised the network is by each character that follows, and what it remembers."""
        votes, memory = self(characters[:, :-1], memory)
        return F.cross_entropy(votes.flatten(0, 1), characters[:, 1:].flatten()), memory

    @torch.no_grad()
    def write(self, beginning, count, temperature=0.7):
        """Continue the beginning by so many characters, each drawn from the votes."""
        written = [number[character] for character in beginning]
        read, memory = torch.tensor([written]), None
        for _ in range(count):
            votes, memory = self(read, memory)
            chances = F.softmax(votes[0, -1] / temperature, dim=0)
            read = torch.multinomial(chances, 1)[None]
            written.append(read.item())
        return "".join(alphabet[i] for i in written)


def side_by_side(source):
    """The streams, (STREAMS, characters each)."""
    each = len(source) // STREAMS
    return source[: STREAMS * each].view(STREAMS, each)


def main():
    """Read the streams over and over, then write."""
    torch.manual_seed(program.seed)
    model = LanguageModel()
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, program.total, 1e-4)
    streams = side_by_side(training)
    at, memory = 0, None
    for _ in program.steps():
        if at + LENGTH >= streams.shape[1]:
            at, memory = 0, None
        loss, memory = model.loss(streams[:, at : at + LENGTH + 1], memory)
        memory = tuple(state.detach() for state in memory)
        at += LENGTH
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        program.loss(loss.item())

    with torch.no_grad():
        held_out, _ = model.loss(unseen[None])
    print(f"loss on text it has not seen: {held_out.item():.3f} nats a character\n")
    print(model.write("Alice ", 400))


if __name__ == "__main__":
    main()
