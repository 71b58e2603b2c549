package dev.millrace.bench.micro;

import dev.millrace.sse.SseEncoder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to encode one event: done once for all listeners of a loop. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncoderBenchmark {
    private static final String ID = "0123456789abc-1234567";

    /** An event's data: 112 characters of ASCII, the same in eight lines, or half of it beyond ASCII. */
    @Param({"ascii", "lines", "unicode"})
    public String data = "ascii";

    private String text = "";

    @Setup
    public void prepare() {
        text = switch (data) {
            case "lines" -> "{\"key\":12345}\n".repeat(8);
            case "unicode" -> "Fußgänger→".repeat(11) + "ab";
            default -> "x".repeat(112);
        };
    }

    @Benchmark
    public byte[] encode() {
        return SseEncoder.event(ID, "status", text);
    }
}
