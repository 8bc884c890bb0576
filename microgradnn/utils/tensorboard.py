"""`SummaryWriter`: PyTorch's writer of the event files that TensorBoard shows.

It needs the package ``tensorboard``, as PyTorch's does.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import Any

import numpy as np

try:
    from tensorboard.compat.proto.event_pb2 import Event, SessionLog
    from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary
    from tensorboard.plugins.text.metadata import create_summary_metadata
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
    from tensorboard.util.tensor_util import make_tensor_proto
except ImportError as error:
    raise ImportError(
        "utils.tensorboard writes with the package tensorboard, which cannot be imported "
        f"({error}); pip install tensorboard"
    ) from error

__all__ = ["SummaryWriter"]


class SummaryWriter:
    """Writes numbers, histograms and texts as they come, in a thread of its own.

    Parameters
    ----------
    log_dir : str or path, optional
        Where; by default ``runs/`` with the date, the machine's name and the comment.
    comment : str
        The end of that default.
    purge_step : int, optional
        Forget, in the picture, what earlier writers wrote from this step on.
    max_queue : int
        How many events wait before they are written.
    flush_secs : int
        How many seconds they wait at most.
    filename_suffix : str

    Raises
    ------
    ImportError
        When the module is imported without the package ``tensorboard``.
    """

    def __init__(
        self, log_dir: str | os.PathLike[str] | None = None, comment: str = "",
        purge_step: int | None = None, max_queue: int = 10, flush_secs: int = 120,
        filename_suffix: str = "",
    ) -> None:  # fmt: skip
        if not log_dir:
            began = datetime.now().strftime("%b%d_%H-%M-%S")
            log_dir = os.path.join("runs", f"{began}_{socket.gethostname()}{comment}")
        self.log_dir = os.fspath(log_dir)
        self._options = (max_queue, flush_secs, filename_suffix)
        self._files = {self.log_dir: EventFileWriter(self.log_dir, *self._options)}
        if purge_step is not None:
            self._write(Event(file_version="brain.Event:2"), purge_step, None)
            start = Event(session_log=SessionLog(status=SessionLog.START))
            self._write(start, purge_step, None)

    def get_logdir(self) -> str:
        """The folder that is written into."""
        return self.log_dir

    def add_scalar(
        self, tag: str, scalar_value: Any, global_step: int | None = None,
        walltime: float | None = None, new_style: bool = False, double_precision: bool = False,
    ) -> None:  # fmt: skip
        """A number (or a tensor of one) at a step; always as TensorBoard's ``simple_value``."""
        self._add(Summary.Value(tag=tag, simple_value=float(scalar_value)), global_step, walltime)

    def add_scalars(
        self, main_tag: str, tag_scalar_dict: Mapping[str, Any], global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:  # fmt: skip
        """Several numbers for one picture; each has a file of its own in a folder of its own."""
        for tag, value in tag_scalar_dict.items():
            folder = os.path.join(self.log_dir, f"{main_tag.replace('/', '_')}_{tag}")
            if folder not in self._files:
                self._files[folder] = EventFileWriter(folder, *self._options)
            summary = Summary.Value(tag=main_tag, simple_value=float(value))
            self._add(summary, global_step, walltime, folder)

    def add_histogram(
        self, tag: str, values: Any, global_step: int | None = None, bins: str | int = "auto",
        walltime: float | None = None, max_bins: int | None = None,
    ) -> None:  # fmt: skip
        """How the elements of a tensor are distributed, in NumPy's `bins`.

        Raises
        ------
        ValueError
            If there are no values.
        """
        array = np.asarray(values.detach() if hasattr(values, "detach") else values)
        array = array.astype(np.float64).ravel()
        if not array.size:
            raise ValueError("add_histogram: there are no values")
        # PyTorch's default names TensorFlow's bins; their edges only matter to the picture.
        counts, edges = np.histogram(array, bins="auto" if bins == "tensorflow" else bins)
        if max_bins is not None and len(counts) > max_bins:
            counts, edges = np.histogram(array, bins=max_bins)
        histogram = HistogramProto(
            min=array.min(), max=array.max(), num=array.size, sum=array.sum(),
            sum_squares=array @ array, bucket_limit=edges.tolist(), bucket=[0.0, *counts.tolist()],
        )  # fmt: skip
        self._add(Summary.Value(tag=tag, histo=histogram), global_step, walltime)

    def add_text(
        self, tag: str, text_string: str, global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:  # fmt: skip
        """A text, in Markdown."""
        value = Summary.Value(
            tag=f"{tag}/text_summary", tensor=make_tensor_proto([text_string]),
            metadata=create_summary_metadata(tag, ""),
        )  # fmt: skip
        self._add(value, global_step, walltime)

    def _add(self, value: Any, step: Any, walltime: float | None, folder: str = "") -> None:
        self._write(Event(summary=Summary(value=[value])), step, walltime, folder)

    def _write(self, event: Any, step: Any, walltime: float | None, folder: str = "") -> None:
        event.wall_time = time.time() if walltime is None else walltime
        if step is not None:
            event.step = int(step)
        self._files[folder or self.log_dir].add_event(event)

    def flush(self) -> None:
        """Wait until everything is on disk."""
        for file in self._files.values():
            file.flush()

    def close(self) -> None:
        """`flush`, and no more."""
        for file in self._files.values():
            file.close()

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()
