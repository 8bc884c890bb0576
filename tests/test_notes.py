"""What ``record()`` keeps: every intermediate's value and gradient, the operands, the line."""

import numpy as np

import microgradnn as mg


def test_record_keeps_the_gradient_of_every_intermediate():
    w = mg.tensor([1.0, 2.0], dtype=mg.float64, requires_grad=True)
    with mg.record():
        h = w * 3.0
        loss = (h * h).sum()
    loss.backward()
    # dloss/dh = 2h, by hand
    np.testing.assert_array_equal(h.grad.numpy(), [6.0, 12.0])
    np.testing.assert_array_equal(h.grad_fn.notes.grad.numpy(), [6.0, 12.0])
    assert loss.grad_fn.notes.grad.item() == 1.0


def test_record_keeps_value_and_gradient_of_each_of_several_results():
    x = mg.tensor([[3.0, 1.0], [2.0, 5.0]], dtype=mg.float64, requires_grad=True)
    with mg.record():
        values, _ = x.max(dim=1)
        first, second = x.split(1)
        loss = (values * values).sum() + (first * 7.0).sum()
    loss.backward()
    np.testing.assert_array_equal(values.grad_fn.notes.value, [3.0, 5.0])
    np.testing.assert_array_equal(values.grad.numpy(), [6.0, 10.0])
    np.testing.assert_array_equal(first.grad.numpy(), [[7.0, 7.0]])
    assert second.grad is None
    np.testing.assert_array_equal(x.grad.numpy(), [[13.0, 7.0], [0.0, 10.0]])


def test_without_record_nothing_is_kept():
    w = mg.tensor([1.0, 2.0], requires_grad=True)
    h = w * 3.0
    h.sum().backward()
    assert h.grad_fn.notes is None


def test_record_keeps_operands_constants_included_and_the_line():
    w = mg.tensor(2.0, requires_grad=True)
    x = mg.tensor(5.0)
    with mg.record():
        y = w * x  # this line
    notes = y.grad_fn.notes
    assert [float(a) for a in notes.operands] == [2.0, 5.0]
    assert notes.line.endswith("y = w * x  # this line")
