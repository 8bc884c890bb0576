"""What runs in a worker process: seeding, the loop over tasks, and how results travel."""

from __future__ import annotations

import io
import os
import pickle
import queue
import threading
import traceback
from multiprocessing import connection
from multiprocessing.reduction import ForkingPickler
from typing import Any, NamedTuple, NoReturn

import numpy as np

from ..random import manual_seed
from .dataset import IterableDataset
from .fetch import Fetch, fetcher
from .worker_info import WorkerInfo, become

CHECK_SECONDS = 5.0
"""How often a worker looks whether the process that started it is still there."""

RESTART = "restart"
"""Sent instead of a task: begin the next iteration. The worker sends it back."""


# --- what travels -------------------------------------------------------------------------------


def send(channel: connection.Connection, message: Any) -> None:
    """Send an object; the memory of arrays goes on its own, and is not copied before."""
    buffers: list[pickle.PickleBuffer] = []
    head = io.BytesIO()
    ForkingPickler(head, 5, True, buffers.append).dump((message,))
    channel.send_bytes(pickle.dumps([b.raw().nbytes for b in buffers]))
    channel.send_bytes(head.getbuffer())
    for buffer in buffers:
        if buffer.raw().nbytes:  # an empty message would be read as any other, but costs a call
            channel.send_bytes(buffer.raw())


def receive(channel: connection.Connection) -> Any:
    """What the other end has sent with `send`; arrays are in memory of their own."""
    sizes = pickle.loads(channel.recv_bytes())
    head = channel.recv_bytes()
    buffers = [bytearray(size) for size in sizes]
    for buffer in buffers:
        if buffer:
            channel.recv_bytes_into(buffer)
    return pickle.loads(head, buffers=buffers)[0]


class StreamEnd(NamedTuple):
    """Sent instead of data: this worker's copy of the stream has ended."""

    worker_id: int


class Failure(NamedTuple):
    """An exception on its way to the process that is to raise it."""

    kind: type[BaseException]
    trace: str
    where: str

    @classmethod
    def of(cls, error: BaseException, where: str) -> Failure:
        """What can be sent of an exception: its class and its traceback, as text."""
        return cls(type(error), "".join(traceback.format_exception(error)), where)

    def reraise(self) -> NoReturn:
        """Raise one of the same class, or a RuntimeError if that takes other arguments."""
        text = f"Caught {self.kind.__name__} {self.where}.\nOriginal {self.trace}"
        try:
            if getattr(self.kind, "message", None):
                error = self.kind(message=text)  # type: ignore[call-arg]
            else:
                error = self.kind(_Shown(text) if self.kind is KeyError else text)
        except Exception:
            error = RuntimeError(text)
        raise error from None


class _Shown(str):
    """A text that is shown as it is where KeyError would show its repr, on one line."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


# --- the worker -----------------------------------------------------------------------------------


class Work(NamedTuple):
    """All that a worker is told when it starts."""

    dataset: Any
    auto_collation: bool
    collate_fn: Any
    drop_last: bool
    init_fn: Any
    base_seed: int
    num_workers: int

    def fetcher(self) -> Fetch:
        """A fetcher at the beginning of the dataset."""
        return fetcher(self.dataset, self.auto_collation, self.collate_fn, self.drop_last)


def run(work: Work, worker_id: int, channel: connection.Connection, foreign: list[Any]) -> None:
    """Do tasks until told to stop, or nobody is left to do them for.

    Parameters
    ----------
    work : Work
    worker_id : int
    channel : Connection
        Where tasks ``(number, indices)`` come from and ``(number, data)`` goes.
    foreign : list of Connection
        Ends of pipes that came along with the fork. As long as this process held them, other
        workers would not notice that their end was closed.
    """
    for end in foreign:
        end.close()
    where = f"in DataLoader worker process {worker_id}"
    seed = work.base_seed + worker_id
    _seed_streams(work.base_seed, worker_id)
    become(WorkerInfo(worker_id, work.num_workers, seed, work.dataset))
    problem: Failure | None = None
    fetch: Fetch | None = None
    try:
        if work.init_fn is not None:
            work.init_fn(worker_id)
        fetch = work.fetcher()
    except Exception as error:
        problem = Failure.of(error, where)
    tasks: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(channel, tasks), daemon=True).start()
    ended = False
    try:
        while (task := tasks.get()) is not None:
            if task == RESTART:
                fetch, ended = work.fetcher(), False
                send(channel, (RESTART, None))
                continue
            number, indices = task
            if ended:
                continue
            data: Any = problem
            if fetch is not None and problem is None:
                try:
                    data = fetch(indices)
                except StopIteration as error:
                    ended = isinstance(work.dataset, IterableDataset)
                    data = StreamEnd(worker_id) if ended else Failure.of(error, where)
                except Exception as error:
                    data = Failure.of(error, where)
            _deliver(channel, number, data, where)
    except (KeyboardInterrupt, BrokenPipeError, ConnectionResetError):
        pass  # the process that started this one is interrupted as well, or does not listen


def _deliver(channel: connection.Connection, number: int, data: Any, where: str) -> None:
    """Send a result, or why it cannot be sent."""
    try:
        send(channel, (number, data))
    except OSError:
        raise
    except Exception as error:  # no result that can be pickled, or no exception class
        problem = Failure.of(error, where)
        if isinstance(data, Failure):
            problem = data._replace(kind=RuntimeError)
        send(channel, (number, problem))


def _listen(channel: connection.Connection, tasks: queue.SimpleQueue[Any]) -> None:
    """Pass tasks on as they come, so that whoever sends them never waits for a busy worker."""
    parent = os.getppid()
    try:
        while True:
            while not channel.poll(CHECK_SECONDS):
                if os.getppid() != parent:
                    os._exit(1)  # the worker may be waiting for somebody to read its result
            task = receive(channel)
            tasks.put(task)
            if task is None:
                return
    except (EOFError, OSError):
        tasks.put(None)


def _seed_streams(base_seed: int, worker_id: int) -> None:
    """Seed the global generators, each worker's apart from the others' and from the parent's."""
    import random

    random.seed(base_seed + worker_id)
    manual_seed(base_seed + worker_id)
    words = [worker_id, base_seed & 0xFFFFFFFF, base_seed >> 32, 0]
    # Not the same seed: NumPy's and Python's generator are the same twister.
    np.random.seed(np.random.SeedSequence(words).generate_state(4))  # noqa: NPY002
