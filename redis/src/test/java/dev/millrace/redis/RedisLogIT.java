package dev.millrace.redis;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.EventLogContract;
import dev.millrace.log.ForwardingLog;
import dev.millrace.log.Retention;
import dev.millrace.log.Start;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The log on Redis keeps the contract: from its window, and from Redis alone. */
class RedisLogIT {
    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static RedisSettings settings(Retention retention) {
        return RedisSettings.of(server.url())
                .prefix(UUID.randomUUID().toString())
                .retention(retention);
    }

    /** With a window that holds everything that is new. */
    @Nested
    class WithAWindow extends EventLogContract {
        @Override
        protected EventLog newLog(Retention retention) {
            EventLog log = RedisNode.start(settings(retention).clock(clock)).log();
            log.hear(ChannelSet.of("*")).toCompletableFuture().join();
            return log;
        }
    }

    /** With a window that gets the events of some channels. */
    @Nested
    class WithSomeChannels extends EventLogContract {
        @Override
        protected EventLog newLog(Retention retention) {
            EventLog log = RedisNode.start(settings(retention).clock(clock)).log();
            log.hear(ChannelSet.of("a", "b")).toCompletableFuture().join();
            return log;
        }
    }

    /** With nobody who listens: everything is read from Redis. */
    @Nested
    class Unheard extends EventLogContract {
        @Override
        protected EventLog newLog(Retention retention) {
            return RedisNode.start(settings(retention).clock(clock)).log();
        }
    }

    /** With a window that holds one event: all others are read from Redis. */
    @Nested
    class WithoutAWindow extends EventLogContract {
        @Override
        protected EventLog newLog(Retention retention) {
            EventLog log = RedisNode.start(settings(retention).clock(clock).windowBytes(1))
                    .log();
            log.hear(ChannelSet.of("*")).toCompletableFuture().join();
            return log;
        }
    }

    /** With a Redis that has lost its tail: patterns are read channel by channel. */
    @Nested
    class WithoutATail extends EventLogContract {
        @Override
        protected EventLog newLog(Retention retention) {
            RedisSettings settings = settings(retention).clock(clock).windowBytes(1);
            EventLog log = RedisNode.start(settings).log();
            String tail = "{" + settings.prefix() + "}:tail";
            return new ForwardingLog(log) {
                @Override
                public CompletionStage<Cursor> open(ChannelSet channels, Start start, Runnable ready) {
                    server.ask(redis -> redis.xtrim(tail, 0));
                    return super.open(channels, start, ready);
                }
            };
        }
    }
}
