"""Files that mean harm, or are damaged: nothing of them runs, and the error says what it was."""

import builtins
import io
import os
import pickle
import random
import struct
import subprocess
import zipfile
from collections import OrderedDict
from fractions import Fraction

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.serialization import (
    LoadError,
    add_safe_globals,
    clear_safe_globals,
    get_safe_globals,
    safe_globals,
)

ran = []
"""What has been run. It must stay empty."""


def harm(*args):
    ran.append(args)


class Calls:
    """Pickled as a call of a function."""

    def __init__(self, f, *args, state=None):
        self.reduced = (f, args) if state is None else (f, args, state)

    def __reduce__(self):
        return self.reduced


class Foreign:
    """A class of the user's."""

    def __init__(self):
        self.a = 1

    def __setstate__(self, state):
        harm(state)


@pytest.fixture(autouse=True)
def _nothing_ran():
    ran.clear()
    yield
    assert ran == []
    clear_safe_globals()


def archive(pickled, **entries):
    """A file with a pickle of one's own."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        out.writestr("archive/data.pkl", pickled)
        for name, data in entries.items():
            out.writestr(f"archive/data/{name.removeprefix('s')}", data)
    return file


def legacy(pickled):
    magic, version = pickle.dumps(0x1950A86A20F9469CFC6C, 2), pickle.dumps(1001, 2)
    return io.BytesIO(magic + version + pickle.dumps({}, 2) + pickled + pickle.dumps([], 2))


HARMFUL = {
    "os.system": (Calls(os.system, "true"), "posix.system|nt.system"),
    "eval": (Calls(eval, "1"), r"builtins\.eval"),
    "exec": (Calls(exec, "1"), r"builtins\.exec"),
    "getattr": (Calls(getattr, {}, "pop"), r"builtins\.getattr"),
    "import": (Calls(__import__, "os"), r"builtins\.__import__"),
    "open": (Calls(open, "x", "w"), r"(builtins|io|_io)\.open"),
    "type": (Calls(type, "C", (), {}), r"builtins\.type"),
    "Popen": (Calls(subprocess.Popen, "true"), r"subprocess\.Popen"),
    "own": (Calls(harm, 1), r"\.harm"),
    "nested": (Calls(set, [Calls(OrderedDict, [("a", Calls(harm, 1))])]), r"\.harm"),
    "class": (Foreign(), r"\.Foreign"),
    "numpy": (Calls(np.load, "x"), r"numpy.*load"),
    "exception": (SystemExit(3), r"builtins\.SystemExit"),
    "object array": (np.array([Foreign()], object), r"numpy|type of numbers|Foreign"),
    "structured": (np.zeros(1, "i4,i4"), "numpy"),
}


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("wrap", [archive, legacy])
@pytest.mark.parametrize("name", HARMFUL)
def test_a_file_that_wants_something_run_is_refused(name, wrap, protocol):
    obj, text = HARMFUL[name]
    pickled = pickle.dumps({"weights": [1, (2, obj)]}, protocol)
    with pytest.raises(pickle.UnpicklingError, match=text) as caught:
        mg.load(wrap(pickled))
    assert isinstance(caught.value, RuntimeError)


def machine(*parts):
    """A pickle of protocol 2, instruction by instruction."""
    return b"\x80\x02" + b"".join(parts) + b"."


def text(s):
    return b"X" + struct.pack("<I", len(s)) + s.encode()


ORDERED = b"ccollections\nOrderedDict\n"
DTYPE = b"cnumpy\ndtype\n" + text("f8") + b"\x85R"

MACHINES = {
    "attribute of a name": (machine(ORDERED, b"}", text("x"), b"Nsb"), "set attributes"),
    "dictionary's methods": (machine(ORDERED, b")R}", text("items"), b"Nsb"), "no attributes but"),
    "dunder": (machine(ORDERED, b")R}", text("__class__"), b"Nsb"), "no attributes but"),
    "call of a value": (machine(text("a"), b")R"), "may not call a str"),
    "call of a call": (machine(ORDERED, b")R)R"), "may not call a OrderedDict"),
    "call of a class": (machine(b"c__builtin__\nlist\n", b")R"), r"may not call builtins\.list"),
    "call of a dtype": (machine(b"ctorch\nfloat32\n", b")R"), "may not call a dtype"),
    "call of a storage": (machine(b"ctorch\nFloatStorage\n", b"K\x05\x85R"), "may not call"),
    "a new one": (machine(b"c__builtin__\nint\n", b")\x81"), r"may not make a new builtins\.int"),
    "old instance": (machine(b"(iposix\nsystem\n"), "Unsupported operand INST"),
    "old object": (machine(b"(o"), "Unsupported operand OBJ"),
    "extension": (machine(b"\x82\x01"), "Unsupported operand EXT1"),
    "text id": (machine(b"Pa\n"), "Unsupported operand PERSID"),
    "with keywords": (machine(b")}}\x92"), "Unsupported operand NEWOBJ_EX"),
    "buffer": (machine(b"\x97"), "Unsupported operand NEXT_BUFFER"),
    "dotted name": (machine(b"ccollections\nOrderedDict.fromkeys\n"), "OrderedDict.fromkeys"),
    "appended to a set": (machine(b"\x8fK\x01a"), "only lists are appended to"),
    "items of a list": (machine(b"]K\x01K\x01s"), "only dictionaries"),
    "list as a key": (machine(b"}]K\x01s"), "damaged.*unhashable"),
    "an item too few": (machine(b"}(K\x01u"), "damaged"),
    "empty stack": (machine(b"0"), "damaged"),
    "no memo": (machine(b"h\x05"), "damaged"),
    "no mark": (machine(b"t"), "a mark is missing"),
    "long text": (machine(b"X\xff\xff\xff\xff"), "cut off"),
    "long bytes": (machine(b"\x8e" + b"\xff" * 8), "cut off"),
    "huge bytearray": (
        machine(b"c__builtin__\nbytearray\n", b"\x8a\x05\x00\x00\x00\x00\x10\x85R"),
        "bytearray was given arguments",
    ),
    "huge size": (machine(b"ctorch\nSize\n", b"K\x05\x85R"), "a Size is a tuple"),
    "bytes by eval": (
        machine(b"c_codecs\nencode\n", text("a"), text("rot13"), b"\x86R"),
        "_codecs.encode was given",
    ),
    "default by a call": (
        machine(b"ccollections\ndefaultdict\n", ORDERED, b"\x85R"), "defaultdict was given",
    ),
    "dtype of objects": (machine(b"cnumpy\ndtype\n", text("O8"), b"\x85R"), "no type of numbers"),
    "dtype with fields": (
        machine(DTYPE, b"(K\x03", text("<"), b"N", text("a"), b"}K\x01K\x01K\x00tb"),
        "has no fields",
    ),
    "a deep key": (machine(b"}", b")" + b"\x85" * 20_000, b"K\x01s"), "more than 50 deep"),
    "a deep set": (machine(b"c__builtin__\nset\n", b"])" + b"\x85" * 20_000, b"a\x85R"), "50 deep"),
    "id of nothing": (machine(b"K\x01Q"), "a persistent id is of a storage"),
    "storage of a str": (
        machine(b"(", text("storage"), text("a"), text("0"), text("cpu"), b"K\x01tQ"),
        "no such type",
    ),
    "Tensor in nothing": (
        machine(b"ctorch._utils\n_rebuild_tensor_v2\n", b"(NK\x00)))N" + b"tR"),
        "lies in a storage",
    ),
    "other type": (
        machine(b"ctorch._tensor\n_rebuild_from_type_v2\n", b"(", ORDERED, ORDERED, b")NtR"),
        "only Tensors",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MACHINES)
def test_an_instruction_that_data_never_has_is_refused(name):
    pickled, text = MACHINES[name]
    for wrap in (archive, legacy):
        with pytest.raises(LoadError, match=text):
            mg.load(wrap(pickled))


# --- Tensors and storages -------------------------------------------------------------------------


def saved(pickled, key="0", numel=4, data=bytes(16), kind="FloatStorage"):
    """A file with one storage."""
    return archive(pickled(key, numel, kind), s0=data)


def tensor(key="0", numel=4, kind="FloatStorage", offset=0, size=(4,), stride=(1,)):
    pid = (
        b"(" + text("storage") + f"ctorch\n{kind}\n".encode() + text(key) + text("cpu")
        + pickle.dumps(numel, 2)[2:-1] + b"tQ"
    )  # fmt: skip
    rest = pickle.dumps((offset, size, stride), 2)
    numbers = b"".join(pickle.dumps(part, 2)[2:-1] for part in pickle.loads(rest))
    # Memo numbers of the parts may be equal; nothing is read back from the memo between them.
    return machine(b"ctorch._utils\n_rebuild_tensor_v2\n(", pid, numbers, b"\x89", ORDERED, b")RtR")


def test_the_tensor_of_these_tests_is_one():
    data = np.arange(4, dtype=np.float32).tobytes()
    back = mg.load(archive(tensor(offset=1, size=(3,)), s0=data))
    assert back.tolist() == [1.0, 2.0, 3.0]
    assert mg.load(archive(tensor(size=(2, 2), stride=(0, 3)), s0=data)).tolist() == [[0, 3]] * 2


@pytest.mark.parametrize(
    ("options", "data", "match"),
    [
        ({"size": (5,)}, bytes(16), "goes beyond its storage of 4"),
        ({"offset": 1}, bytes(16), "goes beyond"),
        ({"offset": 2**62}, bytes(16), "goes beyond"),
        ({"stride": (2,)}, bytes(16), "goes beyond"),
        ({"size": (2**40, 2**40), "stride": (1, 1)}, bytes(16), "goes beyond"),
        ({"size": (2**62, 2**62), "stride": (0, 0)}, bytes(16), "was given|goes beyond"),
        ({"offset": -1}, bytes(16), "no Tensor has offset -1"),
        ({"stride": (-1,)}, bytes(16), "no Tensor has"),
        ({"size": (-4,)}, bytes(16), "no Tensor has"),
        ({"size": (4, 1)}, bytes(16), "no Tensor has"),
        ({"size": (4.0,)}, bytes(16), "no Tensor has"),
        ({"numel": 2**60}, bytes(16), "has 16 bytes in the file, and is said"),
        ({"numel": -1}, bytes(16), "a storage has a key"),
        ({"numel": 3}, bytes(16), "has 16 bytes in the file"),
        ({"key": "../../../etc/passwd"}, bytes(16), "no entry 'data/../../../etc/passwd'"),
        ({"key": "/etc/passwd"}, bytes(16), "no entry"),
        ({"key": "1"}, bytes(16), "no entry 'data/1'"),
        ({"kind": "UntypedStorage"}, bytes(16), "UntypedStorage: no Tensor here"),
        ({"kind": "ComplexFloatStorage"}, bytes(16), "ComplexFloatStorage: no Tensor here"),
        ({"kind": "load"}, bytes(16), r"Unsupported global: torch\.load"),
    ],
)
def test_a_tensor_that_does_not_lie_in_its_storage_is_refused(options, data, match):
    with pytest.raises(LoadError, match=match):
        mg.load(archive(tensor(**options), s0=data))


def test_one_storage_of_two_types_is_refused():
    first, second = tensor(), tensor(kind="IntStorage")
    both = b"\x80\x02]" + first[2:-1] + b"a" + second[2:-1] + b"a."
    with pytest.raises(LoadError, match="of two types or lengths"):
        mg.load(archive(both, s0=bytes(16)))


def test_a_storage_larger_than_its_old_file_is_refused():
    with pytest.raises(LoadError, match="larger than the file"):
        mg.load(legacy(tensor(numel=2**50)))


# --- archives -------------------------------------------------------------------------------------


def test_names_of_entries_are_never_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        out.writestr("archive/data.pkl", tensor())
        out.writestr("archive/data/0", bytes(16))
        for name in ("../evil", "/tmp/evil", "archive/data/../../../evil"):
            out.writestr(name, b"evil")
    assert mg.load(file).tolist() == [0.0] * 4
    assert list(tmp_path.iterdir()) == []


def test_what_is_packed_is_not_unpacked():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("archive/data.pkl", tensor(numel=2**20, size=(2**20,)), zipfile.ZIP_STORED)
        out.writestr("archive/data/0", bytes(2**22))
        out.writestr("archive/filler", bytes(range(256)) * 2**14, zipfile.ZIP_STORED)
    with pytest.raises(LoadError, match=r"neither compressed.*\['archive/data/0'\]"):
        mg.load(file)


def test_entries_that_overlap_are_refused():
    data = bytearray(archive(tensor(numel=4), s0=bytes(16), s1=bytes(2000)).getvalue())
    with zipfile.ZipFile(io.BytesIO(data)) as out:
        entries = {entry.filename: entry.header_offset for entry in out.infolist()}
    start = data.index(b"PK\x01\x02")
    # Let the directory say that each entry is as large as the largest one.
    position = start
    while data[position : position + 4] == b"PK\x01\x02":
        struct.pack_into("<II", data, position + 20, 2000, 2000)
        lengths = struct.unpack_from("<HHH", data, position + 28)
        position += 46 + sum(lengths)
    assert len(entries) == 3
    with pytest.raises(LoadError, match="larger than the file"):
        mg.load(io.BytesIO(data))


def test_two_entries_of_one_name_are_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        out.writestr("archive/data.pkl", tensor())
        out.writestr("archive/data/0", bytes(16))
        with pytest.warns(UserWarning, match="Duplicate name"):
            out.writestr("archive/data/0", bytes(16))
    with pytest.raises(LoadError, match="two entries of one name"):
        mg.load(file)


@pytest.mark.parametrize(
    ("names", "match"),
    [
        (["a/b.txt"], "it has no data.pkl"),
        (["a/data.pkl", "b/data.pkl"], "it has no data.pkl"),
        (["x.npy"], "load_npz"),
        (["a/data.pkl", "a/constants.pkl"], "TorchScript"),
    ],
)
def test_other_archives_are_refused(names, match):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        for name in names:
            out.writestr(name, b"")
    with pytest.raises(LoadError, match=match):
        mg.load(file)


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"", "empty"),
        (b"abc", "begins with b'abc'"),
        (pickle.dumps({}), "a pickle, but none"),
        (b"\x93NUMPY\x01\x00", "numpy.load"),
        (struct.pack("<Q", 9) + b'{"a":1}  ', "load_safetensors"),
    ],
)
def test_other_files_are_refused(data, match):
    with pytest.raises(LoadError, match=match):
        mg.load(io.BytesIO(data))


def small_file():
    file = io.BytesIO()
    mg.save({"a": mg.arange(20.0), "b": [1, "x" * 20]}, file)
    return file.getvalue()


def test_a_file_cut_off_anywhere_is_refused():
    data = small_file()
    for length in range(0, len(data), 7):
        with pytest.raises(LoadError):
            mg.load(io.BytesIO(data[:length]))


def test_a_mapped_file_that_is_cut_off_is_refused(tmp_path):
    data = small_file()
    path = tmp_path / "x.pt"
    for length in (0, 3, 100, len(data) - 1):
        path.write_bytes(data[:length])
        with pytest.raises(LoadError):
            mg.load(path, mmap=True)


def test_changed_numbers_are_noticed():
    data = small_file()
    place = data.index(np.arange(20, dtype=np.float32).tobytes())
    changed = data[: place + 5] + b"\x01" + data[place + 6 :]
    with pytest.raises(LoadError, match=r"checksum of 'archive/data/0'"):
        mg.load(io.BytesIO(changed))


@pytest.mark.parametrize("kind", ["pickle", "file"])
def test_a_damaged_file_is_an_error_and_never_more(kind):
    seed = random.randrange(2**32)
    print("seed", seed)
    draw = random.Random(seed)
    data = small_file()
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        pickled, numbers = whole.read("archive/data.pkl"), whole.read("archive/data/0")
    for _ in range(1500):
        changed = bytearray(pickled if kind == "pickle" else data)
        for _ in range(draw.randrange(1, 4)):
            changed[draw.randrange(len(changed))] = draw.randrange(256)
        try:
            mg.load(
                archive(bytes(changed), s0=numbers) if kind == "pickle" else io.BytesIO(changed)
            )
        except LoadError:
            pass
        except RuntimeError as error:  # a storage on a device of a new name
            if "device" not in str(error):
                raise


# --- what the user allows -------------------------------------------------------------------------


class Kept:
    """A class that may be allowed."""

    def __init__(self, a):
        self.a = a


@pytest.mark.parametrize("protocol", [2, 4])
def test_what_the_user_trusts_is_made(protocol):
    file = io.BytesIO()
    mg.save([Kept(mg.ones(2)), Fraction(1, 3)], file, pickle_protocol=protocol)
    with pytest.raises(LoadError, match=r"\.Kept.*add_safe_globals"):
        mg.load(file)
    with safe_globals([Kept, Fraction]):
        kept, third = mg.load(file)
        assert (type(kept), kept.a.tolist(), third) == (Kept, [1.0, 1.0], Fraction(1, 3))
    with pytest.raises(LoadError, match=r"\.Kept"):
        mg.load(file)


class Callable:
    """A class whose instances can be called."""

    def __call__(self):
        harm()


def test_trust_in_a_class_is_none_in_its_instances():
    name = f"c{Callable.__module__}\nCallable\n".encode()
    with safe_globals([Callable]), pytest.raises(LoadError, match="may not call a Callable"):
        mg.load(archive(machine(name, b")\x81)R")))
    with safe_globals([OrderedDict]), pytest.raises(LoadError, match=r"may not call a OrderedD"):
        mg.load(archive(machine(ORDERED, b")R)R")))


def test_trust_is_added_asked_for_and_taken_back():
    add_safe_globals([Kept])
    add_safe_globals([(Fraction, "a.b")])
    assert get_safe_globals() == [Kept, Fraction]
    with safe_globals([harm]):
        assert get_safe_globals() == [Kept, Fraction, harm]
    assert get_safe_globals() == [Kept, Fraction]
    assert mg.load(archive(machine(b"ca\nb\nK\x01K\x02\x86R"))) == Fraction(1, 2)
    clear_safe_globals()
    assert get_safe_globals() == []
    with pytest.raises(TypeError, match="full name of a safe global is a str"):
        add_safe_globals([(Kept, 3)])
    with pytest.raises(ValueError, match="got 3 items"):
        add_safe_globals([(Kept, "a", "b")])


def test_the_system_is_never_trusted():
    with safe_globals([(harm, "os.system"), os.system]), pytest.raises(LoadError, match="system"):
        mg.load(archive(pickle.dumps(Calls(os.system, "true"), 2)))


def test_only_a_user_who_says_so_has_code_run():
    mg.load(archive(pickle.dumps(Calls(builtins.len, "abc"), 2)), weights_only=False)
    assert mg.load(archive(pickle.dumps(Calls(len, "abc"), 2)), weights_only=False) == 3
