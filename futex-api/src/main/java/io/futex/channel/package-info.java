/// Channels and select, as Go has them: threads that hand values over instead of sharing memory.
///
/// Read in this order: [io.futex.channel.Channel], [io.futex.channel.Received], [io.futex.channel.Select],
/// [io.futex.channel.Sender] and [io.futex.channel.Receiver].
@org.jspecify.annotations.NullMarked
package io.futex.channel;
