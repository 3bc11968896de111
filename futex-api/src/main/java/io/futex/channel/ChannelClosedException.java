package io.futex.channel;

/// A value was to be sent to a channel that is closed, and has surely not been delivered; or one was to be received
/// from a channel that is closed and has been drained.
public class ChannelClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// The one message says it all.
    public ChannelClosedException() {
        super("the channel is closed");
    }
}
