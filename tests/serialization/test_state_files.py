"""safetensors and ``.npz``: Tensors by name."""

import json
import struct
import sys
import zipfile

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.serialization import (
    LoadError,
    load_npz,
    load_safetensors,
    save_npz,
    save_safetensors,
)

FORMATS = [(save_npz, load_npz), (save_safetensors, load_safetensors)]
DTYPES = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"]


@pytest.mark.parametrize(("save", "load"), FORMATS)
def test_state_dicts_come_back(save, load, tmp_path):
    net = mg.nn.Sequential(mg.nn.Linear(2, 3), mg.nn.BatchNorm1d(3))
    x = mg.arange(6.0).reshape(2, 3)
    more = {name: mg.ones(2, dtype=getattr(mg, name)) for name in DTYPES}
    given = {**net.state_dict(), **more, "view": x.mT, "0-d": mg.tensor(3), "none": mg.zeros(0, 2),
             "file": x, "a/b": x, "ä": x, "param": mg.nn.Parameter(x)}  # fmt: skip
    save(given, tmp_path / "x")
    back = load(tmp_path / "x")
    assert set(back) == set(given)
    for key, t in given.items():
        found = back[key]
        assert (found.dtype, found.shape, found.tolist()) == (t.dtype, t.shape, t.tolist()), key
        assert type(found) is mg.Tensor
        found.zero_()  # memory of its own
    other = mg.nn.Sequential(mg.nn.Linear(2, 3), mg.nn.BatchNorm1d(3))
    other.load_state_dict(
        {k: v for k, v in load(tmp_path / "x").items() if k[0] in "01" and k != "0-d"}
    )
    assert other[0].weight.tolist() == net[0].weight.tolist()


@pytest.mark.parametrize(("save", "load"), FORMATS)
def test_what_is_no_dictionary_of_tensors_is_refused(save, load, tmp_path):
    for wrong, text in [([1], "got list"), ({1: mg.ones(1)}, "at 1 is a Tensor")]:
        with pytest.raises(TypeError, match=text):
            save(wrong, tmp_path / "x")


@pytest.mark.parametrize(("save", "load"), FORMATS)
def test_damaged_files_are_refused(save, load, tmp_path):
    path = tmp_path / "x"
    save({"a": mg.ones(100)}, path)
    data = path.read_bytes()
    for length in range(0, len(data) - 1, 37):
        path.write_bytes(data[:length])
        with pytest.raises(LoadError):
            load(path)


def test_numpy_reads_ours_and_we_read_numpys(tmp_path):
    save_npz({"a": mg.ones(2, 3)}, tmp_path / "x.npz")
    with np.load(tmp_path / "x.npz") as found:
        assert {k: found[k].tolist() for k in found} == {"a": [[1.0] * 3] * 2}
    np.savez_compressed(tmp_path / "y.npz", a=np.arange(3), b=np.ones(2, ">f4"))
    back = load_npz(tmp_path / "y.npz")
    assert (back["a"].tolist(), back["b"].dtype) == ([0, 1, 2], mg.float32)
    mg.nn.Linear(1, 1).load_state_dict({"weight": mg.ones(1, 1), "bias": mg.ones(1)})


def test_arrays_that_are_pickles_are_not_read(tmp_path):
    np.savez(tmp_path / "x.npz", a=np.array([{}, None], object))
    with pytest.raises(LoadError, match=r"no .npz file of numbers.*allow_pickle"):
        load_npz(tmp_path / "x.npz")
    np.savez(tmp_path / "x.npz", a=np.array(["text"]))
    with pytest.raises(LoadError, match="'a' is of dtype <U4"):
        load_npz(tmp_path / "x.npz")
    np.save(tmp_path / "x.npy", np.ones(2))
    with pytest.raises(LoadError, match=r"no \.npz file"):
        load_npz(tmp_path / "x.npy")


def test_load_says_who_reads_these_files(tmp_path):
    save_npz({"a": mg.ones(1)}, tmp_path / "x.npz")
    with pytest.raises(LoadError, match="load_npz"):
        mg.load(tmp_path / "x.npz")
    save_safetensors({"a": mg.ones(1)}, tmp_path / "x.safetensors")
    with pytest.raises(LoadError, match="load_safetensors"):
        mg.load(tmp_path / "x.safetensors")


def test_safetensors_hold_metadata_that_the_library_reads(tmp_path):
    import safetensors

    path = tmp_path / "x.safetensors"
    save_safetensors({"a": mg.ones(2)}, path, metadata={"format": "pt"})
    with safetensors.safe_open(path, framework="np") as found:
        assert found.metadata() == {"format": "pt"}
        assert found.get_tensor("a").tolist() == [1.0, 1.0]


def safetensors_file(kind, size):
    head = json.dumps({"x": {"dtype": kind, "shape": [2], "data_offsets": [0, size]}}).encode()
    return struct.pack("<Q", len(head)) + head


def test_bfloat16_is_loaded_as_float32(tmp_path):
    numbers = np.array([1.5, -2.0], np.float32).view(np.uint32) >> 16
    path = tmp_path / "x"
    path.write_bytes(safetensors_file("BF16", 4) + numbers.astype("<u2").tobytes())
    assert load_safetensors(path)["x"].tolist() == [1.5, -2.0]
    assert load_safetensors(path)["x"].dtype is mg.float32


def test_types_that_no_tensor_can_have_are_refused(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(safetensors_file("U16", 4) + bytes(4))
    with pytest.raises(LoadError, match="'x' is of type U16"):
        load_safetensors(path)


def test_without_the_library_the_error_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ImportError, match=r"pip install 'microgradnn\[safetensors\]'"):
        load_safetensors(tmp_path / "x")


@pytest.mark.peers
def test_pytorchs_side_of_the_library_reads_ours(tmp_path):
    import safetensors.torch

    path = tmp_path / "x.safetensors"
    given = {name: mg.ones(2, 3, dtype=getattr(mg, name)) for name in DTYPES}
    save_safetensors(given, path)
    theirs = safetensors.torch.load_file(path)
    told = {k: (str(t.dtype).split(".")[1], t.tolist()) for k, t in theirs.items()}
    assert told == {k: (k, t.tolist()) for k, t in given.items()}
    safetensors.torch.save_file(theirs, path)
    assert {k: t.tolist() for k, t in load_safetensors(path).items()} == {
        k: t.tolist() for k, t in given.items()
    }


def test_the_archive_has_numpys_names(tmp_path):
    save_npz({"a.b": mg.ones(1)}, tmp_path / "x.npz")
    assert zipfile.ZipFile(tmp_path / "x.npz").namelist() == ["a.b.npy"]
