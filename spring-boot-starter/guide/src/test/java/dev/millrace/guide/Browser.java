package dev.millrace.guide;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A real Chromium with one page, spoken to by its DevTools protocol. */
final class Browser implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final WebSocket page;
    private final Answers answers;

    private Browser(Process process, WebSocket page, Answers answers) {
        this.process = process;
        this.page = page;
        this.answers = answers;
    }

    /** Collects the messages of the protocol, each once it is whole. */
    private static final class Answers implements WebSocket.Listener {
        private final BlockingQueue<String> whole = new LinkedBlockingQueue<>();
        private final StringBuilder part = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean isLast) {
            part.append(data);
            if (isLast) {
                whole.add(part.toString());
                part.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }

    /** Opens a page; its profile is kept in the folder. */
    static Browser open(URI address, Path profile) throws IOException, InterruptedException {
        Path program = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(folder -> Path.of(folder, "chromium"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        Assumptions.assumeTrue(program != null, "skipped: no chromium on the path (apt-get install chromium)");
        Process process = new ProcessBuilder(
                        String.valueOf(program),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .start();
        URI tools = URI.create(
                await(process.inputReader(), "DevTools listening on ws:").replaceFirst("//", "http://"));
        HttpRequest newPage = HttpRequest.newBuilder(tools.resolve("/json/new?" + address))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        String made = HTTP.send(newPage, HttpResponse.BodyHandlers.ofString()).body();
        Answers answers = new Answers();
        WebSocket page = HTTP.newWebSocketBuilder()
                .buildAsync(
                        URI.create(made.replaceFirst("(?s).*\"webSocketDebuggerUrl\": \"([^\"]+)\".*", "$1")), answers)
                .join();
        return new Browser(process, page, answers);
    }

    private static String await(BufferedReader output, String beginning) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(beginning)) {
                return line.substring(beginning.length());
            }
        }
        throw new AssertionError("Chromium ended before it said: " + beginning);
    }

    /** The text of an element of the page. */
    String text(String id) throws InterruptedException {
        answers.whole.clear();
        page.sendText(
                        "{\"id\":1,\"method\":\"Runtime.evaluate\",\"params\":{\"expression\":"
                                + "\"document.getElementById('" + id + "')?.textContent\"}}",
                        true)
                .join();
        String answer = answers.whole.poll(20, TimeUnit.SECONDS);
        return String.valueOf(answer).replaceFirst("(?s).*\"value\":\"([^\"]*)\".*", "$1");
    }

    @Override
    public void close() {
        page.abort();
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
