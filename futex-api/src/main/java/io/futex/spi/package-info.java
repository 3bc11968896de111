/// What an operating system contributes: one native wait and one native wake. For authors of backends; a program that
/// waits needs nothing of it.
///
/// Read in this order:
///
/// 1. [io.futex.spi.FutexBackend], the two calls, and what they need not care about: time, interrupts, virtual threads
/// 2. [io.futex.spi.Outcome], how a native wait may end
/// 3. [io.futex.spi.FutexBackendProvider], how a backend is found, and
///    [io.futex.spi.BackendUnavailableException], how it says that it does not work here
/// 4. [io.futex.spi.AsyncWaits], where one thread can wait on many words
/// 5. [io.futex.spi.Liveness], who is still there, with [io.futex.spi.Machine]; and [io.futex.spi.RobustSystem], where
///    the system tells of the end of threads by itself
/// 6. [io.futex.spi.Binding] and [io.futex.spi.ThreadBlock], for those who call C
@org.jspecify.annotations.NullMarked
package io.futex.spi;
