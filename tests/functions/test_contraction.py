"""Einsum and what is said shorter: numbers worked out by hand, notations, errors."""

import pytest

import microgradnn as mg

A = [[1.0, 2.0], [3.0, 4.0]]


def matrix(requires_grad=False):
    return mg.tensor(A, requires_grad=requires_grad)


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        ("ij->ji", [[1.0, 3.0], [2.0, 4.0]]),
        ("ji", [[1.0, 3.0], [2.0, 4.0]]),  # what remains is in alphabetical order
        ("ij->", 10.0),
        ("ij -> j", [4.0, 6.0]),
        ("ii->i", [1.0, 4.0]),
        ("...->...", A),
        ("...j->...", [3.0, 7.0]),
        ("i...->...", [4.0, 6.0]),
    ],
)
def test_einsum_of_one_operand(equation, expected):
    assert mg.einsum(equation, matrix()).tolist() == expected


def test_einsum_of_several_operands():
    x, v = matrix(), mg.tensor([1.0, 10.0])
    assert mg.einsum("ij,j", x, v).tolist() == [21.0, 43.0]
    assert mg.einsum("i,ij,j->", v, x, v).item() == 451.0
    assert mg.einsum("i,ij,j->", [v, x, v]).item() == 451.0
    assert mg.einsum("...ij,...jk->...ik", x.expand(3, 2, 2), x).shape == (3, 2, 2)


def test_numbers_in_place_of_letters():
    x = matrix()
    assert mg.einsum(x, [0, 1], x, [1, 2], [0, 2]).tolist() == [[7.0, 10.0], [15.0, 22.0]]
    assert mg.einsum(x, [..., 0]).tolist() == A
    assert mg.einsum(x, [1, 0], [0, 1]).tolist() == [[1.0, 3.0], [2.0, 4.0]]


def test_a_result_shares_no_memory_with_its_operand():
    x = matrix()
    mg.einsum("ij->ji", x).zero_()
    assert x.tolist() == A


def test_gradients_of_a_trace_and_of_a_diagonal():
    x = matrix(requires_grad=True)
    mg.trace(x).backward()
    assert x.grad.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    x.grad = None
    mg.einsum("ii,i->", x, mg.tensor([5.0, 7.0])).backward()
    assert x.grad.tolist() == [[5.0, 0.0], [0.0, 7.0]]


def test_products_over_chosen_dimensions():
    x, v = matrix(), mg.tensor([1.0, 10.0])
    assert mg.tensordot(x, x, 1).tolist() == [[7.0, 10.0], [15.0, 22.0]]
    assert mg.tensordot(x, x).item() == 30.0
    assert mg.tensordot(x, x, ([0], [0])).tolist() == [[10.0, 14.0], [14.0, 20.0]]
    assert mg.inner(x, v).tolist() == [21.0, 43.0]
    assert mg.inner(x, mg.tensor(2.0)).tolist() == [[2.0, 4.0], [6.0, 8.0]]
    assert mg.kron(x, v).tolist() == [[1.0, 10.0, 2.0, 20.0], [3.0, 30.0, 4.0, 40.0]]
    assert mg.trace(mg.tensor([[1, 2, 3], [4, 5, 6]])).item() == 6


def test_chains():
    u, x, v = mg.tensor([1.0, 1.0]), matrix(), mg.tensor([1.0, 10.0])
    assert mg.linalg.multi_dot([u, x, v]).item() == 64.0
    assert mg.linalg.multi_dot([x, x, v]).tolist() == [107.0, 235.0]
    assert mg.chain_matmul(x, mg.eye(2), x).tolist() == [[7.0, 10.0], [15.0, 22.0]]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: mg.einsum("ij,jk", matrix()), "is of 2 operands, got 1"),
        (lambda: mg.einsum("ijk", matrix()), "'ijk' names 3 dimensions, operand 0 has 2"),
        (lambda: mg.einsum("i", matrix()), "'i' names 1 dimensions, operand 0 has 2"),
        (lambda: mg.einsum("ij->k", matrix()), "'k' must occur once on the right, and on the left"),
        (lambda: mg.einsum("i1->i", matrix()), "'1' is no letter"),
        (lambda: mg.einsum("i,i->", mg.ones(2), mg.ones(3)), "'i' .* has size 2 in one operand"),
        (lambda: mg.tensordot(matrix(), mg.ones(3), 1), "dimension 1 of a has size 2"),
        (lambda: mg.tensordot(matrix(), matrix(), 3), "dims=3 of Tensors of 2 and 2 dimensions"),
        (lambda: mg.trace(mg.ones(3)), r"trace takes a matrix, got shape \(3,\)"),
        (lambda: mg.linalg.multi_dot([matrix()]), "at least two Tensors, got 1"),
    ],
)
def test_errors_say_what_was_given(call, text):
    with pytest.raises(RuntimeError, match=text):
        call()


def test_what_is_no_tensor_is_refused():
    with pytest.raises(TypeError, match="operands must be Tensors, got list"):
        mg.einsum("i,i->", [1.0], [2.0])
