# SPDX-License-Identifier: Apache-2.0
"""Words, semaphores and events in shared memory, met by processes in Java, C and other languages.

The layouts and the steps from one state to the next are those of interop/c/futex_sync.h, which describes them. Linux,
64-bit. Python has no atomic steps of its own, so they are libatomic's, which comes with gcc (Debian: libatomic1).

    memory = mmap.mmap(file.fileno(), 4096)
    permits = Semaphore(memory, 64)
    if permits.acquire(timeout=0.5):
        ...
"""

import ctypes
import errno
import os
import platform
import sys
import time

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_atomic = ctypes.CDLL("libatomic.so.1")
_SEQ_CST = 5

# futex(2), by the architecture's own table
_SYS_FUTEX = {"x86_64": 202, "aarch64": 98, "riscv64": 98, "ppc64le": 221, "s390x": 238}[platform.machine()]
_FUTEX_WAKE = 1
_FUTEX_WAIT_BITSET = 9  # unlike FUTEX_WAIT it takes a point in time
_ALL_BITS = 0xFFFFFFFF
_EVERYBODY = 0x7FFFFFFF

_LOW = 0 if sys.byteorder == "little" else 4
_PERMITS = 0x7FFFFFFF
_SLEEPER = 1 << 32
_SLEEPERS = 0x1FFFFFFF << 32
_SEVERAL = 1 << 61
_MANUAL, _AUTO = 1, 2
_SET, _WAITERS, _ROUND = 1, 2, 0xFFFFFFFC


class _Timespec(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanos", ctypes.c_long)]


class _Atomic:
    """An integer of shared memory, with the steps that processors have."""

    def __init__(self, memory, offset, kind, size):
        # Holds the buffer, so that the memory stays mapped.
        self._cell = kind.from_buffer(memory, offset)
        self._kind = kind
        self._at = ctypes.byref(self._cell)
        self._load = getattr(_atomic, "__atomic_load_%d" % size)
        self._store = getattr(_atomic, "__atomic_store_%d" % size)
        self._cas = getattr(_atomic, "__atomic_compare_exchange_%d" % size)
        self._load.restype = kind
        self._cas.restype = ctypes.c_bool

    def get(self):
        return self._load(self._at, _SEQ_CST)

    def set(self, value):
        self._store(self._at, self._kind(value), _SEQ_CST)

    def compare_and_set(self, expected, value):
        found = self._kind(expected)
        return self._cas(self._at, ctypes.byref(found), self._kind(value), _SEQ_CST, _SEQ_CST)

    def update(self, step):
        """Replaces the value by step(value), which may be called several times; returns the value before."""
        while True:
            value = self.get()
            if self.compare_and_set(value, step(value)):
                return value


class Word:
    """32 bits to wait on. What it means is yours to say."""

    def __init__(self, memory, offset):
        if offset % 4:
            raise ValueError("a word lies at an offset divisible by 4, not %d" % offset)
        self._value = _Atomic(memory, offset, ctypes.c_uint32, 4)

    def get(self):
        return self._value.get()

    def set(self, value):
        self._value.set(value)

    def compare_and_set(self, expected, value):
        return self._value.compare_and_set(expected, value)

    def update(self, step):
        return self._value.update(lambda value: step(value) & 0xFFFFFFFF)

    def wait(self, expected, deadline=None):
        """Sleeps if it holds `expected`; returns when woken, for no reason, when it holds something else already, or
        when time.monotonic() has reached the deadline. Look again, in a loop."""
        timeout = None
        if deadline is not None:
            nanos = max(0, int(deadline * 1e9))
            timeout = ctypes.byref(_Timespec(nanos // 1000000000, nanos % 1000000000))
        arguments = [ctypes.c_long(_FUTEX_WAIT_BITSET), ctypes.c_long(expected & 0xFFFFFFFF), timeout, None]
        if _libc.syscall(ctypes.c_long(_SYS_FUTEX), self._value._at, *arguments, ctypes.c_long(_ALL_BITS)) < 0:
            error = ctypes.get_errno()
            if error not in (errno.EAGAIN, errno.EINTR, errno.ETIMEDOUT):
                raise OSError(error, os.strerror(error))

    def wake(self, count=1):
        """Wakes up to so many, and returns how many."""
        number, operation = ctypes.c_long(_SYS_FUTEX), ctypes.c_long(_FUTEX_WAKE)
        return _libc.syscall(number, self._value._at, operation, ctypes.c_long(count), None, None, None)

    def wake_all(self):
        return self.wake(_EVERYBODY)


def _deadline(timeout):
    return None if timeout is None else time.monotonic() + timeout


def _is_over(deadline):
    return deadline is not None and time.monotonic() >= deadline


def _take_one(state, low, deadline):
    """One permit of a semaphore, or one passage of an auto-reset event, which has the same bits."""
    counted = False
    while True:
        s = state.get()
        if s & _PERMITS:  # also when the time is over: the wake was perhaps for us
            if state.compare_and_set(s, s - 1 - (_SLEEPER if counted else 0)):
                return True
        elif _is_over(deadline):
            if not counted or state.compare_and_set(s, s - _SLEEPER):
                return False
        elif counted:
            low.wait(0, deadline)
        elif s & _SLEEPERS == _SLEEPERS:
            raise OverflowError("too many wait")
        elif state.compare_and_set(s, s + _SLEEPER):
            counted = True


class Semaphore:
    """16 bytes at an offset divisible by 8; zeros are no permits. Takes one at a time, gives as many as you like."""

    def __init__(self, memory, offset):
        if offset % 8:
            raise ValueError("a semaphore lies at an offset divisible by 8, not %d" % offset)
        self._state = _Atomic(memory, offset, ctypes.c_uint64, 8)
        self._low = Word(memory, offset + _LOW)
        self._bulk = Word(memory, offset + 8)
        self._least = Word(memory, offset + 12)

    def acquire(self, timeout=None):
        """Whether there was a permit within so many seconds."""
        return _take_one(self._state, self._low, _deadline(timeout))

    def release(self, n=1):
        if n <= 0:
            raise ValueError("gives 1 permit or more, not %d" % n)
        while True:
            s = self._state.get()
            if n > _PERMITS - (s & _PERMITS):
                raise OverflowError("a semaphore has at most %d permits" % _PERMITS)
            if self._state.compare_and_set(s, s + n):
                break
        if s & _SLEEPERS:
            self._low.wake(n)
        if s & _SEVERAL and (s & _PERMITS) + n >= self._least.get():
            # Whoever takes the flag wakes all who want several; they judge for themselves.
            if self._state.update(lambda now: now & ~_SEVERAL) & _SEVERAL:
                self._least.set(0)
                self._bulk.update(lambda value: value + 1)
                self._bulk.wake_all()

    def permits(self):
        return self._state.get() & _PERMITS


class Event:
    """8 bytes at an offset divisible by 8. Manual-reset: a gate. Auto-reset: lets one pass for each set."""

    def __init__(self, memory, offset, auto_reset):
        if offset % 8:
            raise ValueError("an event lies at an offset divisible by 8, not %d" % offset)
        self._state = _Atomic(memory, offset, ctypes.c_uint64, 8)
        self._low = Word(memory, offset + _LOW)
        self._auto = auto_reset
        mode = _AUTO if auto_reset else _MANUAL
        if self._state.update(lambda s: s if s >> 62 else s | mode << 62) >> 62 not in (0, mode):
            raise ValueError("the event is of the other mode")

    def set(self):
        if self._auto:
            s = self._state.update(lambda s: s + (s & _PERMITS <= (s & _SLEEPERS) >> 32))
            if s & _SLEEPERS:
                self._low.wake(1)
        else:
            # The round changes: who sleeps knows, even if it is reset before that has looked.
            s = self._low.update(lambda s: s if s & _SET else ((s | 3) + 1) | _SET)
            if s & _WAITERS:
                self._low.wake_all()

    def reset(self):
        if self._auto:
            self._state.update(lambda s: s - (s & _PERMITS > (s & _SLEEPERS) >> 32))
        else:
            self._low.update(lambda s: s & ~_SET)

    def is_set(self):
        s = self._state.get()
        return s & _PERMITS > (s & _SLEEPERS) >> 32 if self._auto else bool(self._low.get() & _SET)

    def wait(self, timeout=None):
        """Whether it was set within so many seconds; then an auto-reset one is passed."""
        deadline = _deadline(timeout)
        if self._auto:
            return _take_one(self._state, self._low, deadline)
        first = s = self._low.get()
        while not s & _SET and not (s ^ first) & _ROUND:  # another round since: it was set meanwhile
            if _is_over(deadline):
                return False
            if s & _WAITERS or self._low.compare_and_set(s, s | _WAITERS):
                self._low.wait(s | _WAITERS, deadline)
            s = self._low.get()
        return True
