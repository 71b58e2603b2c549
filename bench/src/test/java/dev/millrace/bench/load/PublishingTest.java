package dev.millrace.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PublishingTest {
    private static final int LISTENERS = 20;

    private final Tally tally = new Tally();
    private final EmbeddedChannel connection = new EmbeddedChannel();

    @AfterEach
    void leavesNothingBehind() {
        connection.finishAndReleaseAll();
    }

    @Test
    void sendsTheNextRequestWhenItHasTheAnswer() {
        publishing(1);
        String first = sent();
        assertThat(first)
                .startsWith("POST /events/bench/0 HTTP/1.1\r\nHost: hub:8080\r\nAuthorization: Bearer secret\r\n"
                        + "Content-Type: text/plain\r\nContent-Length: 2000\r\n\r\n3 0 ");
        Sample sample = Sample.parse(first.substring(first.indexOf("\r\n\r\n") + 4));
        assertThat(sample.publisher()).isEqualTo(3);
        assertThat(sample.dueNanos()).isPositive();
        assertThat(first).hasSize(first.indexOf("\r\n\r\n") + 4 + 2000).endsWith("x".repeat(1900));
        assertThat(sent()).as("before the answer").isEmpty();

        answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{");
        assertThat(sent()).as("before its last byte").isEmpty();
        answer("}");
        assertThat(sent()).contains("\r\n\r\n3 1 ");
        assertThat(tally.published).isEqualTo(1);
        assertThat(tally.expected).isEqualTo(2 * LISTENERS);
    }

    @Test
    void putsABatchOnLinesWhoseLengthItTells() {
        publishing(3);
        String request = sent();
        String body = request.substring(request.indexOf("\r\n\r\n") + 4);
        assertThat(request).startsWith("POST /events HTTP/1.1\r\n").contains("Content-Type: application/x-ndjson\r\n");
        assertThat(request).contains("\r\nContent-Length: " + body.length() + "\r\n");
        assertThat(body.lines())
                .hasSize(3)
                .allSatisfy(
                        line -> assertThat(line).matches("\\{\"channel\":\"bench/0\",\"data\":\"3 [012] \\d+ x+\"}"));
        assertThat(tally.expected).isEqualTo(3 * LISTENERS);
    }

    @Test
    void expectsNothingOfAnEventThatWasRefused() {
        publishing(1);
        answer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        assertThat(tally.failures).isEqualTo(1);
        assertThat(tally.published).isZero();
        assertThat(tally.expected).as("of the next one").isEqualTo(LISTENERS);
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void takesWhatIsNoAnswerForAFailureAndCloses() {
        publishing(1);
        answer("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n");
        assertThat(tally.failures).isEqualTo(1);
        assertThat(tally.published).isZero();
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void takesAConnectionThatClosesInsteadOfAnsweringForAFailure() {
        publishing(1);
        connection.close();
        assertThat(tally.failures).isEqualTo(1);
    }

    private void publishing(int batch) {
        LoadPlan plan = new LoadPlan(
                URI.create("http://hub:8080"),
                LISTENERS,
                1,
                4,
                0,
                8,
                batch,
                2000,
                Duration.ZERO,
                Duration.ofSeconds(1),
                Optional.of("secret"),
                new HubDialect());
        Publishing publishing = new Publishing(plan, 3, tally, new int[] {LISTENERS}, plan::publishing, () -> true);
        connection.pipeline().addLast(new HttpResponseDecoder(), publishing);
        connection.pipeline().fireChannelActive();
    }

    private void answer(String bytes) {
        connection.writeInbound(Unpooled.copiedBuffer(bytes, US_ASCII));
    }

    /** What was sent since the last look. */
    private String sent() {
        ByteBuf request = connection.readOutbound();
        if (request == null) {
            return "";
        }
        String text = request.toString(US_ASCII);
        request.release();
        return text;
    }
}
