package dev.millrace.bench.micro;

import dev.millrace.sse.SseEncoder;
import dev.millrace.sse.SseParser;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** What it costs a client to parse one event of 112 bytes of data. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ParserBenchmark {
    private static final int EVENTS = 1000;

    /** How many bytes come at a time: an event's part, a packet, a read buffer. */
    @Param({"64", "1448", "16384"})
    public int chunk = 16384;

    private byte[] stream = {};

    @Setup
    public void prepare() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < EVENTS; i++) {
            bytes.writeBytes(SseEncoder.event("0123456789abc-" + i, "status", "x".repeat(112)));
        }
        stream = bytes.toByteArray();
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void parse(Blackhole events) {
        SseParser parser = new SseParser("", 1 << 16, events::consume);
        for (int at = 0; at < stream.length; at += chunk) {
            parser.parse(stream, at, Math.min(chunk, stream.length - at));
        }
    }
}
