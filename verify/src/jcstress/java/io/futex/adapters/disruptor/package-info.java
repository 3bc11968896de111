/// What only a real memory model can show of the Disruptor's wait strategy.
@org.jspecify.annotations.NullMarked
package io.futex.adapters.disruptor;
