"""The table itself: complete records, each operation in one place."""

import ast
import inspect
from pathlib import Path

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import Value
from microgradnn._methods import functions
from microgradnn._primitive import define, rule_arguments, table
from tests.rules.cases import CASES
from tests.rules.plain_mathematics import WORDS

PRIMITIVES = list(table.values())


def names(prim):
    return prim.name


@pytest.mark.parametrize("prim", PRIMITIVES, ids=names)
def test_every_primitive_has_samples(prim):
    samples = prim.samples()
    assert samples, f"{prim.name} has no samples: nothing would test it"
    for sample in samples:
        if not prim.variadic:
            assert len(sample.inputs) == len(prim.inputs)
        for x in sample.inputs:
            assert x is None or isinstance(x, np.ndarray)
            assert x is None or x.dtype.kind != "f" or x.dtype == np.float64
        assert set(sample.params) <= {name for name, _ in prim.params}
    if prim.rules:
        assert any(a.size for s in samples for a in s.inputs if a is not None)


@pytest.mark.parametrize("prim", PRIMITIVES, ids=names)
def test_samples_are_the_same_each_time(prim):
    for one, other in zip(prim.samples(), prim.samples(), strict=True):
        for a, b in zip(one.inputs, other.inputs, strict=True):
            assert (a is None and b is None) or np.array_equal(a, b)


@pytest.mark.parametrize("prim", PRIMITIVES, ids=names)
def test_the_mathematics_is_written_in_the_inputs_the_parameters_and_known_words(prim):
    known = {*prim.inputs, *(name for name, _ in prim.params), *WORDS, "len"}
    code = compile(prim.mathematics, prim.name, "eval")
    assert set(code.co_names) - {"T"} <= known
    assert prim.format_symbol([default for _, default in prim.params])


@pytest.mark.parametrize("prim", PRIMITIVES, ids=names)
def test_rules_take_the_place_of_their_input_and_lie_in_the_table(prim):
    for wrt, rule in prim.rules.items():
        assert wrt in prim.inputs
        assert "/microgradnn/rules/" in inspect.getsourcefile(rule).replace("\\", "/")
        assert rule_arguments(rule)


def test_a_second_record_of_an_operation_is_refused():
    before = dict(table)
    with pytest.raises(ValueError, match="primitive 'tanh' is defined already"):
        define("tanh", "x", np.tanh, {}, mathematics="tanh(x)", samples=list)
    assert table == before


def test_a_rule_that_asks_for_what_is_not_there_is_refused():
    before = dict(table)
    with pytest.raises(ValueError, match=r"the rule for 'x' asks for 'z'; there are \['ans', 'x'"):
        define("new", "x", np.tanh, {"x": lambda g, z: g}, mathematics="x", samples=list)
    with pytest.raises(ValueError, match="a rule for 'y', which is no input"):
        define("new", "x", np.tanh, {"y": lambda g: g}, mathematics="x", samples=list)
    assert table == before


def test_an_unknown_parameter_is_refused():
    with pytest.raises(TypeError, match=r"sum\(\) got unknown parameter 'dim'; it has \['axis'"):
        table["sum"](np.ones(3), dim=0)


def _ways_to_run(prim):
    """Everything that bears the name of a primitive of one or two inputs without parameters."""
    name, n = prim.name, len(prim.inputs)
    dunder = f"__{prim.operator}__" if prim.operator else ""
    numbers = [float(array.flat[0]) for array in prim.samples()[1].inputs]
    tensors = tuple(mg.tensor([number], requires_grad=True) for number in numbers)
    x, *rest = tensors
    if hasattr(mg, name) and prim.public:
        yield f"mg.{name}", getattr(mg, name)(*tensors).grad_fn.prim
        yield f"Tensor.{name}", getattr(x, name)(*rest).grad_fn.prim
        yield f"Tensor.{name}_", getattr(x * 1.0, f"{name}_")(*rest).grad_fn.prim
    if dunder:
        yield f"Tensor.{dunder}", getattr(x, dunder)(*rest).grad_fn.prim
        if n == 2:
            reflected = f"__r{prim.operator}__"
            yield f"Tensor.{reflected}", getattr(x, reflected)(2.0).grad_fn.prim
    for function in prim.numpy:
        if isinstance(function, np.ufunc):
            yield f"np.{function.__name__}", function(*tensors).grad_fn.prim
    if prim.scalar is not None:
        values = [Value(number) for number in numbers]
        if dunder:
            yield f"Value.{dunder}", getattr(values[0], dunder)(*values[1:]).prim
        if n == 1:
            yield f"Value.{name}", getattr(values[0], name)().prim


PLAIN = [p for p in PRIMITIVES if p.rules and not p.params and p.inputs in (("x",), ("x", "y"))]


@pytest.mark.parametrize("prim", [p for p in PLAIN if p.name != "matmul"], ids=names)
def test_every_name_of_an_operation_runs_its_one_record(prim):
    ways = list(_ways_to_run(prim))
    assert ways or not prim.public
    for way, found in ways:
        assert found is prim, f"{way} runs {found.name}"


ARGUMENTS = {
    "power": (lambda x: x**3, lambda v: v**3),
    "pow": (lambda x: x**x, lambda v: v**v),
    "clamp": (lambda x: x.clamp(0.0, 1.0), None),
    "where": (lambda x: mg.where(x > 0, x, x), None),
    "matmul": (lambda x: x @ x, None),
    "sum": (lambda x: x.sum(), None),
    "mean": (lambda x: x.mean(), None),
    "amax": (lambda x: x.amax(0), None),
    "amin": (lambda x: x.amin(0), None),
    "logsumexp": (lambda x: x.logsumexp(0), None),
    "softmax": (lambda x: x.softmax(0), None),
    "log_softmax": (lambda x: x.log_softmax(0), None),
    "reshape": (lambda x: x.reshape(1, 2), None),
    "transpose": (lambda x: x.reshape(1, 2).transpose(0, 1), None),
    "expand": (lambda x: x.expand(3, 2), None),
    "flip": (lambda x: x.flip(0), None),
    "getitem": (lambda x: x[0], None),
    "gather": (lambda x: x.gather(0, mg.tensor([1])), None),
    "cat": (lambda x: mg.cat([x, x]), None),
    "stack": (lambda x: mg.stack([x, x]), None),
    "cast": (lambda x: x.double(), None),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_functions_with_parameters_run_the_record_of_their_name(name):
    of_tensor, of_value = ARGUMENTS[name]
    node = of_tensor(mg.tensor([1.5, 2.0], requires_grad=True)).grad_fn
    assert node.prim is table[name]
    if of_value is not None:
        assert of_value(Value(1.5)).prim is table[name]


def test_the_cases_cover_the_table():
    assert {case.prim.name for case in CASES} == set(table)


# --- an operation is named in one place ---------------------------------------------------------

PACKAGE = Path(mg.__file__).parent


def parsed(*patterns):
    for pattern in patterns:
        for path in sorted(PACKAGE.glob(pattern)):
            yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def called(tree, name):
    return any(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == name
        for n in ast.walk(tree)
    )


def test_records_are_made_in_the_chapters_of_the_table_only():
    makers = {path for path, tree in parsed("**/*.py") if called(tree, "define")}
    assert {path.split("/")[0] for path in makers} == {"rules"}


def test_nodes_are_made_by_the_engine_only():
    makers = {path for path, tree in parsed("**/*.py") if called(tree, "Node")}
    # The last three stand for what is there: a traced argument, a compiled step, a finding.
    assert makers <= {
        "_inplace.py", "_tensor.py", "functions/conversion.py", "func/tracing.py",
        "compiler/open.py", "autograd/anomaly_report.py",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "allowed"), [("value.py", {"pow", "lt", "le", "gt", "ge"}), ("_tensor.py", {"pow"})]
)
def test_the_classes_spell_no_operation_of_the_table(path, allowed):
    # ** chooses between two records: a number as exponent is a parameter, anything else an operand.
    # A comparison of Values is a truth value, of their data.
    ((_, tree),) = parsed(path)
    methods = {
        f.name.strip("_")
        for c in tree.body
        if isinstance(c, ast.ClassDef)
        for f in c.body
        if isinstance(f, ast.FunctionDef)
    }
    operators = {p.operator: p.name for p in PRIMITIVES if p.operator}
    spelled = methods & {*table, *operators, *(f"r{o}" for o in operators)}
    assert spelled <= allowed | {"getitem", "setitem"}


def test_each_public_function_is_defined_once():
    places = {}
    for path, tree in parsed("functions/*.py"):
        for f in tree.body:
            if isinstance(f, ast.FunctionDef):
                marks = {ast.unparse(mark) for mark in f.decorator_list}
                if marks & {"function", "method", "both", "with_in_place"}:
                    places.setdefault(f.name, []).append(path)
    assert {name: where for name, where in places.items() if len(where) > 1} == {}
    for name, function in functions.items():
        assert function.__doc__, name
