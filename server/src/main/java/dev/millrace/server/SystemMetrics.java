package dev.millrace.server;

import com.sun.management.OperatingSystemMXBean;
import dev.millrace.hub.Hub;
import dev.millrace.hub.Statistics;
import dev.millrace.log.ChannelName;
import dev.millrace.log.Publication;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Publishes the figures of the hub, its process and its machine to {@code $system}, as the event {@code metrics}, every 2 s. */
final class SystemMetrics implements AutoCloseable {
    private static final int PERIOD_SECONDS = 2;
    private static final Path STATUS = Path.of("/proc/self/status");

    private final Hub hub;
    private final Clock clock;
    private final OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "millrace-metrics");
        thread.setDaemon(true);
        return thread;
    });
    private Statistics last;

    private SystemMetrics(Hub hub, Clock clock) {
        this.hub = hub;
        this.clock = clock;
        this.last = hub.statistics();
    }

    static SystemMetrics publishTo(Hub hub, Clock clock) {
        SystemMetrics metrics = new SystemMetrics(hub, clock);
        var unused =
                metrics.timer.scheduleAtFixedRate(metrics::publish, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
        return metrics;
    }

    private void publish() {
        Statistics now = hub.statistics();
        double seconds = Math.max(1, now.uptimeMillis() - last.uptimeMillis()) / 1000.0;
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        String json = String.format(
                Locale.ROOT,
                "{\"time\":%d,\"uptime\":%d,\"cpuProcess\":%.4f,\"cpuMachine\":%.4f,\"cores\":%d,"
                        + "\"memoryProcess\":%d,\"heapUsed\":%d,\"heapMax\":%d,\"memoryMachine\":%d,\"memoryFree\":%d,"
                        + "\"connections\":%d,\"lagging\":%d,\"channels\":%d,\"published\":%d,\"delivered\":%d,"
                        + "\"publishedPerSecond\":%.1f,\"deliveredPerSecond\":%.1f}",
                clock.millis(),
                now.uptimeMillis(),
                Math.max(0, machine.getProcessCpuLoad()),
                Math.max(0, machine.getCpuLoad()),
                machine.getAvailableProcessors(),
                residentBytes(heap.getCommitted()),
                heap.getUsed(),
                heap.getMax(),
                machine.getTotalMemorySize(),
                machine.getFreeMemorySize(),
                now.connections(),
                now.lagging(),
                now.listenedChannels(),
                now.published(),
                now.delivered(),
                (now.published() - last.published()) / seconds,
                (now.delivered() - last.delivered()) / seconds);
        last = now;
        var unused = hub.publish(Publication.to(ChannelName.SYSTEM, json).named("metrics"));
    }

    /** How much memory the process takes; where the system does not tell, what its heap takes. */
    private static long residentBytes(long otherwise) {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("VmRSS:")) {
                    return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
            return otherwise;
        } catch (IOException e) {
            return otherwise;
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
