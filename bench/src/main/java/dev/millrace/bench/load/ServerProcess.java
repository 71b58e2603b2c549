package dev.millrace.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a server and its children take of this machine, read from {@code /proc}: Linux only. Thread-safe. */
public final class ServerProcess implements Probe {
    /** A tick of {@code /proc/PID/stat}: what Linux tells user space, whatever the kernel's own clock. */
    private static final double TICK_SECONDS = 0.01;

    private final long pid;
    private double cpuAtBegin;
    private double cpuSeconds;
    private long memoryKiB;

    /** The process with this id. */
    public ServerProcess(long pid) {
        this.pid = pid;
    }

    @Override
    public void begin() {
        cpuAtBegin = cpuNow();
    }

    @Override
    public void end() {
        cpuSeconds = cpuNow() - cpuAtBegin;
        memoryKiB = memoryNow();
    }

    /** Processor time between begin and end, in seconds. */
    public double cpuSeconds() {
        return cpuSeconds;
    }

    /** Resident memory at the end, in KiB. */
    public long memoryKiB() {
        return memoryKiB;
    }

    /** What it took, as a line of text. */
    String text(LoadReport report) {
        return String.format(
                "hub           %.2f us of processor time per delivery, %.2f us per publish; %,d KiB resident%n",
                cpuSeconds * 1e6 / Math.max(1, report.deliveriesPerSecond() * report.measuredSeconds()),
                cpuSeconds * 1e6 / Math.max(1, report.publishesPerSecond() * report.measuredSeconds()),
                memoryKiB);
    }

    private double cpuNow() {
        return processes().mapToDouble(ServerProcess::cpuOf).sum();
    }

    /** Resident memory now, in KiB. */
    public long memoryNow() {
        return processes().mapToLong(ServerProcess::memoryOf).sum();
    }

    private Stream<ProcessHandle> processes() {
        return ProcessHandle.of(pid).stream().flatMap(root -> Stream.concat(Stream.of(root), root.descendants()));
    }

    /** User and system time: the 14th and 15th field, counted from behind the name, which may hold anything. */
    private static double cpuOf(ProcessHandle process) {
        String stat = read(process, "stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_SECONDS;
    }

    private static long memoryOf(ProcessHandle process) {
        return read(process, "status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    private static String read(ProcessHandle process, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), file));
        } catch (IOException e) {
            throw new UncheckedIOException("what process " + process.pid() + " takes can't be read; is this Linux?", e);
        }
    }
}
