"""Writing is all or nothing: errors and crashes in the middle leave the old file whole."""

import os
import pickle
import signal
import stat
import subprocess
import sys
import threading
import time

import pytest

import microgradnn as mg
from microgradnn.serialization import archive, save_npz, save_safetensors
from microgradnn.serialization.atomic_file import writing


def test_a_file_is_written_or_replaced(tmp_path):
    path = tmp_path / "x"
    for text in (b"one", b"two"):
        with writing(path) as file:
            file.write(text)
            assert not path.exists() or path.read_bytes() == b"one"
        assert path.read_bytes() == text
        assert os.listdir(tmp_path) == ["x"]


def test_an_error_in_the_middle_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.pt"
    mg.save({"a": mg.ones(3)}, path)
    before, write, calls = path.read_bytes(), archive._write, []

    def failing(*args):
        calls.append(args)
        if len(calls) == 6:
            raise OSError(28, "No space left on device")
        write(*args)

    monkeypatch.setattr(archive, "_write", failing)
    with pytest.raises(OSError, match="No space left"):
        mg.save({"a": mg.zeros(3), "b": mg.zeros(1000)}, path)
    assert len(calls) == 6
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["x.pt"]


@pytest.mark.parametrize("what", ["fsync", "replace"])
def test_an_error_of_the_disk_leaves_the_old_file(tmp_path, monkeypatch, what):
    path = tmp_path / "x.pt"
    mg.save(1, path)

    def failing(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, what, failing)
    with pytest.raises(OSError, match="Input/output"):
        mg.save(2, path)
    monkeypatch.undo()
    assert mg.load(path) == 1
    assert os.listdir(tmp_path) == ["x.pt"]


def test_the_disk_has_the_file_before_it_gets_its_name(tmp_path, monkeypatch):
    order = []
    for name in ("fsync", "replace"):
        f = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *a, f=f, name=name: (order.append(name), f(*a))[1])
    mg.save(1, tmp_path / "x.pt")
    assert order[:2] == ["fsync", "replace"]


def test_what_cannot_be_pickled_touches_no_file(tmp_path):
    with pytest.raises((AttributeError, pickle.PicklingError), match="lambda"):
        mg.save({"a": mg.ones(3), "f": lambda: 0}, tmp_path / "x.pt")
    assert os.listdir(tmp_path) == []
    for save in (save_npz, save_safetensors):
        with pytest.raises(TypeError, match=r"'b' is a int"):
            save({"a": mg.ones(1), "b": 3}, tmp_path / "x")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.03])
def test_a_process_killed_while_it_saves_leaves_a_whole_file(tmp_path, seconds):
    path = tmp_path / "x.pt"
    program = (
        "import microgradnn as mg\n"
        "x = mg.zeros(200_000)\n"
        f"mg.save([0, x], {str(path)!r})\n"
        "print('saved', flush=True)\n"
        "for k in range(1, 10**6):\n"
        f"    mg.save([k, x + k], {str(path)!r})\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"saved\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
    k, x = mg.load(path)
    assert x.eq(float(k)).all()


def test_readers_see_whole_files_only(tmp_path):
    path = tmp_path / "x.pt"
    mg.save([0, mg.zeros(20_000)], path)
    done = threading.Event()

    def write():
        for k in range(30):
            mg.save([k, mg.full((20_000,), float(k))], path)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        k, x = mg.load(path)
        assert x.eq(float(k)).all()
    writer.join()


def test_permissions_are_those_of_any_file_and_are_kept(tmp_path):
    plain, path = tmp_path / "plain", tmp_path / "x.pt"
    plain.write_bytes(b"")
    mg.save(1, path)
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    path.chmod(0o640)
    mg.save(2, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "x.pt", tmp_path / "latest.pt"
    mg.save(1, target)
    link.symlink_to(target)
    mg.save(2, link)
    assert link.is_symlink()
    assert mg.load(target) == 2


def test_folders_and_devices_are_what_they_are(tmp_path):
    mg.save(1, os.devnull)
    with pytest.raises(IsADirectoryError):
        mg.save(1, tmp_path)
    with pytest.raises(FileNotFoundError):
        mg.save(1, tmp_path / "none" / "x.pt")
