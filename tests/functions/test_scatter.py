"""Putting elements at positions: combining, replacing, and what errors say."""

import pytest

import microgradnn as mg


@pytest.mark.parametrize(
    ("reduce", "with_self", "without"),
    [
        ("sum", [6.0, 7.0], [5.0, 7.0]),
        ("prod", [6.0, 7.0], [6.0, 7.0]),
        ("mean", [2.0, 7.0], [2.5, 7.0]),
        ("amax", [3.0, 7.0], [3.0, 7.0]),
        ("amin", [1.0, 7.0], [2.0, 7.0]),
    ],
)
def test_ways_to_combine(reduce, with_self, without):
    for dtype in (mg.float64, mg.int64):
        x, i = mg.tensor([1, 7]).to(dtype), mg.tensor([0, 0])
        src = mg.tensor([2, 3]).to(dtype)
        for include, wanted in ((True, with_self), (False, without)):
            if dtype is mg.int64:
                wanted = [int(w) for w in wanted]
            found = x.scatter_reduce(0, i, src, reduce, include_self=include)
            assert (found.tolist(), found.dtype) == (wanted, dtype)
            if reduce != "sum":
                found = x.index_reduce(0, i, src, reduce, include_self=include)
                assert found.tolist() == wanted


def test_products_that_are_scattered_are_right_where_elements_are_zero():
    x = mg.tensor([2.0, 5.0], requires_grad=True)
    src = mg.tensor([0.0, 3.0], requires_grad=True)
    y = x.scatter_reduce(0, mg.tensor([0, 0]), src, "prod")
    first = mg.autograd.grad(y.sum(), [x, src], create_graph=True)
    assert [g.tolist() for g in first] == [[0.0, 1.0], [6.0, 0.0]]
    (second,) = mg.autograd.grad(first[1][0], x)
    assert second.tolist() == [3.0, 0.0]


def test_equal_extremes_share():
    x = mg.tensor([3.0, 1.0], requires_grad=True)
    src = mg.tensor([3.0, 3.0], requires_grad=True)
    x.scatter_reduce(0, mg.tensor([0, 0]), src, "amax").sum().backward()
    assert x.grad.tolist() == pytest.approx([1 / 3, 1.0])
    assert src.grad.tolist() == pytest.approx([1 / 3, 1 / 3])


def test_what_was_overwritten_has_no_gradient():
    x = mg.ones(3, requires_grad=True)
    y = x.scatter(0, mg.tensor([1]), 5.0)
    y.sum().backward()
    assert (y.tolist(), x.grad.tolist()) == ([1.0, 5.0, 1.0], [1.0, 0.0, 1.0])


def test_an_index_that_occurs_twice_adds_twice():
    x = mg.zeros(2, 2)
    assert x.index_add(1, mg.tensor([0, 0]), mg.ones(2, 2), alpha=3).tolist() == [[6, 0], [6, 0]]
    assert x.put(mg.tensor([3, 3]), mg.ones(2), accumulate=True).tolist() == [[0, 0], [0, 2]]
    indices = (mg.tensor([0, 0]), mg.tensor([1, 1]))
    assert x.index_put(indices, mg.tensor(1.0), accumulate=True).tolist() == [[0, 2], [0, 0]]


def test_in_place_forms_change_the_tensor_and_its_views():
    x = mg.zeros(2, 3)
    row = x[0]
    row.scatter_(0, mg.tensor([2]), 1.0).index_fill_(0, mg.tensor([0]), 7.0)
    assert x.tolist() == [[7.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    x.masked_scatter_(x == 0, mg.tensor([1.0, 2.0, 3.0, 4.0]))
    assert x.tolist() == [[7.0, 1.0, 1.0], [2.0, 3.0, 4.0]]


def test_replacing_slices():
    x = mg.zeros(2, 3)
    assert x.select_scatter(mg.ones(2), 1, -1).tolist() == [[0, 0, 1], [0, 0, 1]]
    assert x.slice_scatter(mg.ones(2, 2), 1, 0, None, 2).tolist() == [[1, 0, 1], [1, 0, 1]]
    assert x.diagonal_scatter(mg.ones(2), 1).tolist() == [[0, 1, 0], [0, 0, 1]]


I = mg.tensor([0])  # noqa: E741


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda x: x.scatter_(0, I), TypeError, "give either src, a Tensor, or value"),
        (lambda x: x.scatter_(0, mg.tensor([2]), 1.0), IndexError, "index 2 is out of range"),
        (lambda x: x.scatter_(0, mg.zeros(1), 1.0), TypeError, "must be a Tensor of integers"),
        (lambda x: x.scatter_(0, I, mg.tensor([1])), RuntimeError, "convert one of them"),
        (lambda x: x.scatter_(0, mg.tensor([0, 1]), mg.zeros(1)), RuntimeError, "not be shorter"),
        (lambda x: x.scatter_(0, I, mg.ones(1), reduce="max"), RuntimeError, '"add" or "multiply"'),
        (
            lambda x: x.scatter_reduce_(0, I, mg.ones(1), "max"),
            RuntimeError,
            "reduce is one of sum",
        ),
        (lambda x: x.index_add_(0, I, mg.ones(2)), RuntimeError, r"it must have \(1,\)"),
        (lambda x: x.index_copy_(0, mg.tensor([-1]), mg.ones(1)), IndexError, "index -1 is out of"),
        (lambda x: x.put_(I, mg.ones(2)), RuntimeError, "1 positions for 2 elements"),
        (lambda x: x.masked_scatter_(x > 0, mg.ones(1)), RuntimeError, "holds at 2 places"),
        (lambda x: x.select_scatter(mg.ones(()), 0, 2), IndexError, "index 2 is out of range"),
        (lambda x: x.slice_scatter(mg.ones(1)), RuntimeError, "what it replaces"),
    ],
)
def test_errors_say_what_was_given_and_change_nothing(call, kind, message):
    x = mg.tensor([1.0, 2.0])
    with pytest.raises(kind, match=message):
        call(x)
    assert x.tolist() == [1.0, 2.0]
