package io.futex.bench.experiment;

import com.softwaremill.jox.Channel;
import com.softwaremill.jox.Select;
import com.softwaremill.jox.SelectClause;
import org.jspecify.annotations.Nullable;

/// A channel of jox. It tries by a select with a default.
record JoxPipe(Channel<Token> channel) implements Pipe {
    private static final SelectClause<Boolean> NOT_SENT = Select.defaultClause(false);
    private static final SelectClause<Token> NOTHING = Select.defaultClause(Token.LAST);

    static Channel<Token> channel(int capacity) {
        return capacity == 0 ? Channel.newRendezvousChannel() : Channel.newBufferedChannel(capacity);
    }

    @Override
    public void put(Token token) throws InterruptedException {
        channel.send(token);
    }

    @Override
    public Token take() throws InterruptedException {
        return channel.receive();
    }

    @Override
    public boolean offer(Token token) throws InterruptedException {
        return Select.select(channel.sendClause(token, () -> true), NOT_SENT);
    }

    @Override
    public @Nullable Token poll() throws InterruptedException {
        Token token = Select.select(channel.receiveClause(), NOTHING);
        return token == Token.LAST ? null : token;
    }
}
