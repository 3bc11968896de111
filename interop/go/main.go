// SPDX-License-Identifier: Apache-2.0

// Command peer FILE ROUNDS meets another process on the words of a mapped file; see interop/README.md.
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"peer/futexsync"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func must(done bool, err error) {
	check(err)
	if !done {
		panic("an endless wait has ended")
	}
}

func never(done bool, err error) {
	check(err)
	if done {
		panic("what nobody gave was taken")
	}
}

func main() {
	rounds, err := strconv.Atoi(os.Args[2])
	check(err)
	file, err := os.OpenFile(os.Args[1], os.O_RDWR, 0)
	check(err)
	memory, err := syscall.Mmap(int(file.Fd()), 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	check(err)
	semaphore := func(offset int) *futexsync.Semaphore {
		return (*futexsync.Semaphore)(unsafe.Pointer(&memory[offset]))
	}
	event := func(offset int, autoReset bool) *futexsync.Event {
		event := (*futexsync.Event)(unsafe.Pointer(&memory[offset]))
		if !event.Open(autoReset) {
			panic("the event is of the other mode")
		}
		return event
	}
	gate := event(0, false)
	word := (*uint32)(unsafe.Pointer(&memory[64]))
	asked, answered := semaphore(128), semaphore(192)
	ping, pong := event(256, true), event(320, true)

	never(answered.Acquire(futexsync.After(10 * time.Millisecond)))
	never(pong.Wait(futexsync.After(10 * time.Millisecond)))
	must(gate.Wait(futexsync.Forever))
	gate.Reset()
	for i := uint32(0); i < uint32(rounds); i++ {
		for atomic.LoadUint32(word) != 2*i+1 {
			check(futexsync.Wait(word, 2*i, futexsync.Forever))
		}
		atomic.StoreUint32(word, 2*i+2)
		futexsync.Wake(word, 1)

		must(asked.Acquire(futexsync.Forever))
		answered.Release(1)

		must(ping.Wait(futexsync.Forever))
		pong.Set()
	}
	fmt.Println("ok", rounds)
}
