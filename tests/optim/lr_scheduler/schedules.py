"""Schedules to be made with either library, and what they do to an optimizer over some epochs."""

import copy
import math
import warnings


class Halving:
    """A function of the epoch with an attribute, which is saved."""

    def __init__(self, base=0.5):
        self.base = base

    def __call__(self, epoch):
        return self.base ** (epoch // 7)


def sequence(S, o):
    warm = S.LinearLR(o, start_factor=0.1, total_iters=5)
    middle = S.CosineAnnealingLR(o, T_max=20, eta_min=1e-3)
    return S.SequentialLR(o, [warm, middle, S.StepLR(o, 4, 0.7)], milestones=[8, 30])


def nested(S, o):
    early = S.SequentialLR(o, [S.ConstantLR(o, 0.5, 3), S.ExponentialLR(o, 0.9)], milestones=[6])
    return S.SequentialLR(o, [early, S.PolynomialLR(o, 20, 2.0)], milestones=[25])


SCHEDULES = {
    "LambdaLR": lambda S, o: S.LambdaLR(o, [lambda e: 0.95**e, Halving()]),
    "LambdaLR-one": lambda S, o: S.LambdaLR(o, lambda e: 1 / (1 + e)),
    "MultiplicativeLR": lambda S, o: S.MultiplicativeLR(o, lambda e: 0.9 + 0.05 * math.sin(e)),
    "StepLR": lambda S, o: S.StepLR(o, 7),
    "StepLR-gamma": lambda S, o: S.StepLR(o, step_size=4, gamma=0.7),
    "MultiStepLR": lambda S, o: S.MultiStepLR(o, [5, 20, 20, 41], gamma=0.3),
    "ConstantLR": lambda S, o: S.ConstantLR(o),
    "ConstantLR-factor": lambda S, o: S.ConstantLR(o, factor=0.25, total_iters=17),
    "LinearLR": lambda S, o: S.LinearLR(o),
    "LinearLR-down": lambda S, o: S.LinearLR(o, 1.0, 0.1, total_iters=30),
    "ExponentialLR": lambda S, o: S.ExponentialLR(o, 0.93),
    "PolynomialLR": lambda S, o: S.PolynomialLR(o),
    "PolynomialLR-power": lambda S, o: S.PolynomialLR(o, 40, power=1.7),
    "CosineAnnealingLR": lambda S, o: S.CosineAnnealingLR(o, 13),
    "CosineAnnealingLR-eta": lambda S, o: S.CosineAnnealingLR(o, T_max=25, eta_min=0.01),
    "CosineAnnealingWarmRestarts": lambda S, o: S.CosineAnnealingWarmRestarts(o, 9),
    "CosineAnnealingWarmRestarts-mult": lambda S, o: S.CosineAnnealingWarmRestarts(o, 4, 2, 1e-3),
    "CyclicLR": lambda S, o: S.CyclicLR(o, 0.001, 0.1, step_size_up=7),
    "CyclicLR-2": lambda S, o: S.CyclicLR(o, [0.001, 0.01], 0.1, 5, 8, mode="triangular2"),
    "CyclicLR-exp": lambda S, o: S.CyclicLR(o, 0.001, 0.1, 5, mode="exp_range", gamma=0.97),
    "CyclicLR-own": lambda S, o: S.CyclicLR(
        o, 0.001, 0.1, 5, scale_fn=Halving(0.8), scale_mode="iterations"
    ),
    "OneCycleLR": lambda S, o: S.OneCycleLR(o, 0.5, total_steps=70),
    "OneCycleLR-linear": lambda S, o: S.OneCycleLR(
        o, [0.5, 0.1], epochs=8, steps_per_epoch=8, anneal_strategy="linear", pct_start=0.25
    ),
    "OneCycleLR-three": lambda S, o: S.OneCycleLR(
        o, 0.5, total_steps=65, three_phase=True, div_factor=10, base_momentum=0.7
    ),
    "SequentialLR": sequence,
    "SequentialLR-nested": nested,
    "ChainedScheduler": lambda S, o: S.ChainedScheduler(
        [S.ConstantLR(o, 0.1, 4), S.ExponentialLR(o, 0.9), S.StepLR(o, 10, 0.5)]
    ),
    "ReduceLROnPlateau": lambda S, o: S.ReduceLROnPlateau(o, patience=2),
    "ReduceLROnPlateau-max": lambda S, o: S.ReduceLROnPlateau(
        o, "max", 0.5, 1, threshold=0.05, threshold_mode="abs", cooldown=2, min_lr=[1e-3, 1e-2]
    ),
    "ReduceLROnPlateau-rel": lambda S, o: S.ReduceLROnPlateau(
        o, factor=0.8, patience=0, threshold=0.1, eps=1e-2
    ),
}  # fmt: skip
CLOSED = [n for n in SCHEDULES if n.split("-")[0] in (
    "StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR", "PolynomialLR",
    "CosineAnnealingLR", "LambdaLR", "CosineAnnealingWarmRestarts",
)]  # fmt: skip


def optimizer(m, kind="SGD", lr=0.2):
    a, b = (m.ones(2, requires_grad=True) for _ in range(2))
    options = {"momentum": 0.9} if kind == "SGD" else {}
    return getattr(m.optim, kind)([{"params": [a]}, {"params": [b], "lr": 0.05}], lr=lr, **options)


def made(m, name, o):
    """A schedule. One in another takes its second step at once, and warns of that."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return SCHEDULES[name](m.optim.lr_scheduler, o)


def go_on(o, schedule):
    o.step()
    if type(schedule).__name__ == "ReduceLROnPlateau":
        epoch = schedule.last_epoch
        schedule.step(1 / (1 + epoch // 5) + 0.01 * math.sin(epoch))
    else:
        schedule.step()


def rates(o):
    """Learning rates and momenta of all groups."""
    return [
        float(x)
        for g in o.param_groups
        for x in (g["lr"], g["betas"][0] if "betas" in g else g["momentum"])
    ]


def path(m, name, kind="SGD", epochs=60, save_at=None):
    """The rates over some epochs; in the middle possibly saved, and loaded into new objects."""
    o = optimizer(m, kind)
    schedule = made(m, name, o)
    seen = [rates(o)]
    for epoch in range(epochs):
        if epoch == save_at:
            saved = copy.deepcopy((schedule.state_dict(), o.state_dict()))
            o = optimizer(m, kind, lr=3.0)
            schedule = made(m, name, o)
            schedule.load_state_dict(saved[0])
            o.load_state_dict(saved[1])
        go_on(o, schedule)
        seen.append(rates(o))
        assert [float(x) for x in schedule.get_last_lr()] == seen[-1][::2]
    return seen
