// SPDX-License-Identifier: Apache-2.0

// Package futexsync has words, semaphores and events in shared memory, met by processes in Java, C and other languages.
//
// The layouts and the steps from one state to the next are those of interop/c/futex_sync.h, which describes them.
// Linux, 64-bit. A goroutine that waits keeps its thread: the kernel knows threads only.
package futexsync

import (
	"errors"
	"math"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

const (
	futexWake       = 1
	futexWaitBitset = 9 // unlike FUTEX_WAIT it takes a point in time
	allBits         = 0xFFFFFFFF
	clockMonotonic  = 1

	permits   = 0x7FFFFFFF
	sleeper   = 1 << 32
	sleepers  = 0x1FFFFFFF << 32
	several   = 1 << 61
	modeShift = 62
	manual    = 1
	auto      = 2
	isSet     = 1
	waiters   = 2
	round     = 0xFFFFFFFC
)

// Forever is the deadline of a wait without one.
const Forever = math.MaxInt64

// ErrTooMany is what one more than 536 870 911 that wait are told.
var ErrTooMany = errors.New("too many wait")

// After is the deadline in so much time, in nanoseconds of CLOCK_MONOTONIC.
func After(timeout time.Duration) int64 {
	at := now() + int64(timeout)
	if timeout > 0 && at < 0 {
		return Forever
	}
	return at
}

func now() int64 {
	var at syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&at)), 0)
	return at.Nano()
}

func isOver(deadline int64) bool { return deadline != Forever && now() >= deadline }

// Wait sleeps if the word holds the expected value. It returns when woken, for no reason, if the word holds something
// else already, or when the deadline has come. Look again, in a loop.
func Wait(word *uint32, expected uint32, deadline int64) error {
	var at *syscall.Timespec
	if deadline != Forever {
		t := syscall.NsecToTimespec(deadline)
		at = &t
	}
	_, _, errno := syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWaitBitset,
		uintptr(expected), uintptr(unsafe.Pointer(at)), 0, allBits)
	if errno != 0 && errno != syscall.EAGAIN && errno != syscall.EINTR && errno != syscall.ETIMEDOUT {
		return errno
	}
	return nil
}

// Wake wakes up to so many threads, and returns how many.
func Wake(word *uint32, count int) int {
	woken, _, errno := syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWake,
		uintptr(count), 0, 0, 0)
	if errno != 0 {
		return 0
	}
	return int(woken)
}

// The half of a long on which threads sleep.
func low(state *uint64) *uint32 {
	order := uint16(1)
	half := uintptr(1 - *(*uint8)(unsafe.Pointer(&order)))
	return (*uint32)(unsafe.Add(unsafe.Pointer(state), half*4))
}

func update(state *uint64, step func(uint64) uint64) uint64 {
	for {
		s := atomic.LoadUint64(state)
		if atomic.CompareAndSwapUint64(state, s, step(s)) {
			return s
		}
	}
}

// One permit of a semaphore, or one passage of an auto-reset event, which has the same bits.
func takeOne(state *uint64, deadline int64) (bool, error) {
	counted := uint64(0)
	for {
		s := atomic.LoadUint64(state)
		if s&permits != 0 { // also when the time is over: the wake was perhaps for us
			if atomic.CompareAndSwapUint64(state, s, s-1-counted) {
				return true, nil
			}
		} else if isOver(deadline) {
			if counted == 0 || atomic.CompareAndSwapUint64(state, s, s-counted) {
				return false, nil
			}
		} else if counted != 0 {
			if err := Wait(low(state), 0, deadline); err != nil {
				return false, err
			}
		} else if s&sleepers == sleepers {
			return false, ErrTooMany
		} else if atomic.CompareAndSwapUint64(state, s, s+sleeper) {
			counted = sleeper
		}
	}
}

// Semaphore has 16 bytes, 8-aligned; zeros are no permits. It takes one at a time, and gives as many as you like.
type Semaphore struct {
	state       uint64
	bulk, least uint32
}

// Acquire tells whether there was a permit by then.
func (x *Semaphore) Acquire(deadline int64) (bool, error) { return takeOne(&x.state, deadline) }

// Release panics if there would be more than 2 147 483 647 permits.
func (x *Semaphore) Release(n uint32) {
	s := update(&x.state, func(s uint64) uint64 {
		if uint64(n) > permits-s&permits {
			panic("too many permits")
		}
		return s + uint64(n)
	})
	if n == 0 {
		return
	}
	if s&sleepers != 0 {
		Wake(low(&x.state), int(n))
	}
	if s&several != 0 && s&permits+uint64(n) >= uint64(atomic.LoadUint32(&x.least)) {
		// Whoever takes the flag wakes all who want several; they judge for themselves.
		if update(&x.state, func(s uint64) uint64 { return s &^ several })&several != 0 {
			atomic.StoreUint32(&x.least, 0)
			atomic.AddUint32(&x.bulk, 1)
			Wake(&x.bulk, math.MaxInt32)
		}
	}
}

// Event has 8 bytes, 8-aligned. Manual-reset: a gate. Auto-reset: it lets one pass for each Set.
type Event struct{ state uint64 }

// Open is called before anything else, by all who use it. False if it is of the other mode.
func (x *Event) Open(autoReset bool) bool {
	mode := uint64(manual)
	if autoReset {
		mode = auto
	}
	s := update(&x.state, func(s uint64) uint64 {
		if s>>modeShift == 0 {
			return s | mode<<modeShift
		}
		return s
	})
	return s>>modeShift == 0 || s>>modeShift == mode
}

func (x *Event) isAuto() bool { return atomic.LoadUint64(&x.state)>>modeShift == auto }

// Whether more passages were given than there are sleepers.
func isPassable(s uint64) bool { return s&permits > s&sleepers>>32 }

// Set lets everybody pass until the next Reset, or one.
func (x *Event) Set() {
	if x.isAuto() {
		s := update(&x.state, func(s uint64) uint64 {
			if isPassable(s) {
				return s
			}
			return s + 1
		})
		if s&sleepers != 0 {
			Wake(low(&x.state), 1)
		}
		return
	}
	half := low(&x.state)
	for {
		s := atomic.LoadUint32(half)
		next := s
		if s&isSet == 0 { // the round changes: who sleeps knows, even if it is reset before that has looked
			next = (s | 3) + 1 | isSet
		}
		if atomic.CompareAndSwapUint32(half, s, next) {
			if s&waiters != 0 {
				Wake(half, math.MaxInt32)
			}
			return
		}
	}
}

// Reset closes it. Whom a Set has let pass by then passes all the same.
func (x *Event) Reset() {
	if x.isAuto() {
		update(&x.state, func(s uint64) uint64 {
			if isPassable(s) {
				return s - 1
			}
			return s
		})
		return
	}
	half := low(&x.state)
	for s := atomic.LoadUint32(half); !atomic.CompareAndSwapUint32(half, s, s&^isSet); s = atomic.LoadUint32(half) {
	}
}

// Wait tells whether it was set by then; an auto-reset one is then passed.
func (x *Event) Wait(deadline int64) (bool, error) {
	if x.isAuto() {
		return takeOne(&x.state, deadline)
	}
	half := low(&x.state)
	first := atomic.LoadUint32(half)
	for s := first; s&isSet == 0 && (s^first)&round == 0; s = atomic.LoadUint32(half) {
		// another round since: it was set meanwhile
		if isOver(deadline) {
			return false, nil
		}
		if s&waiters != 0 || atomic.CompareAndSwapUint32(half, s, s|waiters) {
			if err := Wait(half, s|waiters, deadline); err != nil {
				return false, err
			}
		}
	}
	return true, nil
}
