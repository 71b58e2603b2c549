package dev.millrace.bench.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What one idle stream is made of, counted and not timed. Prints it, so that the page on performance can be kept true. */
class ConnectionIT {
    private static final int WARM_UP = 200;
    private static final int STREAMS = 2000;

    /** With headers of twelve bytes, which not all JVMs that test it can make compact. */
    private static final long MAX_BYTES = 1650;

    private static final long MAX_OBJECTS = 44;

    @Test
    void anIdleStreamTakesFewBytesInFewObjects() throws Exception {
        try (Hub hub = Hub.start()) {
            hub.open(WARM_UP);
            Map<String, Hub.Live> before = hub.heap();
            hub.open(STREAMS);
            Map<String, Hub.Live> after = hub.heap();

            StringBuilder rows = new StringBuilder();
            long bytes = 0;
            long objects = 0;
            for (Map.Entry<String, Hub.Live> type : after.entrySet()) {
                Hub.Live old = before.getOrDefault(type.getKey(), new Hub.Live(0, 0));
                long moreObjects = type.getValue().objects() - old.objects();
                long moreBytes = type.getValue().bytes() - old.bytes();
                bytes += moreBytes;
                if (moreObjects > STREAMS / 2) {
                    objects += Math.round((double) moreObjects / STREAMS);
                    rows.append(String.format(
                            "%n  %5d bytes  %.1f x  %s",
                            moreBytes / STREAMS, moreObjects / (double) STREAMS, type.getKey()));
                }
            }

            String table = bytes / STREAMS + " bytes in " + objects + " objects:" + rows;
            System.out.println("one idle stream: " + table);
            assertThat(bytes / STREAMS).as(table).isLessThan(MAX_BYTES);
            assertThat(objects).as(table).isLessThan(MAX_OBJECTS);
        }
    }
}
