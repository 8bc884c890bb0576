"""PyTorch programs run untouched, each in a process of its own, as a user would start it."""

import subprocess
import sys

import pytest

import microgradnn as mg

PROGRAM = """
import sys
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor, optim
from torch.autograd import Variable
from torch.cuda.amp import GradScaler
from torch.nn.modules.linear import Linear
from torch.nn.parameter import Parameter
from torch.utils.data import DataLoader, TensorDataset
import neighbour

torch.manual_seed(1337)
torch.backends.cudnn.benchmark = True
assert not torch.cuda.amp.GradScaler(enabled=False).is_enabled()
net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), Linear(8, 1)).to(torch.device("cpu"))
x = torch.randn(64, 2)
data = DataLoader(TensorDataset(x, x.prod(1, keepdim=True)), batch_size=16, shuffle=True)
optimizer = optim.SGD(net.parameters(), lr=0.1)
for epoch in range(3):
    for inputs, targets in data:
        optimizer.zero_grad()
        loss = F.mse_loss(net(Variable(inputs)), targets)
        loss.backward()
        optimizer.step()
assert isinstance(loss, Tensor) and isinstance(net[0].weight, Parameter)
assert hasattr(torch, "zeros") and not hasattr(torch, "zeross")
print(__name__, sys.argv[1:], neighbour.NAME, f"{loss.item():.6f}")
"""


def run(folder, *arguments, code=0):
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, text=True, capture_output=True, timeout=100)
    assert done.returncode == code, done.stderr
    return done.stdout if not code else done.stderr


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "neighbour.py").write_text("NAME = 'next door'")
    (tmp_path / "program.py").write_text(PROGRAM)
    return tmp_path


def test_a_script_and_a_module(folder):
    printed = run(folder, "-m", "microgradnn.as_torch", "program.py", "--epochs", "3")
    assert printed.startswith("__main__ ['--epochs', '3'] next door 0.")
    assert run(folder, "-m", "microgradnn.as_torch", "-m", "program", "--epochs", "3") == printed


@pytest.mark.peers
def test_the_same_numbers_as_pytorch(folder):
    assert run(folder, "-m", "microgradnn.as_torch", "program.py") == run(folder, "program.py")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import torch\n\ntorch.zeross(3)", "line 3: torch.zeross is not in microgradnn. The "
         "nearest name is torch.zeros. docs/torch-names.md"),
        ("from torch.nn import Linaer", "line 1: torch.nn.Linaer is not in microgradnn. The "
         "nearest name is torch.nn.Linear."),
        ("import torch.nnn", "line 1: torch.nnn is not in microgradnn. The nearest name is "
         "torch.nn."),
        ("import torch.nn as nn\nclass A:\n  x = nn.functional.reluu", "line 3: "
         "torch.nn.functional.reluu is not in microgradnn. The nearest name is "
         "torch.nn.functional.relu"),
    ],
)  # fmt: skip
def test_a_missing_name_says_where_it_was_asked_for(tmp_path, code, message):
    (tmp_path / "wrong.py").write_text(code)
    told = run(tmp_path, "-m", "microgradnn.as_torch", "wrong.py", code=1)
    assert "wrong.py, " + message in told
    assert "Traceback" not in told


def test_the_programs_own_errors_stay(tmp_path):
    (tmp_path / "wrong.py").write_text("import torch\nNone.shape")
    told = run(tmp_path, "-m", "microgradnn.as_torch", "wrong.py", code=1)
    assert "AttributeError: 'NoneType' object has no attribute 'shape'" in told


@pytest.mark.parametrize("arguments", [(), ("absent.py",), ("-x",)])
def test_nothing_to_run(tmp_path, arguments):
    assert run(tmp_path, "-m", "microgradnn.as_torch", *arguments, code=2)


def test_install_in_a_notebook(tmp_path):
    code = (
        "import microgradnn.as_torch as a, microgradnn as mg; a.install(); a.install()\n"
        "import torch, torch.nn.functional as F\n"
        "assert torch.nn.Linear is mg.nn.Linear and F.relu is mg.nn.functional.relu\n"
        "assert torch.__version__ == f'{a.TORCH}+microgradnn.{mg.__version__}'\n"
        "a.uninstall()\n"
        "import sys; assert not [n for n in sys.modules if n.split('.')[0] == 'torch']\n"
        "sys.modules['torch'] = sys\n"
        "try:\n    a.install()\n"
        "except RuntimeError as e:\n    print(e)"
    )
    assert "imported already" in run(tmp_path, "-c", code)


def test_every_file_of_nn_modules_answers():
    from microgradnn.nn.modules.batchnorm import BatchNorm1d
    from microgradnn.nn.modules.module import Module

    assert Module is mg.nn.Module
    assert BatchNorm1d is mg.nn.BatchNorm1d


def test_files_of_pytorch_that_are_none_here_answer():
    from microgradnn.distributions.multinomial import Multinomial
    from microgradnn.optim.adamw import AdamW

    assert Multinomial is mg.distributions.Multinomial
    assert AdamW is mg.optim.AdamW


def test_one_process_is_all_there_is():
    assert not mg.distributed.is_available()
    with pytest.raises(NotImplementedError, match="several processes"):
        mg.distributed.init_process_group("gloo")
    with pytest.raises(NotImplementedError, match="use the module itself"):
        mg.nn.parallel.DistributedDataParallel(mg.nn.Linear(1, 1))
    net = mg.nn.DataParallel(mg.nn.Linear(2, 1))
    assert net(mg.ones(1, 2)).shape == (1, 1)
