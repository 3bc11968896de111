// SPDX-License-Identifier: Apache-2.0
//! Words, semaphores and events in shared memory, met by processes in Java, C and other languages.
//!
//! The layouts and the steps from one state to the next are those of interop/c/futex_sync.h, which describes them.
//! Linux, 64-bit. No crate is needed: what is used of libc, the standard library links anyway.

use std::ffi::{c_int, c_long, c_void};
use std::io::{Error, ErrorKind, Result};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};
use std::time::Duration;

extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    fn clock_gettime(clock: c_int, time: *mut Timespec) -> c_int;
    fn mmap(
        address: *mut c_void,
        length: usize,
        protection: c_int,
        flags: c_int,
        file: c_int,
        offset: i64,
    ) -> *mut c_void;
}

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanos: i64,
}

// futex(2), by the architecture's own table
#[cfg(target_arch = "x86_64")]
const SYS_FUTEX: c_long = 202;
#[cfg(any(target_arch = "aarch64", target_arch = "riscv64"))]
const SYS_FUTEX: c_long = 98;
#[cfg(target_arch = "powerpc64")]
const SYS_FUTEX: c_long = 221;
#[cfg(target_arch = "s390x")]
const SYS_FUTEX: c_long = 238;

const FUTEX_WAKE: c_long = 1;
const FUTEX_WAIT_BITSET: c_long = 9; // unlike FUTEX_WAIT it takes a point in time
const ALL_BITS: c_long = 0xFFFF_FFFF;
const CLOCK_MONOTONIC: c_int = 1;
const EINTR: i32 = 4;
const EAGAIN: i32 = 11;
const ETIMEDOUT: i32 = 110;

const PERMITS: u64 = 0x7FFF_FFFF;
const SLEEPER: u64 = 1 << 32;
const SLEEPERS: u64 = 0x1FFF_FFFF << 32;
const SEVERAL: u64 = 1 << 61;
const SET: u32 = 1;
const WAITERS: u32 = 2;
const ROUND: u32 = 0xFFFF_FFFC;

/// A point in time on CLOCK_MONOTONIC in nanoseconds; None is never.
#[derive(Clone, Copy)]
pub struct Deadline(Option<i64>);

impl Deadline {
    pub const NEVER: Deadline = Deadline(None);

    pub fn after(timeout: Duration) -> Deadline {
        Deadline(
            i64::try_from(timeout.as_nanos())
                .ok()
                .and_then(|nanos| now().checked_add(nanos)),
        )
    }

    fn is_over(self) -> bool {
        self.0.map_or(false, |at| now() >= at)
    }
}

fn now() -> i64 {
    let mut time = Timespec {
        seconds: 0,
        nanos: 0,
    };
    unsafe { clock_gettime(CLOCK_MONOTONIC, &mut time) };
    time.seconds * 1_000_000_000 + time.nanos
}

/// Maps the whole file, for as long as the process lives.
pub fn map(file: &std::fs::File) -> Result<*mut u8> {
    use std::os::unix::io::AsRawFd;
    let length = usize::try_from(file.metadata()?.len()).expect("a file that fits into memory");
    // PROT_READ | PROT_WRITE, MAP_SHARED
    let memory = unsafe { mmap(std::ptr::null_mut(), length, 3, 1, file.as_raw_fd(), 0) };
    if memory as isize == -1 {
        Err(Error::last_os_error())
    } else {
        Ok(memory.cast())
    }
}

/// Sleeps if the word holds `expected`. Returns when woken, for no reason, if it holds something else already, or when
/// the deadline has come. Look again, in a loop.
pub fn wait(word: &AtomicU32, expected: u32, deadline: Deadline) -> Result<()> {
    let time = deadline.0.map(|at| Timespec {
        seconds: at / 1_000_000_000,
        nanos: at % 1_000_000_000,
    });
    let time = time
        .as_ref()
        .map_or(std::ptr::null(), |at| at as *const Timespec);
    let none = std::ptr::null::<u32>();
    let value = c_long::from(expected);
    if unsafe {
        syscall(
            SYS_FUTEX,
            word as *const AtomicU32,
            FUTEX_WAIT_BITSET,
            value,
            time,
            none,
            ALL_BITS,
        )
    } < 0
    {
        let error = Error::last_os_error();
        if !matches!(error.raw_os_error(), Some(EAGAIN | EINTR | ETIMEDOUT)) {
            return Err(error);
        }
    }
    Ok(())
}

/// Wakes up to `count` threads, and returns how many.
pub fn wake(word: &AtomicU32, count: i32) -> i32 {
    let none = std::ptr::null::<u32>();
    let count = c_long::from(count);
    let woken = unsafe {
        syscall(
            SYS_FUTEX,
            word as *const AtomicU32,
            FUTEX_WAKE,
            count,
            none,
            none,
            0 as c_long,
        )
    };
    i32::try_from(woken).unwrap_or(0)
}

/// The half of a long on which threads sleep.
fn low(state: &AtomicU64) -> &AtomicU32 {
    let half = usize::from(cfg!(target_endian = "big"));
    unsafe { &*(state as *const AtomicU64).cast::<AtomicU32>().add(half) }
}

/// One permit of a semaphore, or one passage of an auto-reset event, which has the same bits.
fn take_one(state: &AtomicU64, deadline: Deadline) -> Result<bool> {
    let mut counted = false;
    loop {
        let s = state.load(SeqCst);
        let step = |to| state.compare_exchange(s, to, SeqCst, SeqCst).is_ok();
        if s & PERMITS != 0 {
            // also when the time is over: the wake was perhaps for us
            if step(s - 1 - if counted { SLEEPER } else { 0 }) {
                return Ok(true);
            }
        } else if deadline.is_over() {
            if !counted || step(s - SLEEPER) {
                return Ok(false);
            }
        } else if counted {
            wait(low(state), 0, deadline)?;
        } else if s & SLEEPERS == SLEEPERS {
            return Err(Error::new(ErrorKind::Other, "too many wait"));
        } else if step(s + SLEEPER) {
            counted = true;
        }
    }
}

/// Zeros are no permits. Takes one at a time, gives as many as you like.
#[repr(C, align(8))]
pub struct Semaphore {
    state: AtomicU64,
    bulk: AtomicU32,
    least: AtomicU32,
}

const _: () = assert!(std::mem::size_of::<Semaphore>() == 16);

impl Semaphore {
    /// Whether there was a permit by then.
    pub fn acquire(&self, deadline: Deadline) -> Result<bool> {
        take_one(&self.state, deadline)
    }

    /// # Panics
    /// If there would be more than 2 147 483 647 permits.
    pub fn release(&self, n: u32) {
        let add = |s: u64| {
            assert!(u64::from(n) <= PERMITS - (s & PERMITS), "too many permits");
            Some(s + u64::from(n))
        };
        let s = self
            .state
            .fetch_update(SeqCst, SeqCst, add)
            .expect("always a next state");
        if n == 0 {
            return;
        }
        if s & SLEEPERS != 0 {
            wake(low(&self.state), n as i32);
        }
        if s & SEVERAL != 0
            && (s & PERMITS) + u64::from(n) >= u64::from(self.least.load(SeqCst))
            && self.state.fetch_and(!SEVERAL, SeqCst) & SEVERAL != 0
        {
            // Whoever takes the flag wakes all who want several; they judge for themselves.
            self.least.store(0, SeqCst);
            self.bulk.fetch_add(1, SeqCst);
            wake(&self.bulk, i32::MAX);
        }
    }
}

/// Manual-reset: a gate. Auto-reset: lets one pass for each set.
#[repr(C, align(8))]
pub struct Event {
    state: AtomicU64,
}

const _: () = assert!(std::mem::size_of::<Event>() == 8);

impl Event {
    /// Before anything else, by all who use it. False if it is of the other mode.
    pub fn open(&self, auto_reset: bool) -> bool {
        let mode = if auto_reset { 2 } else { 1 };
        let open = |s: u64| {
            if s >> 62 == 0 {
                Some(s | mode << 62)
            } else {
                None
            }
        };
        self.state
            .fetch_update(SeqCst, SeqCst, open)
            .unwrap_or_else(|s| s)
            >> 62
            & !mode
            == 0
    }

    fn is_auto(&self) -> bool {
        self.state.load(SeqCst) >> 62 == 2
    }

    pub fn set(&self) {
        if self.is_auto() {
            let give = |s: u64| Some(s + u64::from(s & PERMITS <= (s & SLEEPERS) >> 32));
            if self
                .state
                .fetch_update(SeqCst, SeqCst, give)
                .expect("always a next state")
                & SLEEPERS
                != 0
            {
                wake(low(&self.state), 1);
            }
        } else {
            // The round changes: who sleeps knows, even if it is reset before that has looked.
            let open = |s: u32| {
                Some(if s & SET != 0 {
                    s
                } else {
                    (s | 3).wrapping_add(1) | SET
                })
            };
            let half = low(&self.state);
            if half
                .fetch_update(SeqCst, SeqCst, open)
                .expect("always a next state")
                & WAITERS
                != 0
            {
                wake(half, i32::MAX);
            }
        }
    }

    pub fn reset(&self) {
        if self.is_auto() {
            let take = |s: u64| Some(s - u64::from(s & PERMITS > (s & SLEEPERS) >> 32));
            self.state
                .fetch_update(SeqCst, SeqCst, take)
                .expect("always a next state");
        } else {
            low(&self.state).fetch_and(!SET, SeqCst);
        }
    }

    /// Whether it was set by then; an auto-reset one is then passed.
    pub fn wait(&self, deadline: Deadline) -> Result<bool> {
        if self.is_auto() {
            return take_one(&self.state, deadline);
        }
        let half = low(&self.state);
        let first = half.load(SeqCst);
        let mut s = first;
        // another round since: it was set meanwhile
        while s & SET == 0 && (s ^ first) & ROUND == 0 {
            if deadline.is_over() {
                return Ok(false);
            }
            if s & WAITERS != 0
                || half
                    .compare_exchange(s, s | WAITERS, SeqCst, SeqCst)
                    .is_ok()
            {
                wait(half, s | WAITERS, deadline)?;
            }
            s = half.load(SeqCst);
        }
        Ok(true)
    }
}
