"""Group commit: what the threads of one process submit at the same time is carried out together, by one of them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Work = TypeVar("Work")
Result = TypeVar("Result")


class OutcomeUnknownError(RuntimeError):
    """The thread that carried out this work for others was interrupted; whether it was done is not known."""


class _Job(Generic[Work, Result]):
    """One thread's work, and what came of it."""

    def __init__(self, work: Work) -> None:
        self.work, self.wake = work, threading.Event()
        self.results: list[Result] = []  # one, once it is carried out
        self.error: Exception | None = None
        self.done = False


class Group(Generic[Work, Result]):
    """The queue of one process. A thread that finds nobody leading leads: it carries out all that waits, and hands over."""

    def __init__(self, together: Callable[[Sequence[Work]], Sequence[Result]], refusal: type[Exception], limit: int = 64) -> None:
        """Take what carries out a batch, or raises having done nothing.

        A batch that raises `refusal` is tried one by one, so that a refusal reaches only the caller whose work it is. Any
        other exception reaches all of them. `limit` is the most submissions that one batch takes.
        """
        self._together, self._refusal, self._limit = together, refusal, limit
        self._lock, self._led = threading.Lock(), False
        self._waiting: list[_Job[Work, Result]] = []

    def submit(self, work: Work) -> Result:
        """Carry out one submission, alone or among others, and return its result or raise its error."""
        job: _Job[Work, Result] = _Job(work)
        with self._lock:
            self._waiting.append(job)
            lead, self._led = not self._led, True
        if not lead:
            job.wake.wait()  # until it is done, or until it is this thread's turn to lead
        if not job.done:
            self._lead()
        if job.error is not None:
            raise job.error
        return job.results[0]

    def _lead(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
        try:
            self._carry_out(batch)
        finally:
            with self._lock:
                successor = self._waiting[0] if self._waiting else None
                self._led = successor is not None
            if successor is not None:
                successor.wake.set()
            for job in batch:
                job.done = True
                job.wake.set()

    def _carry_out(self, batch: Sequence[_Job[Work, Result]]) -> None:
        try:
            for job, result in zip(batch, self._together([job.work for job in batch]), strict=True):
                job.results.append(result)
        except self._refusal as error:
            if len(batch) == 1:
                batch[0].error = error
            else:
                for job in batch:
                    self._carry_out([job])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised again, in every thread that waits for it
            for job in batch:
                job.error = error
        except BaseException:
            for job in batch:
                job.error = OutcomeUnknownError("the thread that led this append was interrupted; its outcome is not known")
            raise
