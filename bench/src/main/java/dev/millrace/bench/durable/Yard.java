package dev.millrace.bench.durable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder for one measurement, on the disk that is measured; removed when it is closed. */
final class Yard implements AutoCloseable {
    private static final int PAGE_BYTES = 4096;
    private static final int SYNCS = 200;

    private final Path folder;

    private Yard(Path folder) {
        this.folder = folder;
    }

    /** A new folder below this one. */
    static Yard below(Path parent) throws IOException {
        Files.createDirectories(parent);
        return new Yard(Files.createTempDirectory(parent, "millrace-bench-"));
    }

    /** Where a hub may keep its data. */
    Path data() {
        return folder.resolve("data");
    }

    /** The machine, the Java and the disk of a measurement, in a line. */
    String environment() throws IOException {
        return String.format(
                "%d processors, %s, Java %s, %s on %s, a sync of %d bytes takes %.2f ms",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Runtime.version().feature(),
                Files.getFileStore(folder).type(),
                Files.getFileStore(folder).name(),
                PAGE_BYTES,
                syncMillis());
    }

    /** The median of some syncs of a page that was appended. */
    private double syncMillis() throws IOException {
        Path file = folder.resolve("sync");
        long[] nanos = new long[SYNCS];
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < SYNCS; i++) {
                long begin = System.nanoTime();
                out.write(ByteBuffer.allocate(PAGE_BYTES));
                out.force(false);
                nanos[i] = System.nanoTime() - begin;
            }
        }
        Files.delete(file);
        Arrays.sort(nanos);
        return nanos[SYNCS / 2] / 1e6;
    }

    @Override
    public void close() throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.delete(file);
        }
    }
}
