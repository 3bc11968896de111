/// Memory that processes share: who makes it, what lies where in it, and how it is found again.
///
/// Read in this order: [io.futex.shared.RegionLayout], which says what lies where;
/// [io.futex.shared.SharedRegion], which makes such memory, attaches to it, and refuses what is something else;
/// [io.futex.shared.RegionFormatException], which says what differs; [io.futex.shared.RobustMutex], a lock that
/// outlives the death of who holds it, with [io.futex.shared.NotRecoverableException]; [io.futex.shared.RobustOnce];
/// [io.futex.shared.SharedQueue], for records that go from process to process, with
/// [io.futex.shared.DamagedException].
///
/// What a file of this kind holds, byte by byte, stands in `docs/layouts.md`; what it does not protect from, in
/// `docs/limits.md`.
@org.jspecify.annotations.NullMarked
package io.futex.shared;
