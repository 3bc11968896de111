/// For the LMAX Disruptor.
@org.jspecify.annotations.NullMarked
package io.futex.adapters.disruptor;
