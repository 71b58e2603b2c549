package dev.millrace.bench.micro;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace bench micro}: the parts of the hub by JMH, each in a JVM of its own. */
@Command(
        name = "micro",
        description = "Measures encoder, parser, log, cursor, publishing and fan-out inside one process, by JMH.",
        mixinStandardHelpOptions = true)
public final class MicroCommand implements Callable<Integer> {
    @Parameters(index = "0", arity = "0..1", description = "which: a regular expression, e.g. Log (default: all)")
    private String which = ".*";

    @Option(names = "--forks", defaultValue = "1", description = "JVMs for each (default: ${DEFAULT-VALUE})")
    private int forks;

    @Option(names = "--rounds", defaultValue = "5", description = "of a second, measured (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--json", description = "writes the results to this file, too")
    private @Nullable Path json;

    @Override
    public Integer call() throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(which)
                .forks(forks)
                .warmupIterations(3)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(rounds)
                .measurementTime(TimeValue.seconds(1))
                .shouldFailOnError(true);
        if (json != null) {
            options.resultFormat(ResultFormatType.JSON).result(json.toString());
        }
        return new Runner(options.build()).run().isEmpty() ? 1 : 0;
    }
}
