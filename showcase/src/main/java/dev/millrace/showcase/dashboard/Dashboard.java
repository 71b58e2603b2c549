package dev.millrace.showcase.dashboard;

import com.sun.management.OperatingSystemMXBean;
import dev.millrace.hub.Hub;
import dev.millrace.hub.Statistics;
import dev.millrace.showcase.site.EventData;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Clock;
import java.time.Instant;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Publishes the event {@code metrics} on the channel {@code dashboard} every 2 s: CPU, memory, uptime, and what the hub does. */
@Component
class Dashboard {
    static final String CHANNEL = "dashboard";

    private static final double MIB = 1024 * 1024;

    /**
     * The figures of a moment. Shares are from 0 to 1, memory is in MiB, uptime in seconds.
     *
     * @param cpu of the whole machine
     * @param cpuProcess of this process
     * @param memory of the machine that is in use
     * @param heap of this process
     */
    record Metrics(
            Instant timestamp,
            double cpu,
            double cpuProcess,
            double memory,
            double memoryTotal,
            double heap,
            double heapMax,
            long uptime,
            long streams,
            double publishedPerSecond,
            double deliveredPerSecond) {}

    private final Hub hub;
    private final EventData data;
    private final Clock clock;
    private final OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private Statistics last;

    Dashboard(Hub hub, EventData data, Clock clock) {
        this.hub = hub;
        this.data = data;
        this.clock = clock;
        this.last = hub.statistics();
    }

    @Scheduled(fixedRate = 2000)
    void publish() {
        Statistics now = hub.statistics();
        double seconds = Math.max(1, now.uptimeMillis() - last.uptimeMillis()) / 1000.0;
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        Metrics metrics = new Metrics(
                clock.instant(),
                share(machine.getCpuLoad()),
                share(machine.getProcessCpuLoad()),
                mib(machine.getTotalMemorySize() - machine.getFreeMemorySize()),
                mib(machine.getTotalMemorySize()),
                mib(heap.getUsed()),
                mib(heap.getMax()),
                now.uptimeMillis() / 1000,
                now.connections(),
                perSecond(now.published() - last.published(), seconds),
                perSecond(now.delivered() - last.delivered(), seconds));
        last = now;
        var unused = hub.publish(CHANNEL, "metrics", data.of(metrics));
    }

    private static double share(double load) {
        return Math.round(Math.max(0, load) * 1000) / 1000.0;
    }

    private static double mib(long bytes) {
        return Math.round(bytes / MIB * 10) / 10.0;
    }

    private static double perSecond(long count, double seconds) {
        return Math.round(count / seconds * 10) / 10.0;
    }
}
