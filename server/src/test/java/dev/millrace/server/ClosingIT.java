package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A hub that is closed at once, within a program that goes on, leaves no connection open: busy loops are closed between two looks. */
class ClosingIT {
    private static final int ROUNDS = 20;
    private static final int CONNECTIONS = 10;
    private static final int PATIENCE_MILLIS = 3000;

    @Test
    void endsEveryConnection() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            List<RawConnection> connections = new ArrayList<>();
            AtomicBoolean isOver = new AtomicBoolean();
            CompletableFuture<Void> publishing;
            try (MillraceServer server = MillraceServer.builder().port(0).start()) {
                for (int i = 0; i < CONNECTIONS; i++) {
                    connections.add(unfinished(server));
                }
                RawConnection listener = RawConnection.to(server).sendHead("GET", "/events/busy");
                listener.head();
                listener.chunk();
                publishing = CompletableFuture.runAsync(() -> {
                    while (!isOver.get()) {
                        server.hub().publish("busy", "x");
                    }
                });
            }
            isOver.set(true);
            publishing.join();
            for (RawConnection connection : connections) {
                assertThat(connection.in().read()).as("round %d", round).isEqualTo(-1);
            }
        }
    }

    private static RawConnection unfinished(MillraceServer server) throws IOException {
        RawConnection connection = RawConnection.to(server).send("GET /events/x HTTP/1.1\r\nHo");
        connection.socket().setSoTimeout(PATIENCE_MILLIS);
        return connection;
    }
}
