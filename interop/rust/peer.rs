// SPDX-License-Identifier: Apache-2.0
//! peer FILE ROUNDS: meets another process on the words of a mapped file; see interop/README.md.

mod futex_sync;

use futex_sync::{map, wait, wake, Deadline, Event, Semaphore};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let rounds: u32 = arguments[2].parse().expect("a number of rounds");
    let file = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(&arguments[1])?;
    let memory = map(&file)?;
    let event = |offset, auto_reset| -> &Event {
        let event: &Event = unsafe { &*memory.add(offset).cast() };
        assert!(event.open(auto_reset), "the event is of the other mode");
        event
    };
    let semaphore = |offset| -> &Semaphore { unsafe { &*memory.add(offset).cast() } };
    let word: &AtomicU32 = unsafe { &*memory.add(64).cast() };
    let gate = event(0, false);
    let (asked, answered) = (semaphore(128), semaphore(192));
    let (ping, pong) = (event(256, true), event(320, true));

    let soon = || Deadline::after(Duration::from_millis(10));
    assert!(
        !answered.acquire(soon())? && !pong.wait(soon())?,
        "what nobody gave was taken"
    );
    gate.wait(Deadline::NEVER)?;
    gate.reset();
    for i in 0..rounds {
        while word.load(SeqCst) != 2 * i + 1 {
            wait(word, 2 * i, Deadline::NEVER)?;
        }
        word.store(2 * i + 2, SeqCst);
        wake(word, 1);

        asked.acquire(Deadline::NEVER)?;
        answered.release(1);

        ping.wait(Deadline::NEVER)?;
        pong.set();
    }
    println!("ok {rounds}");
    Ok(())
}
