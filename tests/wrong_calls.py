"""Calls that users get wrong, and what the message must say: one entry each.

``test_error_texts.py`` holds the messages to it; ``docs/error-texts.md`` is written from it.
"""

from dataclasses import dataclass
from types import ModuleType


@dataclass(frozen=True)
class WrongCall:
    """One wrong call.

    Parameters
    ----------
    name : str
    code : str
        A program in which ``mg`` is microgradnn or PyTorch. Its last statement raises.
    error : type of Exception
        What is raised, by PyTorch too.
    must : tuple of str
        What our message contains: the operation, what was given, the remedy.
    unsaid : tuple of str
        The numbers of PyTorch's message that ours leaves out, because they say nothing about the
        user's inputs or are said in words.
    """

    name: str
    code: str
    error: type[Exception]
    must: tuple[str, ...]
    unsaid: tuple[str, ...] = ()

    def call(self, lib: ModuleType) -> None:
        """Run the program with a library."""
        exec(self.code, {"mg": lib})


W, Runtime, Index, Value = WrongCall, RuntimeError, IndexError, ValueError

WRONG_CALLS = (
    W("broadcast", "mg.ones(2, 3) + mg.ones(4)", Runtime,
      ("add", "(2, 3)", "(4,)", "broadcast", "3 and 4", "must be equal")),
    W("in-place broadcast", "mg.ones(3).add_(mg.ones(2, 3))", Runtime,
      ("add_", "(2, 3)", "(3,)", "out-of-place")),
    W("matmul", "mg.ones(2, 3) @ mg.ones(4, 5)", Runtime,
      ("matmul", "(2, 3)", "(4, 5)", "operand is 3", "one is 4", ".mT")),
    W("matmul of a number", "mg.ones(2, 3) @ mg.tensor(2.0)", Runtime,
      ("matmul", "(2, 3)", "()", "no dimension", "*"), ("0", "1")),
    W("matmul dtypes", "mg.ones(2, 3) @ mg.ones(3, 2, dtype=mg.float64)", Runtime,
      ("matmul", "float32 and float64", ".to(float64)")),
    W("einsum size", "mg.einsum('ij,jk->ik', mg.ones(2, 3), mg.ones(4, 5))", Runtime,
      ("einsum", "ij,jk->ik", "'j'", "size 3", "4 in another", "(2, 3), (4, 5)"), ("1",)),
    W("einsum subscript", "mg.einsum('ij->ik', mg.ones(2, 3))", Runtime,
      ("einsum", "ij->ik", "'k'", "on the left")),
    W("einsum dimensions", "mg.einsum('ijk->i', mg.ones(2, 3))", Runtime,
      ("einsum", "'ijk' names 3 dimensions", "operand 0 has 2")),
    W("sum dim", "mg.ones(2, 3).sum(dim=2)", Index,
      ("dimension 2", "2 dimensions", "expected -2 to 1")),
    W("max of nothing", "mg.zeros(0).max()", Runtime, ("max()", "no elements", "(0,)")),
    W("mean of integers", "mg.tensor([1, 2]).mean()", Runtime,
      ("mean()", "int64", "x.float().mean()")),
    W("index", "mg.ones(3)[5]", Index,
      ("getitem", "(3,)", "index 5", "dimension 0 with size 3", "expected -3 to 2")),
    W("too many indices", "mg.ones(3)[1, 2]", Index,
      ("getitem", "(3,)", "index=(1, 2):", "too many indices", "of the Tensor: 1", "index: 2")),
    W("index as for an embedding", "mg.ones(10, 4)[mg.tensor([3, 12])]", Index,
      ("getitem", "(10, 4)", "index 12", "dimension 0 with size 10", "expected -10 to 9")),
    W("mask shape", "mg.ones(3)[mg.tensor([True, False])]", Index,
      ("getitem", "(3,)", "dimension 0", "mask has size 2", "the Tensor 3", "must be equal")),
    W("index dtype", "mg.ones(3)[mg.tensor([1.0])]", Index, ("float32", "integers")),
    W("index shapes", "mg.ones(3, 3)[mg.tensor([0, 1]), mg.tensor([0, 1, 2])]", Index,
      ("getitem", "(3, 3)", "(2,) (3,)", "do not broadcast", "must be equal")),
    W("assignment", "mg.ones(3)[0:2] = mg.ones(3)", Runtime,
      ("setitem", "slice(0, 2", "(2,)", "(3,)", "does not broadcast")),
    W("view", "mg.ones(2, 3).view(4, 2)", Runtime,
      ("(2, 3)", "(4, 2)", "6 elements", "has 8")),
    W("reshape", "mg.ones(2, 3).reshape(-1, 4)", Runtime,
      ("reshape", "(2, 3)", "(-1, 4)", "6 elements", "multiple")),
    W("two sizes to infer", "mg.ones(2, 3).reshape(-1, -1)", Runtime,
      ("reshape", "(2, 3)", "(-1, -1)", "only one dimension can be inferred")),
    W("view of a transpose", "mg.ones(2, 3).T.view(6)", Runtime,
      ("view", "(3, 2)", "(6,)", "use reshape")),
    W("cat", "mg.cat([mg.ones(2, 3), mg.ones(2, 4)])", Runtime,
      ("cat", "dimension 0", "(2, 3)", "(2, 4)", "Tensor 1")),
    W("cat of nothing", "mg.cat([])", Value, ("cat", "at least one", "empty list")),
    W("stack", "mg.stack([mg.ones(2), mg.ones(3)])", Runtime,
      ("stack", "(2,)", "(3,)", "Tensor 1", "must be equal"), ("0",)),
    W("permute", "mg.ones(2, 3).permute(0, 1, 2)", Runtime,
      ("permute", "(0, 1, 2)", "names 3 dimensions", "has 2")),
    W("transpose", "mg.ones(2, 3).transpose(0, 2)", Index, ("dimension 2", "expected -2 to 1")),
    W("unsqueeze", "mg.ones(2, 3).unsqueeze(4)", Index,
      ("unsqueeze", "dimension 4", "2 dimensions", "expected -3 to 2")),
    W("expand", "mg.ones(2, 3).expand(4, 3)", Runtime,
      ("expand", "(2, 3)", "(4, 3)", "2 can't be expanded to 4", "a size of 1"), ("0",)),
    W("split", "mg.ones(7).split([3, 3])", Runtime,
      ("split", "[3, 3]", "7", "dimension 0")),
    W("topk", "mg.ones(3).topk(5)", Runtime, ("topk", "0 to 3", "got 5")),
    W("gather", "mg.ones(2, 3).gather(1, mg.tensor([[0, 7], [1, 2]]))", Runtime,
      ("gather", "index 7", "dimension 1 of size 3")),
    W("gather dtype", "mg.ones(2, 3).gather(1, mg.tensor([[0.0, 1.0]]))", Runtime,
      ("gather", "integers", "float32", ".long()"), ("64",)),
    W("masked_fill", "mg.ones(3).masked_fill(mg.tensor([1, 0, 1]), 0.0)", Runtime,
      ("masked_fill", "bool", "int64")),
    W("backward of many", "(mg.ones(3, requires_grad=True) * 2).backward()", Runtime,
      ("scalar", "(3,)", "loss.sum()", "backward(gradient)")),
    W("backward without a graph", "mg.ones(3).sum().backward()", Runtime,
      ("does not require grad", "shape ()", "requires_grad=True", "no_grad()"), ("0",)),
    W("backward twice",
      "x = mg.ones(3, requires_grad=True)\ny = (x * x).sum()\ny.backward()\ny.backward()", Runtime,
      ("second time", "MulBackward0", "retain_graph=True")),
    W("gradient shape", "(mg.ones(3, requires_grad=True) * 2).backward(mg.ones(2))", Runtime,
      ("gradient has shape (2,)", "(3,)", "must be equal"), ("0",)),
    W("in place on a leaf", "mg.ones(3, requires_grad=True).add_(1)", Runtime,
      ("add_", "leaf", "(3,)", "no_grad()", "out-of-place")),
    W("in place on what is saved",
      "x = mg.ones(3, requires_grad=True)\ny = x.exp()\ny.mul_(2)\ny.sum().backward()", Runtime,
      ("ExpBackward0", "(3,)", "mul_", "out-of-place", "clone()")),
    W("gradient of an integer", "mg.tensor([1, 2], requires_grad=True)", Runtime,
      ("floating point", "int64", ".float()")),
    W("item of many", "mg.ones(3).item()", Runtime, ("item()", "(3,)", "3 elements", "tolist()")),
    W("float of many", "float(mg.ones(3))", Value, ("one element", "(3,)", "tolist()")),
    W("numpy with grad", "mg.ones(3, requires_grad=True).numpy()", Runtime,
      ("numpy()", "requires grad", "detach().numpy()")),
    W("truth of many", "bool(mg.ones(3) > 0)", Runtime, ("truth value", "(3,)", ".any()")),
    W("integers divided in place", "mg.tensor([1, 2]).div_(2)", Runtime,
      ("div_", "float32", "int64", "out-of-place")),
    W("difference of masks", "mg.tensor([True]) - mg.tensor([True])", Runtime,
      ("sub", "bool", "^", "logical_xor")),
    W("negative of a mask", "-mg.tensor([True])", Runtime, ("neg", "bool", "~", "logical_not")),
    W("ragged lists", "mg.tensor([[1, 2], [3]])", Value,
      ("not rectangular", "dimension 1", "data[0] has length 2", "data[1] has length 1", "pad")),
    W("unknown dtype", "mg.ones(3, dtype='float33')", TypeError, ("'float33'", "float32")),
    W("unknown device", "mg.ones(3).to('gpu')", Runtime, ("'gpu'", "CPU")),
    W("arange", "mg.arange(0, 5, -1)", Runtime, ("arange(0, 5, -1)", "step")),
    W("Linear features", "mg.nn.Linear(4, 2)(mg.ones(8, 3))", Runtime,
      ("linear", "(8, 3)", "(2, 4)", "operand is 3", "one is 4")),
    W("class out of range",
      "mg.nn.functional.cross_entropy(mg.ones(4, 3), mg.tensor([0, 1, 2, 3]))", Index,
      ("cross_entropy", "target 3", "(4, 3)", "3 classes", "0 to 2")),
    W("number of targets", "mg.nn.functional.cross_entropy(mg.ones(4, 3), mg.tensor([0, 1, 2]))",
      Value, ("cross_entropy", "(3,)", "(4, 3)", "(4,)")),
    W("dtype of targets",
      "mg.nn.functional.cross_entropy(mg.ones(2, 3), mg.tensor([0.0, 1.0]))", Runtime,
      ("cross_entropy", "float32", ".long()")),
    W("one_hot", "mg.nn.functional.one_hot(mg.tensor([0, -1]))", Runtime,
      ("one_hot", "negative", "-1")),
    W("state keys", "mg.nn.Linear(3, 2).load_state_dict({'weights': mg.ones(2, 3)})", Runtime,
      ("Linear", 'Missing key(s) in state_dict: "weight", "bias"', "Unexpected", '"weights"')),
    W("state shapes",
      "mg.nn.Linear(3, 2).load_state_dict({'weight': mg.ones(2, 4), 'bias': mg.ones(2)})", Runtime,
      ("Linear", "weight", "(2, 4)", "(2, 3)")),
    W("learning rate", "mg.optim.SGD([mg.ones(1, requires_grad=True)], lr=-0.1)", Value,
      ("learning rate", "-0.1", "at least 0")),
    W("no parameters", "mg.optim.SGD([], lr=0.1)", Value, ("SGD", "empty parameter list")),
    W("singular matrix", "mg.linalg.solve(mg.ones(2, 2), mg.ones(2))", Runtime,
      ("solve", "(2, 2)", "singular")),
)  # fmt: skip
