package io.futex.channel;

/// What an attempt to receive has brought, without exceptions:
///
/// ```java
/// switch (channel.tryReceive()) {
///     case Received.Value<Order> value -> ship(value.value());
///     case Received.Empty<Order> nothing -> doSomethingElse();
///     case Received.Closed<Order> end -> stop();
/// }
/// ```
///
/// A channel allocates the first alone; the others are the same objects each time.
///
/// @param <T> what the channel carries
public sealed interface Received<T> {
    /// A value.
    ///
    /// @param <T> what the channel carries
    /// @param value never null
    record Value<T>(T value) implements Received<T> {}

    /// Nothing was there, or came in time.
    ///
    /// @param <T> what the channel carries
    record Empty<T>() implements Received<T> {}

    /// The channel is closed and has been drained: nothing will come.
    ///
    /// @param <T> what the channel carries
    record Closed<T>() implements Received<T> {}
}
