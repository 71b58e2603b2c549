package dev.millrace.bench.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.bench.load.HubDialect;
import dev.millrace.bench.load.LoadPlan;
import dev.millrace.bench.load.LoadReport;
import dev.millrace.bench.load.LoadRun;
import dev.millrace.server.MillraceServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Through how many types an event passes between two system calls: from the read of its request to the loops that it wakes, and from
 * there to the write to a socket. Seen in the stacks of a hub under load, so that no picture of the path has to be kept true.
 */
class PathIT {
    private static final String OURS = "dev.millrace.";
    private static final List<String> SAMPLES = List.of("jdk.ExecutionSample", "jdk.NativeMethodSample");
    private static final int MAX_TO_THE_LOOPS = 7;
    private static final int MAX_TO_THE_SOCKET = 6;

    private final Set<List<String>> toTheLoops = new HashSet<>();
    private final Set<List<String>> toTheSocket = new HashSet<>();

    @TempDir
    private Path folder;

    @Test
    void anEventPassesFewTypesOnItsWay() throws Exception {
        Path samples = folder.resolve("samples.jfr");
        try (MillraceServer server = MillraceServer.builder().port(0).start();
                Recording recording = new Recording()) {
            SAMPLES.forEach(sample -> recording.enable(sample).withPeriod(Duration.ofMillis(10)));
            recording.start();
            LoadReport report = new LoadRun(plan(server.port()), line -> {}).run();
            recording.dump(samples);
            assertThat(report.isClean()).as(report.text()).isTrue();
        }
        RecordingFile.readAllEvents(samples).forEach(this::look);
        System.out.printf("to the loops: %s%nto the socket: %s%n", toTheLoops, toTheSocket);
        assertThat(toTheLoops)
                .isNotEmpty()
                .allSatisfy(path -> assertThat(path).hasSizeLessThanOrEqualTo(MAX_TO_THE_LOOPS));
        assertThat(toTheSocket)
                .isNotEmpty()
                .allSatisfy(path -> assertThat(path).hasSizeLessThanOrEqualTo(MAX_TO_THE_SOCKET));
    }

    private void look(RecordedEvent sample) {
        if (!SAMPLES.contains(sample.getEventType().getName()) || sample.getStackTrace() == null) {
            return;
        }
        List<RecordedFrame> frames = sample.getStackTrace().getFrames();
        List<String> types = typesOf(frames);
        if (types.contains("Dispatcher") && types.contains("PublishRoutes")) {
            toTheLoops.add(types.subList(0, types.indexOf("Dispatcher") + 1));
        } else if (types.indexOf("Dispatcher") == 0 && types.contains("SseStream") && isInNetty(frames)) {
            toTheSocket.add(types);
        }
    }

    /** Our types of a stack, the outermost first; what is nested belongs to the type that it stands in. */
    private static List<String> typesOf(List<RecordedFrame> frames) {
        Set<String> types = new LinkedHashSet<>();
        for (int i = frames.size() - 1; i >= 0; i--) {
            String type = frames.get(i).getMethod().getType().getName();
            if (type.startsWith(OURS)) {
                types.add(type.replaceAll("[$/].*", "").replaceAll(".*\\.", ""));
            }
        }
        return List.copyOf(types);
    }

    private static boolean isInNetty(List<RecordedFrame> frames) {
        return frames.get(0).getMethod().getType().getName().startsWith("io.netty.channel.");
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
