"""Policy gradients: a network learns to balance a pole on a cart, from what happened alone.

Nobody tells it what to do. It tries, at random; moves after which the pole stood long are made more
likely, the others less. This is REINFORCE with a baseline: what counts is how much longer a pole
stood than its neighbours did at the same moment.

With seed 0 the poles stand for 27 moments at first, and all of them for 500, the most there are,
after some 70 steps; 100 steps take 8 s of one core.
"""

from __future__ import annotations

import importlib
import math

import numpy as np
from program import Program

program = Program(__doc__, steps=100)
torch = importlib.import_module(program.framework)
nn = torch.nn
Categorical = torch.distributions.Categorical

POLES, LONGEST = 16, 500


class Poles:
    """Carts on a track, each with a pole hinged on top, all moved at once.

    A pole is lost when it leans more than 12 degrees or its cart is more than 2.4 m from the
    middle. A move is a push of 10 N to the left (0) or to the right (1) for 0.02 s. The cart weighs
    1 kg, the pole 0.1 kg; it is 1 m long.
    """

    CART, POLE, HALF, PUSH, SECONDS, GRAVITY = 1.0, 0.1, 0.5, 10.0, 0.02, 9.8

    def __init__(self, start):
        # Place and speed of the cart, lean and turning speed of the pole: (4, poles).
        self.state = start
        self.standing = np.ones(start.shape[1], dtype=bool)

    def move(self, right):
        """Push the carts that still stand; lost ones stay as they are."""
        _, speed, lean, turning = self.state
        total = self.CART + self.POLE
        sine, cosine = np.sin(lean), np.cos(lean)
        # Newton's law for cart and pole together, then for the pole about its hinge.
        push = np.where(right, self.PUSH, -self.PUSH)
        pushed = (push + self.POLE * self.HALF * turning**2 * sine) / total
        inertia = self.HALF * (4 / 3 - self.POLE * cosine**2 / total)
        turning_change = (self.GRAVITY * sine - cosine * pushed) / inertia
        speed_change = pushed - self.POLE * self.HALF * turning_change * cosine / total
        change = np.stack([speed, speed_change, turning, turning_change])
        self.state = np.where(self.standing, self.state + self.SECONDS * change, self.state)
        place, _, lean, _ = self.state
        self.standing = self.standing & (abs(place) < 2.4) & (abs(lean) < math.radians(12))

    def drawn(self, pole=0):
        """One cart and its pole as text."""
        place, _, lean, _ = self.state[:, pole]
        track = [" "] * 49
        cart = round((place + 2.4) / 4.8 * 48)
        track[min(max(cart, 0), 48)] = "|" if abs(lean) < 0.02 else "/" if lean > 0 else "\\"
        return f"[{''.join(track)}] leans {math.degrees(lean):+5.1f} degrees"


def policy():
    """From the four numbers of a state to the votes for left and right."""
    return nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 2))


def seen(poles):
    """The states as the network sees them: (poles, 4), about as large as one another."""
    return torch.tensor((poles.state.T * [1.0, 1.0, 5.0, 1.0]).astype(np.float32))


def play(model):
    """Let all poles stand for as long as they do; return states, moves and who stood, by moment."""
    poles = Poles((torch.rand(4, POLES).double() * 0.4 - 0.2).numpy())
    states, moves, standing = [], [], []
    while poles.standing.any() and len(states) < LONGEST:
        states.append(seen(poles))
        with torch.no_grad():
            moves.append(Categorical(logits=model(states[-1])).sample())
        standing.append(poles.standing)
        poles.move(moves[-1].numpy() == 1)
    return torch.stack(states), torch.stack(moves), np.stack(standing)


def advantages(standing):
    """How much longer each pole stood on than the mean of those standing, in deviations."""
    left = standing[::-1].cumsum(axis=0)[::-1] * standing  # moments from now, this one included
    count = standing.sum(axis=1, keepdims=True)
    over = (left - left.sum(axis=1, keepdims=True) / count) * standing
    return torch.tensor(over / (math.sqrt((over**2).sum() / standing.sum()) + 1e-8))


def main():
    """Play, make what went well more likely, and again; then show one episode."""
    torch.manual_seed(program.seed)
    model = policy()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for _ in program.steps():
        states, moves, standing = play(model)
        chosen = Categorical(logits=model(states)).log_prob(moves)
        loss = -(advantages(standing).float() * chosen).sum() / standing.sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        program.loss(loss.item(), stood=standing.sum() / POLES)

    _, _, standing = play(model)
    print(f"{POLES} poles stand for {standing.sum() / POLES:.1f} of {LONGEST} moments on average\n")
    poles = Poles(np.array([[0.0], [0.5], [0.1], [0.0]]))
    print("One that begins leaning and rolling, with the likelier move each time:")
    for moment in range(LONGEST):
        if moment % 25 == 0:
            print(f"{moment:4d} {poles.drawn()}")
        with torch.no_grad():
            poles.move(model(seen(poles)).argmax(dim=1).numpy() == 1)
        if not poles.standing.all():
            print(f"{moment:4d} {poles.drawn()}  lost")
            break


if __name__ == "__main__":
    main()
