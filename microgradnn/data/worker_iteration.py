"""Going through a dataset with worker processes.

Each worker has a pipe of its own, on which tasks go out and results come back. There is no queue
that all write to, whose lock a killed worker could keep, and no thread in this process, which the
next fork would copy in the middle of something. Waiting is for all pipes and all processes at
once, so that a death is noticed when it happens.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import time
import warnings
import weakref
from itertools import cycle
from multiprocessing import connection
from typing import TYPE_CHECKING, Any, NoReturn

from .iteration import LoaderIterator
from .worker import RESTART, Failure, StreamEnd, Work, receive, run, send

if TYPE_CHECKING:
    from .dataloader import DataLoader

STOP_SECONDS = 5.0
"""How long a worker may finish what it is doing before it is terminated."""

_own_ends: weakref.WeakSet[Any] = weakref.WeakSet()
"""This process's ends of the pipes to all workers that are alive."""


class WorkersIterator(LoaderIterator):
    """One run, or with ``persistent_workers`` several, through a `DataLoader` with workers."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        super().__init__(loader)
        assert loader.prefetch_factor is not None
        self._in_order = loader.in_order
        self._persistent = loader.persistent_workers
        self._most_tasks = loader.prefetch_factor * self._num_workers
        self._death = ""
        """What is raised from the moment on that a worker has died."""
        self._ends: list[Any] = []
        self._workers: list[Any] = []
        # Also when it is dropped, or the program ends; never in a process that was forked off.
        self._stop = weakref.finalize(self, _stop, self._workers, self._ends, os.getpid())
        context = loader.multiprocessing_context or multiprocessing.get_context()
        work = Work(
            self._dataset, self._auto_collation, self._collate_fn, self._drop_last,
            loader.worker_init_fn, self._base_seed, self._num_workers,
        )  # fmt: skip
        try:
            for worker_id in range(self._num_workers):
                self._start_worker(context, work, worker_id)
        except BaseException:
            self._stop()
            raise
        self._begin()

    def _start_worker(self, context: Any, work: Work, worker_id: int) -> None:
        own_end, workers_end = context.Pipe()
        _own_ends.add(own_end)
        self._ends.append(own_end)
        forked = context.get_start_method() == "fork"
        worker = context.Process(
            target=run,
            args=(work, worker_id, workers_end, list(_own_ends) if forked else []),
            name=f"DataLoader worker {worker_id}",
            daemon=True,
        )
        try:
            with warnings.catch_warnings():
                # Python warns of forking where there are threads. The usual ones here are those of
                # NumPy's matrix library, which is prepared for forks.
                warnings.filterwarnings(
                    "ignore", ".*multi-threaded, use of fork", category=DeprecationWarning
                )
                worker.start()
        except (TypeError, AttributeError, pickle.PicklingError) as error:
            error.add_note(
                "A DataLoader worker could not be started: with the start method "
                f"{context.get_start_method()!r} the dataset, collate_fn and worker_init_fn are "
                'pickled. Define them at the top of a module, or say multiprocessing_context="fork"'
            )
            raise
        finally:
            workers_end.close()
        self._workers.append(worker)

    def restart(self, loader: DataLoader[Any]) -> None:
        """Begin the next iteration with the same workers."""
        super().restart(loader)
        self._check_alive()
        for worker_id in range(self._num_workers):
            self._send(worker_id, RESTART)
        waiting = self._num_workers
        while waiting:
            number, _ = self._receive()  # what the last iteration did not wait for is dropped
            waiting -= number == RESTART
        self._begin()

    def _begin(self) -> None:
        self._send_number = 0
        """Of the next task to be sent."""
        self._give_number = 0
        """Of the next task whose data is given to the user."""
        self._worker_of: dict[int, int] = {}
        """Which worker has a task, by its number, until its data is given."""
        self._arrived: dict[int, Any] = {}
        """Data that came early."""
        self._active = [True] * self._num_workers
        """Which workers' streams have not ended."""
        self._loads = [0] * self._num_workers
        """How many tasks each has."""
        self._turns = cycle(range(self._num_workers))
        for _ in range(self._most_tasks):
            self._send_task()

    def _send_task(self) -> None:
        """Give the next task to the next worker, if there are any."""
        try:
            indices = next(self._sampler_iter)
        except StopIteration:
            return
        for _ in range(self._num_workers):
            worker_id = next(self._turns)
            if self._active[worker_id]:
                share = self._most_tasks // sum(self._active)
                if self._in_order or self._loads[worker_id] < share:
                    break
        else:
            return
        self._worker_of[self._send_number] = worker_id
        self._loads[worker_id] += 1
        self._send(worker_id, (self._send_number, indices))
        self._send_number += 1

    def _send(self, worker_id: int, message: Any) -> None:
        # If it has died: what it sent before is still to be read, and then that is noticed.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            send(self._ends[worker_id], message)

    def _next_data(self) -> Any:
        self._check_alive()
        while True:
            if not self._skip_to_wanted():
                if not self._persistent:
                    self._stop()
                raise StopIteration
            if self._give_number in self._arrived:
                return self._give(self._give_number, self._arrived.pop(self._give_number))
            number, data = self._receive()
            if isinstance(data, StreamEnd):
                self._active[data.worker_id] = False
                for task in [t for t, w in self._worker_of.items() if w == data.worker_id]:
                    if task not in self._arrived:
                        del self._worker_of[task]  # it will not be done
                self._send_task()
            elif number == self._give_number or not self._in_order:
                return self._give(number, data)
            else:
                self._arrived[number] = data

    def _skip_to_wanted(self) -> bool:
        """Go on to the next task that somebody has or had; False if there is none."""
        while self._give_number < self._send_number:
            if self._give_number in self._worker_of:
                return True
            self._give_number += 1
        return False

    def _give(self, number: int, data: Any) -> Any:
        self._loads[self._worker_of.pop(number)] -= 1
        self._send_task()
        if isinstance(data, Failure):
            data.reraise()
        return data

    # --- waiting ------------------------------------------------------------------------------

    def _receive(self) -> Any:
        """The next message of any worker.

        Raises
        ------
        RuntimeError
            If a worker has died, or none has sent anything within the timeout.
        """
        sentinels = {worker.sentinel: k for k, worker in enumerate(self._workers)}
        ready = connection.wait([*self._ends, *sentinels], self._timeout or None)
        if not ready:
            raise RuntimeError(f"DataLoader timed out after {self._timeout} seconds")
        for end in self._ends:
            if end in ready:
                try:
                    return receive(end)
                except (EOFError, OSError, pickle.UnpicklingError):
                    self._fail(self._ends.index(end))
        self._fail(next(k for sentinel, k in sentinels.items() if sentinel in ready))

    def _fail(self, worker_id: int) -> NoReturn:
        """Stop everything, and raise that a worker has died."""
        worker = self._workers[worker_id]
        worker.join(STOP_SECONDS)
        self._death = (
            f"DataLoader worker (pid(s) {worker.pid}) exited unexpectedly{_reason(worker.exitcode)}"
        )
        self._stop()
        raise RuntimeError(self._death)

    def _check_alive(self) -> None:
        if self._death:
            raise RuntimeError(self._death)


def _reason(exit_code: int | None) -> str:
    if exit_code is None:
        return ""
    if exit_code >= 0:
        return f", with exit code {exit_code}"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = str(-exit_code)
    hint = "; the system does that where memory is short" if name == "SIGKILL" else ""
    return f", killed by signal {name}{hint}"


def _stop(workers: list[Any], ends: list[Any], owner: int) -> None:
    """End the workers: politely, then by force."""
    if os.getpid() != owner:
        return
    for end in ends:
        with contextlib.suppress(OSError):
            send(end, None)
        end.close()
    deadline = time.monotonic() + STOP_SECONDS
    for worker in workers:
        worker.join(max(0.0, deadline - time.monotonic()))
    for worker in workers:
        if worker.is_alive():
            worker.terminate()
    for worker in workers:
        worker.join(1.0)
        if worker.is_alive():
            worker.kill()
            worker.join()
        worker.close()
