"""Schedules by hand: some epochs of each, states, warnings and wrong arguments."""

import math

import pytest

import microgradnn as mg
from tests.optim.lr_scheduler.schedules import CLOSED, SCHEDULES, optimizer, path, rates

S = mg.optim.lr_scheduler


def first(make, epochs=6, lr=1.0, **options):
    o = mg.optim.SGD([mg.ones(1)], lr=lr, momentum=0.5, **options)
    schedule = make(o)
    seen = [o.param_groups[0]["lr"]]
    for _ in range(epochs - 1):
        o.step()
        schedule.step()
        seen.append(o.param_groups[0]["lr"])
    return seen


COS = math.cos(math.pi / 4)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda o: S.LambdaLR(o, lambda e: 1 / (1 + e)), [1, 1 / 2, 1 / 3, 1 / 4]),
        (lambda o: S.MultiplicativeLR(o, lambda e: e), [1, 1, 2, 6, 24]),
        (lambda o: S.StepLR(o, 2, 0.5), [1, 1, 0.5, 0.5, 0.25]),
        (lambda o: S.MultiStepLR(o, [1, 3, 3], 0.5), [1, 0.5, 0.5, 0.125, 0.125]),
        (lambda o: S.ConstantLR(o, 0.25, 2), [0.25, 0.25, 1, 1]),
        (lambda o: S.LinearLR(o, 0.5, 1.0, 4), [0.5, 0.625, 0.75, 0.875, 1, 1]),
        (lambda o: S.ExponentialLR(o, 0.5), [1, 0.5, 0.25, 0.125]),
        (lambda o: S.PolynomialLR(o, 4, 2.0), [1, 9 / 16, 1 / 4, 1 / 16, 0, 0]),
        (lambda o: S.CosineAnnealingLR(o, 4), [1, (1 + COS) / 2, 0.5, (1 - COS) / 2, 0]),
        (lambda o: S.CosineAnnealingLR(o, 2), [1, 0.5, 0, 0.5, 1]),
        (lambda o: S.CosineAnnealingWarmRestarts(o, 2, 2), [1, 0.5, 1, (1 + COS) / 2, 0.5]),
        (lambda o: S.CyclicLR(o, 0.0, 1.0, 2), [0, 0.5, 1, 0.5, 0, 0.5]),
        (lambda o: S.CyclicLR(o, 0.0, 1.0, 1, mode="triangular2"), [0, 1, 0, 0.5, 0, 0.25]),
        (
            lambda o: S.OneCycleLR(o, 1.0, 6, pct_start=0.5, anneal_strategy="linear", div_factor=4,
                                   final_div_factor=25.0),
            [0.25, 0.625, 1, 0.67, 0.34, 0.01],
        ),
        (
            lambda o: S.SequentialLR(o, [S.ConstantLR(o, 0.5, 9), S.ExponentialLR(o, 0.5)], [2]),
            [0.5, 0.5, 1, 0.5, 0.25],
        ),
        (
            lambda o: S.ChainedScheduler([S.ConstantLR(o, 0.5, 2), S.ExponentialLR(o, 0.5)]),
            [0.5, 0.25, 0.25, 0.125],
        ),
    ],
)  # fmt: skip
def test_first_epochs(make, expected):
    assert first(make, len(expected)) == pytest.approx(expected, abs=1e-12)


def test_momentum_goes_the_other_way():
    o = mg.optim.SGD([mg.ones(1)], lr=1.0, momentum=0.5)
    schedule = S.CyclicLR(o, 0.0, 1.0, 2, base_momentum=0.6, max_momentum=0.8)
    seen = []
    for _ in range(4):
        seen.append(o.param_groups[0]["momentum"])
        o.step()
        schedule.step()
    assert seen == pytest.approx([0.8, 0.7, 0.6, 0.7])
    o = mg.optim.Adam([mg.ones(1)], betas=(0.9, 0.5))
    S.OneCycleLR(o, 1.0, 10)
    assert o.param_groups[0]["betas"] == (0.95, 0.5)


def test_plateaus():
    o = mg.optim.SGD([mg.ones(1)], lr=1.0)
    schedule = S.ReduceLROnPlateau(o, factor=0.5, patience=1, cooldown=1, min_lr=0.2)
    seen = []
    for loss in (3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, mg.tensor(1.0), 1):
        schedule.step(loss)
        seen.append(schedule.get_last_lr()[0])
    #                     not better: one, two; cooldown; one, two; cooldown; one, two: at the least
    assert seen == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2, 0.2, 0.2, 0.2]
    assert not schedule.in_cooldown
    assert schedule.best == 1


@pytest.mark.parametrize("name", SCHEDULES)
def test_training_goes_on_from_a_state(name):
    assert path(mg, name, save_at=17) == path(mg, name)


@pytest.mark.parametrize("name", [n for n in CLOSED if "Restarts" not in n])
def test_closed_forms_agree_with_steps(name):
    o = optimizer(mg)
    schedule = SCHEDULES[name](S, o)
    stepped = path(mg, name, epochs=24)
    o.step()
    for epoch in (7, 24, 3):
        with pytest.warns(UserWarning, match="epoch parameter"):
            schedule.step(epoch)
        assert rates(o) == pytest.approx(stepped[epoch], rel=1e-9, abs=1e-12)


def test_restarts_between_two_epochs():
    o = mg.optim.SGD([mg.ones(1)], lr=1.0)
    schedule = S.CosineAnnealingWarmRestarts(o, 2, 2)
    for epoch, expected in ((0.5, (1 + COS) / 2), (1, 0.5), (2, 1), (4, 0.5), (6, 1), (10, 0.5)):
        schedule.step(epoch)
        assert schedule.get_last_lr() == pytest.approx([expected])
    with pytest.raises(ValueError, match="non-negative epoch, but got -1"):
        schedule.step(-1)


# --- what is said ---------------------------------------------------------------------------------


def test_steps_in_the_wrong_order():
    o = mg.optim.SGD([mg.ones(1)], lr=1.0)
    schedule = S.ExponentialLR(o, 0.5)
    with pytest.warns(UserWarning, match=r"before `optimizer.step\(\)`"):
        schedule.step()
    schedule.step()
    assert schedule.get_last_lr() == [0.25]


def test_asking_for_the_next_rate():
    o = mg.optim.SGD([mg.ones(1)], lr=1.0)
    schedule = S.ExponentialLR(o, 0.5)
    with pytest.warns(UserWarning, match="please use `get_last_lr"):
        assert schedule.get_lr() == [0.5]


def test_schedules_of_the_users_own():
    class Ramp(S.LRScheduler):
        def get_lr(self):
            return [base * (1 + self.last_epoch) for base in self.base_lrs]

    assert first(Ramp, 4) == [1, 2, 3, 4]
    assert S._LRScheduler is S.LRScheduler
    with pytest.raises(NotImplementedError, match="LRScheduler defines no get_lr"):
        S.LRScheduler(mg.optim.SGD([mg.ones(1)]))


def test_groups_added_later():
    o = mg.optim.SGD([mg.ones(1)], lr=1.0)
    schedule = S.ReduceLROnPlateau(o, factor=0.5, patience=0)
    o.add_param_group({"params": [mg.ones(1)]})
    schedule.step(1.0)
    schedule.step(1.0)
    assert schedule.get_last_lr() == [0.5, 0.5]
    schedule = S.ReduceLROnPlateau(o, factor=0.5, patience=0, min_lr=[0, 0])
    o.add_param_group({"params": [mg.ones(1)]})
    schedule.step(1.0)
    with pytest.raises(RuntimeError, match=r"\(3\) differs from when .* initialized \(2\)"):
        schedule.step(1.0)


def other():
    return mg.optim.SGD([mg.ones(1)])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda o: S.StepLR(3, 1), TypeError, "int is not an Optimizer"),
        (lambda o: S.ReduceLROnPlateau(3), TypeError, "int is not an Optimizer"),
        (lambda o: S.CyclicLR(3, 1, 2), TypeError, "int is not an Optimizer"),
        (lambda o: S.LambdaLR(3, abs), TypeError, "int is not an Optimizer"),
        (lambda o: S.StepLR(o, 1, last_epoch=3), KeyError, "'initial_lr' is not specified"),
        (lambda o: S.LambdaLR(o, [abs]), ValueError, "Expected 2 lr_lambdas, but got 1"),
        (lambda o: S.MultiplicativeLR(o, 3), TypeError, "should be a function, but got int"),
        (lambda o: S.ConstantLR(o, 2), ValueError, "between 0 and 1, got 2"),
        (lambda o: S.LinearLR(o, 0), ValueError, "less or equal to 1, got 0"),
        (lambda o: S.LinearLR(o, 1, 2), ValueError, "between 0 and 1, got 2"),
        (lambda o: S.CosineAnnealingWarmRestarts(o, 0), ValueError, "positive integer T_0.* 0"),
        (lambda o: S.CosineAnnealingWarmRestarts(o, 2, 0.5), ValueError, "T_mult >= 1.* 0.5"),
        (lambda o: S.CosineAnnealingWarmRestarts(o, 2, 1, "0"), ValueError, "eta_min, but got 0"),
        (lambda o: S.CyclicLR(o, 0, 1, mode="square"), ValueError, "'square' is none of"),
        (lambda o: S.CyclicLR(o, [0], 1), ValueError, "base_lr has 1 values, param_groups has 2"),
        (lambda o: S.CyclicLR(mg.optim.Rprop([mg.ones(1)]), 0, 1), ValueError, "Rprop has neither"),
        (lambda o: S.OneCycleLR(o, 1), ValueError, "either total_steps OR"),
        (lambda o: S.OneCycleLR(o, 1, 0), ValueError, "positive integer total_steps, but got 0"),
        (lambda o: S.OneCycleLR(o, 1, epochs=1, steps_per_epoch=0.5), ValueError, "got 0.5"),
        (lambda o: S.OneCycleLR(o, 1, 9, pct_start=2.0), ValueError, "pct_start, but got 2.0"),
        (lambda o: S.OneCycleLR(o, 1, 9, anneal_strategy="x"), ValueError, "instead got x"),
        (lambda o: S.ReduceLROnPlateau(o, factor=1.0), ValueError, "Factor should be < 1.0"),
        (lambda o: S.ReduceLROnPlateau(o, "low"), ValueError, "mode low is unknown"),
        (
            lambda o: S.ReduceLROnPlateau(o, threshold_mode="x"),
            ValueError, "threshold mode x is unknown",
        ),
        (lambda o: S.ReduceLROnPlateau(o, min_lr=[0]), ValueError, "expected 2 min_lrs, got 1"),
        (lambda o: S.SequentialLR(o, [], []), ValueError, "got no scheduler"),
        (lambda o: S.SequentialLR(o, [S.StepLR(o, 1)], [1]), ValueError, "1 schedulers and 1 mile"),
        (lambda o: S.SequentialLR(o, [3], []), TypeError, "SequentialLR at index 0 should have"),
        (
            lambda o: S.SequentialLR(o, [S.ReduceLROnPlateau(o)], []),
            ValueError, "does not support `ReduceLROnPlateau`",
        ),
        (lambda o: S.ChainedScheduler([]), ValueError, "got no scheduler"),
        (
            lambda o: S.ChainedScheduler([S.StepLR(o, 1), S.StepLR(other(), 1)]),
            ValueError, "StepLR at index 1 of another SGD",
        ),
    ],
)  # fmt: skip
def test_bad_arguments(make, error, message):
    o = optimizer(mg)
    before = [dict(g) for g in o.param_groups]
    with pytest.raises(error, match=message):
        make(o)
    for group, known in zip(o.param_groups, before, strict=True):
        group.pop("initial_lr", None)  # of the schedules that others were to be made of
        assert group == known


def test_one_cycle_ends():
    o = mg.optim.SGD([mg.ones(1)], lr=1.0, momentum=0.9)
    schedule = S.OneCycleLR(o, 1.0, total_steps=3)
    for _ in range(3):
        o.step()
        schedule.step()
    with pytest.raises(ValueError, match=r"Tried to step 4 times.* is 3"):
        schedule.step()
