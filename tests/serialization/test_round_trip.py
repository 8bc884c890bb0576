"""What `save` writes, `load` reads: values, types, memory; also from and to PyTorch."""

import io
import os
import zipfile
from collections import Counter, OrderedDict, defaultdict

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.serialization import LoadError
from microgradnn.serialization import archive as archive_format

DTYPES = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"]


def again(obj, **options):
    """An object saved and loaded."""
    file = io.BytesIO()
    mg.save(obj, file, **options)
    return mg.load(file)


PLAIN = {
    "numbers": [0, 1, 255, 256, 65536, -1, 2**31, -(2**40), 2**70, 0.5, float("inf"), 1 + 2j],
    "others": [None, True, False, "", "aä€", "x" * 1000, b"", b"ab\xff", bytearray(b"a")],
    "containers": {
        "list": [], "dict": {}, "tuple": (), "set": set(), "frozen": frozenset({1}),
        "nested": [[(1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)], {1: {2: {3: 4}}}, {"a", "b"}],
    },
    "ordered": OrderedDict([("b", 1), ("a", 2)]),
    "counter": Counter("abca"),
    "defaultdict": defaultdict(list, a=[1]),
    "size": mg.zeros(2, 3).shape,
    "dtype": [mg.float64, mg.float32, mg.bool, mg.int8],
    "device": mg.zeros(1).device,
    "checkpoint": {"epoch": 3, "losses": [0.5, 0.25], "name": "net", (1, "key"): None},
}  # fmt: skip


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("name", PLAIN)
def test_plain_objects_come_back(name, protocol):
    back = again(PLAIN[name], pickle_protocol=protocol)
    assert back == PLAIN[name]
    assert repr(back) == repr(PLAIN[name])  # of the same types all through


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_arrays_and_numbers_of_numpy_come_back(protocol):
    arrays = [np.arange(6.0).reshape(2, 3), np.arange(6).reshape(2, 3).T, np.ones(2, ">f4"),
              np.zeros((0, 3)), np.array(3), np.array([1j])]  # fmt: skip
    numbers = [np.float64(0.1), np.float32(0.1), np.int8(-3), np.bool_(True), np.complex64(1j)]
    back, found = again((arrays, numbers), pickle_protocol=protocol)
    for a, b in zip(arrays, back, strict=True):
        assert (a.dtype.newbyteorder("="), a.tolist()) == (b.dtype.newbyteorder("="), b.tolist())
        assert b.flags.writeable
    assert [(type(x), x) for x in found] == [(type(x), x) for x in numbers]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (1,), (0, 3), (2, 3), (2, 1, 3)])
def test_tensors_come_back(dtype, shape):
    numbers = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    x = mg.tensor(numbers).to(getattr(mg, dtype))
    back = again(x)
    assert type(back) is mg.Tensor
    assert (back.dtype, back.shape, back.tolist()) == (x.dtype, x.shape, x.tolist())
    assert not back.requires_grad


def test_whether_a_gradient_is_wanted_comes_back():
    x = mg.tensor([1.0], requires_grad=True)
    frozen, param = mg.nn.Parameter(mg.ones(2), False), mg.nn.Parameter(mg.zeros(2))
    back = again([x, x * 2, frozen, param])
    assert [t.requires_grad for t in back] == [True, True, False, True]
    assert [type(t) for t in back] == [mg.Tensor, mg.Tensor, mg.nn.Parameter, mg.nn.Parameter]
    assert all(t.is_leaf for t in back)


def test_what_shares_memory_shares_it_again():
    x = mg.arange(12.0).reshape(3, 4)
    tied = mg.nn.Parameter(x)
    a, b, c, d, e = again([x, x.mT, x[1:, ::2], tied, x])
    assert (b.numpy().strides, c.numpy().strides) == (x.mT.numpy().strides, (16, 8))
    a[1, 0] = 100.0
    assert [b[0, 1].item(), c[0, 0].item(), d[1, 0].item()] == [100.0] * 3
    assert e is a


def test_memory_that_pytorch_could_not_have_is_saved_as_it_is_read():
    x = np.arange(12.0)
    fields = np.zeros(3, np.dtype([("a", np.float32), ("b", np.int64)]))
    fields["a"] = [1, 2, 3]
    odd = [x[::-1], np.broadcast_to(x[:1], (3,)), np.asfortranarray(x.reshape(3, 4)), fields["a"]]
    for array, back in zip(odd, again([mg.from_numpy(a) for a in odd]), strict=True):
        assert back.tolist() == array.tolist()
    reversed_owner = np.ndarray((3,), np.float64, x.tobytes(), 16, (-8,))
    assert again(mg.from_numpy(reversed_owner)).tolist() == [2.0, 1.0, 0.0]


def test_an_expanded_tensor_keeps_its_one_number():
    x = mg.tensor([5.0])
    one, many = again([x, x.expand(4)])
    one[0] = 6.0
    assert many.tolist() == [6.0] * 4


def test_one_memory_has_one_dtype():
    x = np.zeros(4, np.float32)
    with pytest.raises(RuntimeError, match=r"different types: float32 and int32; clone"):
        mg.save([mg.from_numpy(x), mg.from_numpy(x.view(np.int32))], io.BytesIO())


def test_equal_objects_make_equal_files():
    files = io.BytesIO(), io.BytesIO()
    for file in files:
        mg.save({"x": mg.ones(3)}, file)
    assert files[0].getvalue() == files[1].getvalue()


@pytest.mark.parametrize("limit", [2**31 - 1, 10])
def test_the_memory_lies_at_multiples_of_64_bytes(monkeypatch, limit):
    monkeypatch.setattr(archive_format, "_ZIP64_LIMIT", limit)  # as for entries of over 2 GB
    file = io.BytesIO()
    mg.save([mg.ones(3), mg.zeros(100), mg.ones(1, dtype=mg.bool)], file)
    data = file.getvalue()
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        entries = [e for e in archive.infolist() if "/data/" in e.filename]
    assert len(entries) == 3
    for entry in entries:
        head = data[entry.header_offset :]
        start = 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        assert (entry.header_offset + start) % 64 == 0
    assert mg.load(file)[1].tolist() == [0.0] * 100


@pytest.mark.parametrize("mmap", [False, True])
def test_files_are_read_by_path_and_may_be_mapped(tmp_path, mmap):
    path = tmp_path / "x.pt"
    mg.save({"x": mg.arange(5.0), "e": mg.zeros(0)}, path)
    back = mg.load(str(path), mmap=mmap)
    back["x"].add_(1)  # changes memory, not the file
    assert back["x"].tolist() == [1, 2, 3, 4, 5]
    assert mg.load(path)["x"].tolist() == [0, 1, 2, 3, 4]


def test_an_error_names_the_file(tmp_path):
    (tmp_path / "x.pt").write_bytes(b"abc")
    with pytest.raises(LoadError) as caught:
        mg.load(tmp_path / "x.pt")
    assert caught.value.__notes__ == [f"while loading {tmp_path / 'x.pt'}"]


def test_only_paths_are_mapped():
    with pytest.raises(ValueError, match="f must be a file path"):
        mg.load(io.BytesIO(), mmap=True)


def test_what_is_no_file_is_refused():
    with pytest.raises(AttributeError, match="got int"):
        mg.save(1, 3)
    with pytest.raises(AttributeError, match="got int"):
        mg.load(3)
    with pytest.raises(FileNotFoundError):
        mg.load("no such file")
    with pytest.raises(NotImplementedError, match=r"since 1\.6"):
        mg.save(1, io.BytesIO(), _use_new_zipfile_serialization=False)


def test_a_whole_module_needs_that_code_may_run():
    file = io.BytesIO()
    net = mg.nn.Sequential(mg.nn.Linear(2, 3), mg.nn.Tanh())
    mg.save(net, file)
    with pytest.raises(LoadError, match=r"microgradnn\.nn\..*whole module.*weights_only=False"):
        mg.load(file)
    back = mg.load(file, weights_only=False)
    x = mg.ones(1, 2)
    assert back(x).tolist() == net(x).tolist()
    assert [p.requires_grad for p in back.parameters()] == [True, True]


def test_a_state_dict_remembers_its_versions():
    net = mg.nn.BatchNorm1d(2)
    back = again(net.state_dict())
    assert back._metadata == net.state_dict()._metadata
    assert back._metadata[""] == {"version": 2}
    mg.nn.BatchNorm1d(2).load_state_dict(back)


# --- with PyTorch ---------------------------------------------------------------------------------


def objects(m):
    """Objects that are made in both libraries."""
    x = m.arange(12.0).reshape(3, 4)
    net = m.nn.Sequential(m.nn.Linear(4, 3), m.nn.Linear(3, 1))
    return {
        "dtypes": [m.zeros(2, 3, dtype=getattr(m, dtype)) + 1 for dtype in DTYPES[:-1]],
        "bool": m.tensor([True, False]),
        "views": [x, x.mT, x[1:, ::2], x.t()[1], x[0].expand(5, 4)],
        "shapes": [m.zeros(()), m.zeros(0, 3), m.ones(1, 1, 2)],
        "parameters": [m.nn.Parameter(x), m.nn.Parameter(x[0], requires_grad=False)],
        "wanted": m.ones(2, requires_grad=True),
        "state": net.state_dict(),
        "checkpoint": {"epoch": 3, "model": net.state_dict(), "losses": [0.5], "k": (1, None)},
        "plain": [1, 2**40, -1, 2**70, 0.5, True, None, "a€", b"ab", {1, 2}, 1j, OrderedDict(a=1)],
        "size": x.shape,
        "device": m.device("cpu"),
        "dtype": m.float64,
        "random state": m.get_rng_state(),
    }


def told(m, obj):
    """All that is to be the same of an object in both libraries."""
    if isinstance(obj, m.Tensor):
        base = type(obj).__name__
        return (base, str(obj.dtype).split(".")[-1], tuple(obj.shape), tuple(obj.stride()),
                obj.storage_offset(), obj.requires_grad, obj.detach().tolist())  # fmt: skip
    if isinstance(obj, dict):
        kind = "OrderedDict" if isinstance(obj, OrderedDict) else "dict"
        return (kind, [(k, told(m, v)) for k, v in obj.items()], getattr(obj, "_metadata", None))
    if isinstance(obj, list | tuple):
        return (type(obj).__name__, [told(m, v) for v in obj])
    return repr(obj).replace("microgradnn.", "torch.")


CASES = list(objects(mg))


@pytest.mark.peers
@pytest.mark.parametrize("name", CASES)
def test_pytorch_reads_our_files_without_running_anything(name, tmp_path):
    import torch

    mg.manual_seed(0)
    ours = objects(mg)[name]
    mg.save(ours, tmp_path / "x.pt")
    for mmap in (False, True):
        theirs = torch.load(tmp_path / "x.pt", weights_only=True, mmap=mmap)
        assert told(torch, theirs) == told(mg, ours)


@pytest.mark.peers
@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("name", CASES)
def test_we_read_files_of_pytorch(name, zipped):
    import torch

    torch.manual_seed(0)
    theirs = objects(torch)[name]
    file = io.BytesIO()
    torch.save(theirs, file, _use_new_zipfile_serialization=zipped)
    assert told(mg, mg.load(file)) == told(torch, theirs)


@pytest.mark.peers
@pytest.mark.parametrize("zipped", [True, False])
def test_bfloat16_is_loaded_as_float32(zipped):
    import torch

    x = torch.tensor([1.5, -2.25, 3e38, float("inf"), 0.0]).bfloat16()
    file = io.BytesIO()
    torch.save([x, x[1:]], file, _use_new_zipfile_serialization=zipped)
    back, part = mg.load(file)
    assert (back.dtype, back.tolist()) == (mg.float32, x.tolist())
    assert part.tolist() == x[1:].tolist()
    assert np.shares_memory(back.numpy(), part.numpy())


@pytest.mark.peers
def test_pytorch_reads_entries_that_count_in_64_bits(monkeypatch, tmp_path):
    import torch

    monkeypatch.setattr(archive_format, "_ZIP64_LIMIT", 10)
    mg.save([mg.arange(9.0), mg.ones(2)], tmp_path / "x.pt")
    for mmap in (False, True):
        back = torch.load(tmp_path / "x.pt", weights_only=True, mmap=mmap)
        assert [t.tolist() for t in back] == [list(range(9)), [1.0, 1.0]]


@pytest.mark.peers
def test_types_that_no_tensor_can_have_are_named():
    import torch

    for dtype, name in [(torch.complex64, "ComplexFloatStorage"), (torch.uint16, "_rebuild")]:
        file = io.BytesIO()
        torch.save(torch.zeros(2, dtype=dtype), file)
        with pytest.raises(LoadError, match=name):
            mg.load(file)


@pytest.mark.peers
def test_pytorchs_whole_modules_are_explained():
    import torch

    file = io.BytesIO()
    torch.save(torch.nn.Linear(1, 1), file)
    for safely in (True, False):
        with pytest.raises(LoadError, match=r"torch\.nn\.modules\.linear\.Linear .*state_dict"):
            mg.load(file, weights_only=safely)


@pytest.mark.peers
def test_attributes_of_tensors_come_along():
    import torch

    x = torch.nn.Parameter(torch.ones(2))
    x.tag, x._private = "a", "b"
    file = io.BytesIO()
    torch.save(x, file)
    back = mg.load(file)
    assert (back.tag, hasattr(back, "_private")) == ("a", False)


def on_cuda():
    """A file with a Tensor that was on an accelerator."""
    file, changed = io.BytesIO(), io.BytesIO()
    mg.save(mg.ones(2), file)
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(changed, "w") as out:
        for entry in archive.infolist():
            data = archive.read(entry)
            cpu, cuda = b"X\x03\x00\x00\x00cpu", b"X\x06\x00\x00\x00cuda:0"
            out.writestr(entry.filename, data.replace(cpu, cuda))
    return changed


def test_what_was_elsewhere_is_loaded_where_it_is_told_to():
    file = on_cuda()
    for location in ("cpu", mg.device("cpu"), {"cuda:0": "cpu"}, lambda storage, place: storage):
        assert mg.load(file, map_location=location).tolist() == [1.0, 1.0]
    for location in (None, "cuda", {"cuda:1": "cpu"}, lambda storage, place: None):
        with pytest.raises(RuntimeError, match=r"the device cuda.*map_location=\"cpu\""):
            mg.load(file, location)


def test_the_other_byte_order_is_turned():
    file, changed = io.BytesIO(), io.BytesIO()
    mg.save(mg.tensor([1, 2**40]), file)
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(changed, "w") as out:
        for name in archive.namelist():
            data = archive.read(name)
            if name == "archive/data/0":
                data = np.frombuffer(data, np.int64).byteswap().tobytes()
            elif name == "archive/byteorder":
                data = {b"little": b"big", b"big": b"little"}[data]
            out.writestr(name, data)
    assert mg.load(changed).tolist() == [1, 2**40]


def test_files_larger_than_a_pickle_protocol_counts(tmp_path):
    x = mg.zeros(3_000_000)
    mg.save([x, x[1:]], tmp_path / "x.pt")
    assert os.path.getsize(tmp_path / "x.pt") < 12_100_000  # once, not twice
