/// Memory that processes share: locks that outlive the death of who holds them.
///
/// Read in this order: [io.futex.shared.RobustMutex], [io.futex.shared.NotRecoverableException].
@org.jspecify.annotations.NullMarked
package io.futex.shared;
