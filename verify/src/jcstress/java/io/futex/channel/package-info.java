/// jcstress tests of channels: what one party has written is seen by the other, in a cell and in a queue.
@org.jspecify.annotations.NullMarked
package io.futex.channel;
