/// The engine: all policy of waiting and waking, written once. Not exported.
@org.jspecify.annotations.NullMarked
package io.futex.internal;
