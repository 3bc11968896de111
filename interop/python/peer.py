# SPDX-License-Identifier: Apache-2.0
"""python3 peer.py FILE ROUNDS: meets another process on the words of a mapped file; see interop/README.md."""

import mmap
import sys

from futex_sync import Event, Semaphore, Word


def main(path, rounds):
    with open(path, "r+b") as file:
        memory = mmap.mmap(file.fileno(), 4096)
    gate = Event(memory, 0, auto_reset=False)
    word = Word(memory, 64)
    asked, answered = Semaphore(memory, 128), Semaphore(memory, 192)
    ping, pong = Event(memory, 256, auto_reset=True), Event(memory, 320, auto_reset=True)

    if answered.acquire(timeout=0.01) or pong.wait(timeout=0.01):
        sys.exit("what nobody gave was taken")
    gate.wait()
    gate.reset()
    for i in range(rounds):
        while word.get() != 2 * i + 1:
            word.wait(2 * i)
        word.set(2 * i + 2)
        word.wake()

        asked.acquire()
        answered.release()

        ping.wait()
        pong.set()
    print("ok", rounds)


main(sys.argv[1], int(sys.argv[2]))
