/// Memory that processes share: locks that outlive the death of who holds them.
///
/// Read in this order: [io.futex.shared.RobustMutex] with [io.futex.shared.NotRecoverableException],
/// [io.futex.shared.RobustOnce].
@org.jspecify.annotations.NullMarked
package io.futex.shared;
