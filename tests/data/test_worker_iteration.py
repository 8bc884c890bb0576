"""`DataLoader` with worker processes: the same data, in order; errors, deaths, and the end."""

import collections
import gc
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
import warnings

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.utils import data as utils_data
from microgradnn.utils.data import IterableDataset, TensorDataset, get_worker_info

pytestmark = pytest.mark.filterwarnings("ignore:This DataLoader will create")


def DataLoader(*args, **options):
    """A loader whose workers are forked, unless told otherwise.

    From Python 3.14 on they would not be, and the datasets here can't be pickled.
    """
    if options.get("num_workers"):
        options.setdefault("multiprocessing_context", "fork")
    return utils_data.DataLoader(*args, **options)


class Odd(Exception):
    """An exception that takes two arguments."""

    def __init__(self, a, b):
        super().__init__(a, b)


class Data:
    """Samples made by a function of the index."""

    def __init__(self, f, n=8):
        self.f, self.n = f, n

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        return self.f(index)


class Share(IterableDataset):
    """The numbers of each worker's share: 0, 2, 4, ... and 1, 3, 5, ..."""

    def __init__(self, n):
        self.n = n

    def __iter__(self):
        info = get_worker_info()
        return iter(range(info.id, self.n, info.num_workers))


def slowly(index):
    time.sleep(0.03 if index % 2 == 0 else 0)
    return index


def gone(pids, seconds=5.0):
    """Whether processes end within some time."""
    deadline = time.monotonic() + seconds
    while any(alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pids_of(iterator):
    return [worker.pid for worker in iterator._workers]


def given(loader):
    return [batch.tolist() for batch in loader]


@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": 3},
        {"batch_size": 3, "shuffle": True},
        {"batch_size": 3, "drop_last": True, "prefetch_factor": 1},
        {"batch_size": 1, "prefetch_factor": 5},
        {"batch_size": None},
        {"batch_size": 50},
        {"batch_size": 2, "persistent_workers": True},
        {"batch_size": 2, "in_order": False},
    ],
    ids=str,
)
@pytest.mark.parametrize("workers", [1, 3])
def test_workers_deliver_what_one_process_would(options, workers):
    x = mg.arange(40.0).reshape(20, 2)
    data, kept = TensorDataset(x, mg.arange(20)), ("batch_size", "shuffle", "drop_last")

    def epochs(loader):
        mg.manual_seed(0)
        seen = [[[t.tolist() for t in batch] for batch in loader] for _ in range(2)]
        return seen, mg.rand(1).item()

    with_workers, _ = epochs(DataLoader(data, num_workers=workers, **options))
    without, _ = epochs(DataLoader(data, **{k: v for k, v in options.items() if k in kept}))
    if not options.get("in_order", True):
        with_workers, without = map(sorted, with_workers), map(sorted, without)
        with_workers, without = list(with_workers), list(without)
    if options.get("persistent_workers"):  # draws no second base seed
        with_workers, without = with_workers[:1], without[:1]
    assert with_workers == without


def test_batches_keep_their_order_when_workers_do_not():
    assert given(DataLoader(Data(slowly), num_workers=2)) == [[k] for k in range(8)]


def test_without_order_what_is_ready_comes_first():
    loader = DataLoader(Data(slowly), num_workers=2, in_order=False)
    found = given(loader)
    assert sorted(found) == [[k] for k in range(8)]
    assert found[0] == [1]


def test_results_of_all_kinds_and_large_ones_come_through():
    arrays = [np.arange(500_000) + k for k in range(4)]
    loader = DataLoader(
        Data(lambda k: {"x": mg.tensor(arrays[k]), "empty": mg.zeros(0, 3), "s": "a" * k}, 4),
        batch_size=None,
        num_workers=2,
    )
    for k, sample in enumerate(loader):
        np.testing.assert_array_equal(sample["x"].numpy(), arrays[k])
        assert (sample["empty"].shape, sample["s"]) == ((0, 3), "a" * k)
        sample["x"].add_(1)  # memory of its own, that may be written to


def test_tasks_larger_than_a_pipe_holds_do_not_hang():
    loader = DataLoader(range(300_000), batch_size=100_000, num_workers=1, prefetch_factor=3)
    assert [len(batch) for batch in loader] == [100_000] * 3


# --- random numbers -----------------------------------------------------------------------------


def draw(index):
    return [random.random(), np.random.rand(), mg.rand(1, dtype=mg.float64).item()]  # noqa: NPY002


def test_each_worker_has_a_stream_of_its_own():
    mg.manual_seed(0)
    first, second = [list(DataLoader(Data(draw), None, num_workers=2)) for _ in range(2)]
    numbers = [x for sample in first + second for x in sample]
    assert len(set(numbers)) == len(numbers) == 48
    mg.manual_seed(0)
    assert list(DataLoader(Data(draw), None, num_workers=2)) == first


@pytest.mark.peers
def test_the_numbers_drawn_in_workers_are_those_of_pytorch():
    import torch
    import torch.utils.data

    found = []
    for m in (mg, torch):

        def draw(index, m=m):
            info = m.utils.data.get_worker_info()
            drawn = [random.random(), np.random.rand(), m.rand(1).item()]  # noqa: NPY002
            return [index, info.id, info.num_workers, info.seed, *drawn]

        m.manual_seed(77)
        loader = m.utils.data.DataLoader(
            Data(draw), 3, shuffle=True, num_workers=2, collate_fn=list,
            multiprocessing_context="fork",
        )  # fmt: skip
        found.append([list(loader), list(loader), m.rand(1).item()])
    assert found[0] == found[1]


# --- what workers are told ------------------------------------------------------------------------


def test_workers_know_who_they_are_and_are_prepared():
    def prepare(worker_id):
        info = get_worker_info()
        assert info.id == worker_id
        info.dataset.offset = 100 * worker_id

    class Offset(Data):
        def __getitem__(self, index):
            return index + self.offset

    loader = DataLoader(Offset(None, 4), None, num_workers=2, worker_init_fn=prepare)
    assert list(loader) == [0, 101, 2, 103]
    assert get_worker_info() is None


@pytest.mark.parametrize("persistent", [False, True])
def test_a_stream_is_shared_by_the_workers(persistent):
    loader = DataLoader(Share(7), 2, num_workers=2, persistent_workers=persistent)
    for _ in range(2):
        assert given(loader) == [[0, 2], [1, 3], [4, 6], [5]]


def test_streams_of_different_lengths_end_one_after_the_other():
    class Uneven(IterableDataset):
        def __iter__(self):
            return iter(range(1 if get_worker_info().id == 0 else 6))

    assert list(DataLoader(Uneven(), None, num_workers=2)) == [0, 0, 1, 2, 3, 4, 5]


@pytest.mark.peers
def test_batches_of_a_stream_come_in_the_order_of_pytorch():
    import torch.utils.data

    class Theirs(torch.utils.data.IterableDataset):
        def __iter__(self):
            info = torch.utils.data.get_worker_info()
            return iter(range(info.id, 11, info.num_workers))

    for drop_last in (False, True):
        options = {"batch_size": 2, "num_workers": 2, "drop_last": drop_last}
        options["multiprocessing_context"] = "fork"
        ours = given(DataLoader(Share(11), **options))
        assert ours == given(torch.utils.data.DataLoader(Theirs(), **options))


def test_persistent_workers_stay_and_forget_what_was_not_taken():
    loader = DataLoader(Data(lambda k: os.getpid()), 1, num_workers=2, persistent_workers=True)
    first = {batch.item() for batch in loader}
    for _ in loader:
        break
    assert {batch.item() for batch in loader} == first
    assert len(list(loader)) == 8
    loader._iterator._stop()


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_workers_may_be_started_in_another_way(method, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import microgradnn as mg\n"
        "if __name__ == '__main__':\n"
        "    loader = mg.utils.data.DataLoader(range(5), 2, num_workers=1,\n"
        f"                                      multiprocessing_context={method!r})\n"
        "    print([batch.tolist() for batch in loader])\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", program], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[[0, 1], [2, 3], [4]]\n", "")


def test_what_cannot_be_pickled_is_explained_where_it_must_be():
    loader = DataLoader(Data(lambda k: k), num_workers=1, multiprocessing_context="spawn")
    with pytest.raises(Exception, match=r"pickle|local") as caught:
        iter(loader)
    assert "are pickled. Define them at the top" in caught.value.__notes__[0]


# --- errors ---------------------------------------------------------------------------------------


def fail(error):
    def f(index):
        if index == 3:
            raise error
        return index

    return Data(f)


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (ValueError("bad sample"), ValueError, "ValueError: bad sample"),
        (KeyError("name"), KeyError, "KeyError: 'name'"),
        (Odd(1, 2), RuntimeError, "Odd"),
    ],
)
def test_an_exception_comes_back_with_its_traceback(error, kind, text):
    loader = iter(DataLoader(fail(error), num_workers=2))
    assert [next(loader).item() for _ in range(3)] == [0, 1, 2]
    with pytest.raises(kind) as caught:
        next(loader)
    said = str(caught.value)
    head = f"Caught {type(error).__name__} in DataLoader worker process 1.\nOriginal Traceback "
    assert said.startswith(head)
    assert "    raise error\n" in said
    assert text in said
    assert [batch.item() for batch in loader] == [4, 5, 6, 7]  # as in PyTorch, it may go on


def test_an_exception_of_a_class_that_cannot_be_sent_is_a_runtime_error():
    class Local(Exception):
        pass

    with pytest.raises(RuntimeError, match="Local: here"):
        list(DataLoader(fail(Local("here")), num_workers=1))


def test_a_result_that_cannot_be_sent_is_an_error():
    with pytest.raises(Exception, match=r"(?s)Caught .* worker process 0.*(lambda|pickle)"):
        list(DataLoader(Data(lambda k: lambda: k), None, num_workers=1))


def test_an_exception_while_workers_are_prepared_comes_back():
    def prepare(worker_id):
        raise OSError("no such disk")

    with pytest.raises(OSError, match="no such disk"):
        list(DataLoader(range(3), num_workers=1, worker_init_fn=prepare))


def die(how):
    def f(index):
        if index == 3:
            how()
        return index

    return Data(f)


@pytest.mark.parametrize("persistent", [False, True])
@pytest.mark.parametrize(
    ("how", "text"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "killed by signal SIGKILL; the system"),
        (lambda: os._exit(3), "with exit code 3"),
    ],
)
def test_a_dead_worker_is_an_error_at_once(how, text, persistent):
    loader = DataLoader(die(how), num_workers=2, persistent_workers=persistent)
    iterator, start = iter(loader), time.monotonic()
    pids = pids_of(iterator)
    with pytest.raises(RuntimeError, match=rf"worker \(pid\(s\) \d+\) exited unexpectedly.*{text}"):
        list(iterator)
    assert time.monotonic() - start < 2
    assert gone(pids)
    with pytest.raises(RuntimeError, match="exited unexpectedly"):
        next(iterator)


def test_a_worker_killed_while_it_sends_is_an_error():
    iterator = iter(DataLoader(Data(lambda k: np.zeros(10_000_000)), None, num_workers=1))
    time.sleep(0.3)  # by now it has begun to send, and waits for somebody to read
    os.kill(pids_of(iterator)[0], signal.SIGKILL)
    with pytest.raises(RuntimeError, match="exited unexpectedly"):
        list(iterator)


def test_an_idle_worker_that_was_killed_is_noticed():
    loader = DataLoader(range(20), num_workers=2, prefetch_factor=1)
    iterator = iter(loader)
    next(iterator)
    os.kill(pids_of(iterator)[1], signal.SIGKILL)
    with pytest.raises(RuntimeError, match="exited unexpectedly"):
        list(iterator)


def test_waiting_ends_with_the_timeout():
    loader = DataLoader(Data(lambda k: time.sleep(0.8)), None, num_workers=1, timeout=0.1)
    with pytest.raises(RuntimeError, match=r"timed out after 0\.1 seconds"):
        list(loader)


# --- the end --------------------------------------------------------------------------------------


def test_workers_end_when_the_data_has():
    iterator = iter(DataLoader(range(4), num_workers=2))
    pids = pids_of(iterator)
    assert len(list(iterator)) == 4
    assert gone(pids, 0)
    assert list(iterator) == []


@pytest.mark.parametrize("size", [1, 3_000_000])
def test_workers_end_when_the_iterator_is_dropped(size):
    iterator = iter(DataLoader(Data(lambda k: np.zeros(size)), None, num_workers=2))
    pids = pids_of(iterator)
    next(iterator)
    start = time.monotonic()
    del iterator
    assert gone(pids, 0)
    assert time.monotonic() - start < 2


def test_workers_end_though_later_ones_hold_what_they_inherited():
    first = iter(DataLoader(Data(lambda k: np.zeros(3_000_000)), None, num_workers=2))
    second = iter(DataLoader(range(100), num_workers=2))
    pids, start = pids_of(first), time.monotonic()
    del first
    assert gone(pids, 0)
    assert time.monotonic() - start < 2
    assert [batch.item() for batch in second] == list(range(100))


def test_workers_end_with_a_program_that_is_killed(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import time, microgradnn as mg\n"
        "it = iter(mg.utils.data.DataLoader(range(1000), num_workers=2))\n"
        "next(it)\n"
        "print(*[w.pid for w in it._workers], flush=True)\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-W", "ignore", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        pids = [int(pid) for pid in started.stdout.readline().split()]
        assert len(pids) == 2
        started.kill()
    assert gone(pids)


@pytest.mark.parametrize("persistent", [False, True])
def test_a_program_ends_though_an_iterator_is_left(tmp_path, persistent):
    program = tmp_path / "program.py"
    program.write_text(
        "import microgradnn as mg\n"
        "data = mg.utils.data.TensorDataset(mg.zeros(100, 100_000))\n"
        f"loader = mg.utils.data.DataLoader(data, num_workers=1, persistent_workers={persistent})\n"
        "it = iter(loader)\n"
        "print(len(next(it)))\n"
    )
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-W", "error", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")
    assert time.monotonic() - start < 5


def test_a_copy_of_the_iterator_in_a_forked_process_stops_nothing():
    iterator = iter(DataLoader(range(10), num_workers=1))
    next(iterator)

    def drop():
        iterator._stop()
        gc.collect()

    process = multiprocessing.get_context("fork").Process(target=drop)
    process.start()
    process.join()
    assert process.exitcode == 0
    assert len(list(iterator)) == 9


def test_python_may_warn_of_forking_among_threads(monkeypatch):
    """From 3.12 on it does; here `fork` says what it says there."""
    fork, calls = os.fork, collections.Counter()

    def warning_fork():
        calls["fork"] += 1
        warnings.warn(
            f"This process (pid={os.getpid()}) is multi-threaded, use of fork() may lead to "
            "deadlocks in the child.",
            DeprecationWarning,
            stacklevel=2,
        )
        return fork()

    monkeypatch.setattr(os, "fork", warning_fork)
    loader = DataLoader(range(3), num_workers=1, multiprocessing_context="fork")
    assert given(loader) == [[0], [1], [2]]
    assert calls["fork"] == 1
