import pickle

import pytest

import microgradnn as mg


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (("cpu",), "device(type='cpu')"),
        (("cuda:1",), "device(type='cuda', index=1)"),
        (("cuda", 0), "device(type='cuda', index=0)"),
        ((2,), "device(type='cuda', index=2)"),
        ((mg.device("mps"),), "device(type='mps')"),
    ],
)
def test_naming_a_device(given, shown):
    named = mg.device(*given)
    assert repr(named) == shown
    assert named == pickle.loads(pickle.dumps(named))
    assert hash(named) == hash(mg.device(str(named)))


@pytest.mark.parametrize("given", ["gpu", "cuda:x", "cpu:-1", ""])
def test_no_such_device(given):
    with pytest.raises(RuntimeError, match=r"expected one of cpu, cuda"):
        mg.device(given)


def test_what_is_no_name_of_a_device():
    with pytest.raises(TypeError, match=r"a device is a string like 'cpu'"):
        mg.device(1.5)


@pytest.mark.parametrize("place", ["cuda", "cuda:0", mg.device("cuda"), 0, "mps", "meta"])
def test_no_tensor_is_anywhere_but_on_the_cpu(place):
    with pytest.raises(RuntimeError, match="microgradnn computes on the CPU"):
        mg.zeros(2, device=place)
    with pytest.raises(RuntimeError, match="microgradnn computes on the CPU"):
        mg.zeros(2).to(place)
    with pytest.raises(RuntimeError, match="microgradnn computes on the CPU"):
        mg.nn.Linear(2, 2).to(mg.device(place))


def test_programs_that_ask_first_run():
    place = mg.device("cuda" if mg.cuda.is_available() else "cpu")
    x = mg.ones(2, device=place).to(place)
    assert x.device == place
    assert mg.Generator(device=place).device == place
    with place:
        assert mg.zeros(1).device.type == "cpu"
    with pytest.raises(RuntimeError, match="not available"), mg.device("cuda"):
        pass


def test_wishes_for_a_gpu_are_refused():
    for wish in (mg.cuda.synchronize, mg.cuda.current_device, mg.zeros(1).cuda):
        with pytest.raises(RuntimeError, match="not available"):
            wish()
    with pytest.raises(RuntimeError, match="no accelerator"):
        mg.accelerator.set_device_index(0)
    assert mg.cuda.manual_seed_all(3) is None
    assert mg.cuda.memory_allocated() == 0


def test_mixed_precision_is_switched_off_with_a_warning():
    with pytest.warns(UserWarning, match="autocast is disabled"):
        mg.amp.autocast("cuda", dtype=mg.float16)
    with pytest.raises(NotImplementedError, match="bfloat16, which NumPy has not"):
        mg.amp.autocast("cpu")
    with pytest.warns(UserWarning, match="GradScaler is disabled"):
        scaler = mg.amp.GradScaler()
    w = mg.tensor([1.0], requires_grad=True)
    optimizer = mg.optim.SGD([w], lr=0.5)
    scaler.scale(w * 3).sum().backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    assert w.item() == -0.5
