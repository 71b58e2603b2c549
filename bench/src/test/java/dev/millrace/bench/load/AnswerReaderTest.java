package dev.millrace.bench.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {
    private static final String WITH_LENGTH =
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\nX: y\r\n\r\nHTTP/1.1 500";
    private static final String LOWER_CASE = "HTTP/1.1 201\r\ncontent-length:3\r\n\r\n\r\n\n";
    private static final String EMPTY = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
    private static final String WITHOUT_BODY = "HTTP/1.1 204 No Content\r\n\r\n";
    private static final String CHUNKS =
            "17;name=value\r\nabcdefghijklmnopqrstuvw\r\n0A\r\n0\r\n\r\n\r\n0\r\n\r\n0\r\nTrailer: 1\r\n\r\n";
    private static final String CHUNKED = "HTTP/1.1 429 Slow Down\r\nTransfer-Encoding: Chunked\r\n\r\n" + CHUNKS;
    private static final String INTERIM = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 503 \nContent-Length: 1\n\n0";
    private static final String ALL = WITH_LENGTH + LOWER_CASE + EMPTY + WITHOUT_BODY + CHUNKED + INTERIM + WITH_LENGTH;

    private final List<Integer> answers = new ArrayList<>();
    private final AnswerReader reader = new AnswerReader(answers::add);

    @Test
    void tellsTheStatusOfEachOfSeveralAnswersInABuffer() {
        feed(ALL);
        assertThat(answers).containsExactly(200, 201, 202, 204, 429, 503, 200);
    }

    @Test
    void readsAnswersThatAreCutAnywhere() {
        for (int cut = 0; cut <= ALL.length(); cut++) {
            answers.clear();
            feed(ALL.substring(0, cut));
            feed(ALL.substring(cut));
            assertThat(answers).as("cut at %d", cut).containsExactly(200, 201, 202, 204, 429, 503, 200);
        }
    }

    @Test
    void readsAnswersThatComeByteByByte() {
        ALL.chars().forEach(letter -> feed(String.valueOf((char) letter)));
        assertThat(answers).containsExactly(200, 201, 202, 204, 429, 503, 200);
    }

    @Test
    void tellsAnAnswerWithItsLastByteAndNotBefore() {
        for (String answer : List.of(WITH_LENGTH, LOWER_CASE, EMPTY, WITHOUT_BODY, CHUNKED, INTERIM)) {
            answers.clear();
            feed(answer.substring(0, answer.length() - 1));
            assertThat(answers).as(answer).isEmpty();
            feed(answer.substring(answer.length() - 1));
            assertThat(answers).as(answer).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                "HTTP/2 200 OK\r\n",
                "HTTP/1.1 20 OK\r\n",
                "HTTP/1.1 2000\r\n",
                "HTTP/1.1  20 OK\r\n",
                "HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: \r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n;1\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
            })
    void refusesWhatIsNoAnswer(String bytes) {
        assertThatIllegalArgumentException().isThrownBy(() -> feed(bytes));
        assertThat(answers).isEmpty();
    }

    @Test
    void refusesALineThatIsTooLong() {
        feed("HTTP/1.1 200 OK\r\nX: " + "x".repeat(AnswerReader.MAX_LINE - 3));
        assertThatIllegalArgumentException().isThrownBy(() -> feed("x")).withMessageContaining("a line is too long");
    }

    private void feed(String bytes) {
        reader.read(Unpooled.copiedBuffer(bytes, ISO_8859_1));
    }
}
