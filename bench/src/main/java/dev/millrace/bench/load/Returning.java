package dev.millrace.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Listeners that come back all at once, and the events that they missed. But for {@link #prepare}, used on the run's event loop
 * only.
 */
final class Returning {
    private static final int CONNECT_WINDOW = 1000; // fewer than a server's queue of connections holds

    private final LoadPlan plan;
    private final Company company;
    private final Consumer<Consumer<ChannelPipeline>> connector;
    private final Tally tally = new Tally();
    private String lastId = "";
    private int opened;
    private int connected;
    private long beganNanos;
    private double seconds;

    /** @param connector opens a connection to the hub, and has its handlers added */
    Returning(LoadPlan plan, Company company, Consumer<Consumer<ChannelPipeline>> connector) {
        this.plan = plan;
        this.company = company;
        this.connector = connector;
    }

    /**
     * Publishes what they will have missed. Blocks.
     *
     * @throws IllegalStateException if the hub does not take it
     */
    void prepare() throws InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        lastId = JsonMapper.shared()
                .readTree(publish(client, HubDialect.path(channel()), "text/plain", "seen"))
                .get("id")
                .asString();
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < company.missed(); i++) {
            ByteBuf data = Unpooled.buffer(plan.payload());
            new Sample(0, i, 0).writeTo(data, plan.payload());
            lines.append(HubDialect.line(channel(), data.toString(US_ASCII)));
        }
        publish(client, "/events", "application/x-ndjson", lines.toString());
    }

    private String publish(HttpClient client, String path, String type, String body) throws InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(plan.hub() + path)).header("Content-Type", type);
        plan.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        try {
            HttpResponse<String> answer = client.send(
                    request.POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("what is to be missed can't be published: " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new IllegalStateException("what is to be missed can't be published: " + e.getMessage(), e);
        }
    }

    private int channel() {
        return plan.channels(); // the one after the listeners'
    }

    /** They come back. */
    void begin() {
        beganNanos = System.nanoTime();
        tally.expected = (long) company.returning() * company.missed();
        openMore();
    }

    private void openMore() {
        while (opened < company.returning() && opened - connected < CONNECT_WINDOW) {
            opened++;
            Arrivals arrivals = new Arrivals(1, tally, () -> {
                connected++;
                openMore();
            });
            connector.accept(pipeline -> {
                pipeline.addLast(new HttpClientCodec());
                HubDialect.resume(pipeline, plan, channel(), lastId, arrivals);
            });
        }
    }

    /** Whether each has all that it missed; looked at often, for this is how the time is taken. */
    boolean isOver() {
        if (seconds == 0 && beganNanos != 0 && tally.received >= tally.expected) {
            seconds = (System.nanoTime() - beganNanos) / 1e9;
        }
        return seconds > 0;
    }

    LoadReport.Return report() {
        return new LoadReport.Return(
                company.returning(),
                company.missed(),
                seconds,
                tally.lost(),
                tally.doubled + tally.late + tally.gaps + tally.failures);
    }
}
