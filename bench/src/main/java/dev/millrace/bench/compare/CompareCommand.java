package dev.millrace.bench.compare;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code millrace bench compare}: the hub and other servers, on the same work. */
@Command(
        name = "compare",
        description =
                "Drives the hub and other servers with the same work, in turn: Server-Sent Events by Express, WebSocket,"
                        + " long polling, Socket.IO, nchan, Vert.x and WebFlux. Linux only; wants Node and Maven, and nginx with nchan for that one.",
        mixinStandardHelpOptions = true)
public final class CompareCommand implements Callable<Integer> {
    private static final int SETUP_MINUTES = 10;

    @Option(names = "--connections", defaultValue = "1000", description = "listeners (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description = "of half a minute for each server (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(
            names = "--only",
            split = ",",
            description = "some of: hub,sse,websocket,long-polling,socket-io,nchan,vertx,webflux (default: all)")
    private Set<String> only = Set.of();

    @Option(names = "--json", description = "writes the figures to this file, too")
    private @Nullable Path json;

    @Option(names = "--svg", description = "draws them into this file")
    private @Nullable Path svg;

    private final PrintStream progress = System.err;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Peer> all = Peer.all(
                checkout(), Path.of(ProcessHandle.current().info().command().orElse("java")));
        Set<String> names = all.stream().map(Peer::name).collect(Collectors.toSet());
        if (!names.containsAll(only)) {
            progress.println("millrace bench: --only knows " + String.join(", ", names));
            return 2;
        }
        List<Peer> peers = new ArrayList<>();
        for (Peer peer : all) {
            if ((only.isEmpty() || only.contains(peer.name())) && isReady(peer)) {
                peers.add(peer);
            }
        }
        Map<Peer, Figures> figures = compare(peers);
        System.out.print(Table.of(figures));
        if (json != null) {
            Files.writeString(
                    json,
                    JsonMapper.builder()
                            .build()
                            .writerWithDefaultPrettyPrinter()
                            .writeValueAsString(byName(figures)));
        }
        if (svg != null) {
            Files.writeString(svg, Bars.of(figures));
        }
        return figures.size() == peers.size() ? 0 : 1;
    }

    /** The rounds, interleaved, so that what disturbs the machine for a while disturbs all. */
    private Map<Peer, Figures> compare(List<Peer> peers) throws InterruptedException {
        List<String> pinning = Cores.apart();
        Map<Peer, List<Figures>> shown = new LinkedHashMap<>();
        for (int round = 1; round <= rounds; round++) {
            for (Peer peer : peers) {
                progress.printf("  round %d of %d: %s%n", round, rounds, peer.title());
                try {
                    Figures figures =
                            new Round(peer, connections, pinning, line -> progress.println("    " + line)).run();
                    shown.computeIfAbsent(peer, key -> new ArrayList<>()).add(figures);
                } catch (IOException | IllegalStateException e) {
                    progress.println("    " + e.getMessage());
                }
            }
        }
        Map<Peer, Figures> medians = new LinkedHashMap<>();
        shown.forEach((peer, figures) -> medians.put(peer, Figures.median(figures)));
        return medians;
    }

    private static Map<String, Figures> byName(Map<Peer, Figures> figures) {
        Map<String, Figures> named = new LinkedHashMap<>();
        figures.forEach((peer, shown) -> named.put(peer.name(), shown));
        return named;
    }

    /** Makes a peer ready to start; one that can't be is left out. */
    private boolean isReady(Peer peer) throws InterruptedException {
        if (peer.setup().isEmpty()) {
            return true;
        }
        progress.println("  " + peer.title() + ": " + String.join(" ", peer.setup()));
        try {
            Process setup = new ProcessBuilder(peer.setup())
                    .directory(peer.folder().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (setup.waitFor(SETUP_MINUTES, TimeUnit.MINUTES) && setup.exitValue() == 0) {
                return true;
            }
            progress.println("    left out: that failed");
        } catch (IOException e) {
            progress.println("    left out: " + e.getMessage());
        }
        return false;
    }

    /** The folder of the sources: this program is in its {@code bench/target}. */
    private static Path checkout() throws IOException {
        try {
            Path jar = Path.of(CompareCommand.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            for (Path folder = jar.getParent(); folder != null; folder = folder.getParent()) {
                if (Files.isDirectory(folder.resolve("bench/peers"))) {
                    return folder;
                }
            }
        } catch (URISyntaxException e) {
            throw new IOException("this program's own file has no path", e);
        }
        throw new IOException("the servers to compare with are in bench/peers of the sources, and only there");
    }
}
