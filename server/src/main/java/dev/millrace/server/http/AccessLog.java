package dev.millrace.server.http;

import dev.millrace.server.auth.ClientAddress;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log: a line for each request that is over and for each stream that has ended, by a logger of its own. Thread-safe.
 *
 * <p>Headers and bodies are in no line, and of an address only what lets nobody act: see {@link LoggedText}.
 */
final class AccessLog {
    /** Of a client that left before its answer. */
    static final int NO_STATUS = 0;

    private static final Logger LOGGER = LoggerFactory.getLogger("millrace.access");

    private final LongSupplier nanoTime;

    /** @param nanoTime a clock that never goes back, as {@link System#nanoTime} */
    AccessLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * A request has come.
     *
     * @param method empty where it could not be read
     */
    Visit visit(String method, InetAddress peer) {
        return new Visit(method, ClientAddress.of(peer));
    }

    /** A request, as far as it is known. Not thread-safe. */
    final class Visit {
        private final String method;
        private final long beganNanos = nanoTime.getAsLong();
        private ClientAddress client;
        private String target = "";
        private @Nullable String user;

        private Visit(String method, ClientAddress client) {
            this.method = method;
            this.client = client;
        }

        /** What it asks for, and the address that it counts under. */
        void asks(Request request, ClientAddress from) {
            target = request.target();
            client = from;
        }

        /** Whose token it shows. */
        void isOf(Optional<String> subject) {
            user = subject.orElse(null);
        }

        /**
         * How it ended.
         *
         * @param bytes of the body, as far as they were handed to the connection
         */
        void ended(int status, long bytes) {
            LOGGER.info(
                    "client={} user={} method={} path={} status={} bytes={} ms={}",
                    client,
                    shown(user == null ? "" : user),
                    shown(method),
                    shown(LoggedText.redacted(target)),
                    status == NO_STATUS ? "-" : status,
                    bytes,
                    (nanoTime.getAsLong() - beganNanos) / 1_000_000);
        }

        private static String shown(String text) {
            return text.isEmpty() ? "-" : LoggedText.quoted(text);
        }
    }
}
