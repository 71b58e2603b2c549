package dev.millrace.bench.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.bench.load.HubDialect;
import dev.millrace.bench.load.LoadPlan;
import dev.millrace.bench.load.LoadReport;
import dev.millrace.bench.load.LoadRun;
import dev.millrace.server.MillraceServer;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Through how many types an event passes between two system calls: from the read of its request to the loops that it wakes, and from
 * there to the write to a socket. Seen in the stacks of a hub under load, so that no picture of the path has to be kept true; looked at
 * until both ways were seen, for a look that comes between two events sees neither.
 */
class PathIT {
    private static final String OURS = "dev.millrace.";
    private static final int MAX_TO_THE_LOOPS = 7;
    private static final int MAX_TO_THE_SOCKET = 6;
    private static final int MAX_LOADS = 10;

    private final Set<List<String>> toTheLoops = new HashSet<>();
    private final Set<List<String>> toTheSocket = new HashSet<>();

    @Test
    void anEventPassesFewTypesOnItsWay() throws Exception {
        try (MillraceServer server = MillraceServer.builder().port(0).start()) {
            for (int load = 0; load < MAX_LOADS && (toTheLoops.isEmpty() || toTheSocket.isEmpty()); load++) {
                lookWhile(CompletableFuture.supplyAsync(() -> underLoad(server.port())));
            }
        }
        System.out.printf("to the loops: %s%nto the socket: %s%n", toTheLoops, toTheSocket);
        assertThat(toTheLoops)
                .isNotEmpty()
                .allSatisfy(path -> assertThat(path).hasSizeLessThanOrEqualTo(MAX_TO_THE_LOOPS));
        assertThat(toTheSocket)
                .isNotEmpty()
                .allSatisfy(path -> assertThat(path).hasSizeLessThanOrEqualTo(MAX_TO_THE_SOCKET));
    }

    private void lookWhile(CompletableFuture<LoadReport> load) throws InterruptedException {
        while (!load.isDone()) {
            Thread.getAllStackTraces().values().forEach(this::look);
            Thread.sleep(1); // between two looks: nothing is waited for
        }
        LoadReport report = load.join();
        assertThat(report.isClean()).as(report.text()).isTrue();
    }

    private void look(StackTraceElement[] frames) {
        List<String> types = typesOf(frames);
        if (types.contains("Dispatcher") && types.contains("PublishRoutes")) {
            toTheLoops.add(types.subList(0, types.indexOf("Dispatcher") + 1));
        } else if (types.indexOf("Dispatcher") == 0 && types.contains("SseStream") && isInNetty(frames)) {
            toTheSocket.add(types);
        }
    }

    /** Our types of a stack, the outermost first; what is nested belongs to the type that it stands in. */
    private static List<String> typesOf(StackTraceElement[] frames) {
        Set<String> types = new LinkedHashSet<>();
        for (int i = frames.length - 1; i >= 0; i--) {
            String type = frames[i].getClassName();
            if (type.startsWith(OURS)) {
                types.add(type.replaceAll("[$/].*", "").replaceAll(".*\\.", ""));
            }
        }
        return List.copyOf(types);
    }

    private static boolean isInNetty(StackTraceElement[] frames) {
        return frames[0].getClassName().startsWith("io.netty.channel.");
    }

    private static LoadReport underLoad(int port) {
        try {
            return new LoadRun(plan(port), line -> {}).run();
        } catch (InterruptedException e) {
            throw new IllegalStateException("the load was interrupted", e);
        }
    }

    private static LoadPlan plan(int port) {
        return new LoadPlan(
                URI.create("http://127.0.0.1:" + port),
                50,
                50,
                8,
                0,
                32,
                1,
                112,
                Duration.ofSeconds(1),
                Duration.ofSeconds(3),
                Optional.empty(),
                new HubDialect());
    }
}
