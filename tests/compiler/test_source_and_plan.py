"""What a compiled step shows of itself: its source and its memory."""

import pytest

import microgradnn as mg
from microgradnn import nn


def deep_step(depth=6, batch=128, **options):
    mg.manual_seed(0)
    model = nn.Sequential(*[m for _ in range(depth) for m in (nn.Linear(64, 64), nn.Tanh())])
    opt = mg.optim.SGD(model.parameters(), lr=0.01)
    x = mg.randn(batch, 64)

    def step():
        opt.zero_grad()
        loss = (model(x) ** 2).mean()
        loss.backward()
        opt.step()
        return loss

    step = mg.compile(step, **options)
    for _ in range(4):
        step()
    return model, step


def test_the_source_is_python_with_the_users_lines_and_names():
    _, step = deep_step(1, options={"reorder": False})
    source = step.source()
    compile(source, "source", "exec")
    lines = [line.strip() for line in source.splitlines()]
    assert lines[0] == "def step():"
    for line in ("loss = (model(x) ** 2).mean()", "loss.backward()", "opt.step()"):
        assert any(comment.startswith("# test_source") and line in comment for comment in lines)
    assert any(line.startswith("matmul(x, model_0_weight_T, ") for line in lines)
    assert any(line.startswith("subtract(model_0_weight, ") for line in lines)
    assert sum("tanh(" in line for line in lines) == 1


def test_what_is_computed_twice_or_for_nothing_is_not():
    x = mg.randn(3, 4)
    f = mg.compile(lambda: (x.exp() + x.exp() * 2, x.sin())[0] * mg.ones(4).exp())
    for _ in range(4):
        f()
    source = "\n".join(line for line in f.source().splitlines() if "#" not in line)
    assert source.count("exp(") == 1
    assert "sin(" not in source
    assert mg.equal(f(), (x.exp() + x.exp() * 2) * mg.ones(4).exp())


def test_memory_is_given_on():
    model, step = deep_step()
    plan = step.plan()
    assert plan.size < 0.6 * plan.size_without_reuse
    assert f"{plan.size:,} bytes" in str(plan)
    gradients = sum(p.numel() for p in model.parameters()) * 4
    activations = 6 * 128 * 64 * 4
    assert plan.size <= gradients * 2 + activations * 1.5
    # No two arrays that are needed at the same time lie in one buffer: else results would differ,
    # which the tests of every layer would see.
    assert sum(len(b.storages) for b in plan.buffers) == len(plan.places)


def test_a_step_makes_no_large_arrays():
    import tracemalloc

    _, step = deep_step(2, batch=1024)
    step()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    step()
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert peak < 1024 * 64 * 4 / 4  # NumPy itself takes buffers of 32 kB


def test_not_compiled_yet():
    f = mg.compile(lambda: mg.ones(2))
    with pytest.raises(RuntimeError, match="call it three times"):
        f.source()


def test_small_parameters_are_updated_in_one_go():
    _, step = deep_step(2)
    source = step.source()
    assert source.count("subtract(all_parameters") == 1
    _, exact = deep_step(2, options={"reorder": False})
    assert exact.source().count("subtract(model_") == 4


def test_as_pytorchs_programs_use_it(tmp_path):
    import subprocess
    import sys

    program = tmp_path / "program.py"
    program.write_text(
        "import torch\n"
        "model = torch.compile(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU()))\n"
        "@torch.compile\n"
        "def f(x):\n"
        "    return x if x.sum().item() > 0 else -x\n"
        "opt = torch.optim.Adam(model.parameters())\n"
        "update = torch.compile(opt.step)\n"
        "for _ in range(5):\n"
        "    opt.zero_grad()\n"
        "    loss = f(model(torch.ones(4, 2))).sum()\n"
        "    loss.backward()\n"
        "    update()\n"
        "print(loss.item(), model._orig_mod[0].weight.shape)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "microgradnn.as_torch", str(program)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Size([3, 2])" in done.stdout


def test_the_arrays_of_the_traces_are_let_go():
    import gc
    import tracemalloc

    deep_step(2)
    gc.collect()
    tracemalloc.start()
    _, step = deep_step(2, batch=4096)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    plan = step.plan()
    data = 4096 * 64 * 4
    assert held < plan.size + data + data / 2
    assert plan.size_without_reuse > 2 * plan.size
