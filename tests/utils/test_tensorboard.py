"""The writer of TensorBoard's event files: PyTorch's events, read by TensorBoard's own reader."""

import importlib
import sys

import numpy as np
import pytest

import microgradnn as mg


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto.event_pb2", None)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    monkeypatch.delitem(sys.modules, "microgradnn.utils.tensorboard", raising=False)
    with pytest.raises(ImportError, match="pip install tensorboard"):
        importlib.import_module("microgradnn.utils.tensorboard")


def write(kind, tensor, folder):
    with kind(log_dir=folder, purge_step=2) as writer:
        assert str(writer.get_logdir()) == str(folder)
        for step in range(3):
            writer.add_scalar("loss/train", tensor([0.5 / (step + 1)])[0], step, walltime=step)
        writer.add_scalars("pair/both", {"a": 1.0, "b": tensor(2.5)}, 7)
        writer.add_text("note", "some *text*", 1)
        writer.add_histogram("weights", tensor([0.0, 0.5, 1.0, 1.0]), 4, bins=4)
        writer.flush()


def read(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = {}
    for place in [folder, *sorted(p for p in folder.iterdir() if p.is_dir())]:
        events = EventAccumulator(str(place))
        events.Reload()
        tags = events.Tags()
        for tag in tags["scalars"]:
            found[place.name, tag] = [(e.step, e.value) for e in events.Scalars(tag)]
        for tag in tags["tensors"]:
            found[place.name, tag] = [
                (e.step, e.tensor_proto.string_val[0]) for e in events.Tensors(tag)
            ]
        for tag in tags["histograms"]:
            found[place.name, tag] = [(e.step, e.histogram_value) for e in events.Histograms(tag)]
    return found


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore")  # TensorBoard's own, at its import
def test_the_events_are_pytorchs(tmp_path):
    import torch
    from torch.utils.tensorboard import SummaryWriter as Theirs

    from microgradnn.utils.tensorboard import SummaryWriter

    (tmp_path / "ours" / "log").mkdir(parents=True)
    (tmp_path / "theirs" / "log").mkdir(parents=True)
    write(SummaryWriter, mg.tensor, tmp_path / "ours" / "log")
    write(Theirs, torch.tensor, tmp_path / "theirs" / "log")
    ours, theirs = read(tmp_path / "ours" / "log"), read(tmp_path / "theirs" / "log")
    assert ours.keys() == theirs.keys()
    assert len(ours) == 5
    weights = [found.pop(("log", "weights"))[0] for found in (ours, theirs)]
    assert ours == theirs
    (step, a), (also, b) = weights
    assert step == also == 4
    assert (a.min, a.max, a.num, a.sum, a.sum_squares) == (b.min, b.max, b.num, b.sum, 2.25)
    np.testing.assert_allclose(a.bucket, [0, 1, 0, 1, 2])
    np.testing.assert_allclose(a.bucket_limit, [0, 0.25, 0.5, 0.75, 1])


@pytest.mark.peers
@pytest.mark.filterwarnings("ignore")
def test_no_values_and_the_default_folder(tmp_path, monkeypatch):
    from microgradnn.utils.tensorboard import SummaryWriter

    monkeypatch.chdir(tmp_path)
    with SummaryWriter(comment="-small") as writer:
        with pytest.raises(ValueError, match="no values"):
            writer.add_histogram("empty", mg.zeros(0))
        writer.add_histogram("many", mg.arange(100), max_bins=3)
    assert [p.name.endswith("-small") for p in (tmp_path / "runs").iterdir()] == [True]
