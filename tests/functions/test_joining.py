"""Joining, splitting, repeating and grids: numbers computed by hand, and what errors say."""

import pytest

import microgradnn as mg


def test_empty_vectors_are_left_out_but_take_part_in_the_promotion():
    x = mg.cat([mg.zeros(0, dtype=mg.float64), mg.ones(1, 2)])
    assert x.tolist() == [[1.0, 1.0]]
    assert x.dtype is mg.float64


def test_stacking_unequal_shapes_is_refused_even_where_the_elements_would_fill_it():
    shapes = [(2, 3), (1, 3), (3, 3)]
    with pytest.raises(RuntimeError, match=r"got \(2, 3\) and \(1, 3\) \(Tensor 1 of the list\)"):
        mg.stack([mg.zeros(*shape) for shape in shapes])


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (lambda x: mg.hstack([x, x]), [[0, 1, 2, 0, 1, 2], [3, 4, 5, 3, 4, 5]]),
        (lambda x: mg.vstack([x[0], x[1]]), [[0, 1, 2], [3, 4, 5]]),
        (lambda x: mg.dstack([x[0], x[1]]), [[[0, 3], [1, 4], [2, 5]]]),
        (lambda x: mg.column_stack([x[0], x[1]]), [[0, 3], [1, 4], [2, 5]]),
        (lambda x: mg.block_diag(x[0], mg.tensor(7)), [[0, 1, 2, 0], [0, 0, 0, 7]]),
        (lambda x: mg.stack([x[0], x[1]], -1), [[0, 3], [1, 4], [2, 5]]),
        (lambda x: x.repeat(2, 1, 2)[1], [[0, 1, 2, 0, 1, 2], [3, 4, 5, 3, 4, 5]]),
        (lambda x: x.repeat_interleave(2, 0), [[0, 1, 2], [0, 1, 2], [3, 4, 5], [3, 4, 5]]),
        (lambda x: x.roll((1, -1), (0, 1)), [[4, 5, 3], [1, 2, 0]]),
        (lambda x: x.roll(2), [[4, 5, 0], [1, 2, 3]]),
        (lambda x: x.rot90(-1), [[3, 0], [4, 1], [5, 2]]),
        (lambda x: x.fliplr().flipud(), [[5, 4, 3], [2, 1, 0]]),
        (lambda x: x.tril(1), [[0, 1, 0], [3, 4, 5]]),
        (lambda x: x.triu(-1), [[0, 1, 2], [3, 4, 5]]),
        (lambda x: x[0].diag(1), [[0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 2], [0, 0, 0, 0]]),
        (lambda x: mg.meshgrid(x[0], x[1][:2], indexing="xy")[1], [[3, 3, 3], [4, 4, 4]]),
        (lambda x: mg.combinations(x[0], 2, True),
         [[0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 2]]),
        (lambda x: x.new_zeros(0).combinations(), []),
    ],
)  # fmt: skip
def test_what_comes_out(call, wanted):
    assert call(mg.arange(6).reshape(2, 3)).tolist() == wanted


def test_pieces():
    x = mg.arange(7)
    assert [p.tolist() for p in x.split(3)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert [p.tolist() for p in x.chunk(3)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert [p.tolist() for p in x.tensor_split(3)] == [[0, 1, 2], [3, 4], [5, 6]]
    assert [p.tolist() for p in x.tensor_split([5, 2])] == [[0, 1, 2, 3, 4], [], [2, 3, 4, 5, 6]]
    assert [p.shape[0] for p in mg.zeros(0).chunk(3)] == [0, 0, 0]


def test_a_piece_that_was_not_used_has_a_gradient_of_zeros():
    x = mg.arange(4.0)
    x.requires_grad = True
    first, _ = x.split(2)
    (first * first).sum().backward()
    assert x.grad.tolist() == [0.0, 2.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: mg.cat([x, x.T]), RuntimeError, r"shapes \(2, 3\) and \(3, 2\) \(Tensor 1 of"),
        (lambda x: mg.cat([]), RuntimeError, "cat needs at least one Tensor"),
        (lambda x: mg.cat(x), TypeError, "got one Tensor; put it into a list"),
        (lambda x: mg.cat([mg.tensor(1)]), RuntimeError, "no dimension to join along; use stack"),
        (lambda x: mg.stack([x, 3]), TypeError, "stack takes a sequence of Tensors, one is a int"),
        (lambda x: x.hsplit(2), RuntimeError, "dimension 1 of size 3 can't be cut into 2 equal"),
        (lambda x: x.vsplit(0), RuntimeError, "can't be cut into 0 equal pieces"),
        (lambda x: x.dsplit(1), RuntimeError, "dsplit takes at least 3 dimensions"),
        (lambda x: x.tensor_split(0), RuntimeError, "the number of pieces must be positive, got 0"),
        (lambda x: x.sum().split(1), RuntimeError, "split takes at least 1 dimension"),
        (lambda x: x.repeat(2), RuntimeError, "takes at least 2 numbers"),
        (lambda x: x.repeat_interleave(mg.tensor([1, 2]), 1), RuntimeError, "or 3 for dimension 1"),
        (lambda x: x.roll((1, 2), (0,)), RuntimeError, r"2 shifts \(1, 2\) take as many dims"),
        (lambda x: x.rot90(1, (0, 0)), RuntimeError, "the two dimensions .* are the same"),
        (lambda x: x.flip(0, -2), RuntimeError, "a dimension appears twice"),
        (lambda x: mg.meshgrid(x), RuntimeError, r"meshgrid takes vectors, got shape \(2, 3\)"),
        (lambda x: mg.meshgrid(x[0], indexing="yx"), RuntimeError, "'ij' or 'xy', got 'yx'"),
        (lambda x: mg.unravel_index(mg.tensor(6), (2, 3)), ValueError, "has 0 to 5"),
        (lambda x: mg.nn.functional.one_hot(mg.tensor([3]), 3), RuntimeError, "class 3 is not am"),
        (lambda x: mg.nn.functional.one_hot(mg.tensor([-1])), RuntimeError, "can't be negative"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(call, error, message):
    with pytest.raises(error, match=message):
        call(mg.arange(6).reshape(2, 3))
