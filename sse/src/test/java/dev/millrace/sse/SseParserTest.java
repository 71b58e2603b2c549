package dev.millrace.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SseParserTest {

    @Test
    void tellsAnEventAtOnceWhenACarriageReturnEndsItsBlock() {
        List<SseEvent> events = new ArrayList<>();
        SseParser parser = new SseParser("", 100, events::add);
        feed(parser, "data: a\r\r");
        assertThat(events).hasSize(1);
        feed(parser, "\ndata: b\n\n");
        assertThat(events).extracting(SseEvent::data).containsExactly("a", "b");
    }

    @Test
    void beginsWithTheLastEventIdOfTheConnectionBefore() {
        List<SseEvent> events = new ArrayList<>();
        SseParser parser = new SseParser("41", 100, events::add);
        assertThat(parser.lastEventId()).isEqualTo("41");
        feed(parser, "data: a\n\nid: 42\ndata: b\n");
        assertThat(events).extracting(SseEvent::lastEventId).containsExactly("41");
        assertThat(parser.lastEventId()).as("of an unfinished block").isEqualTo("41");
        feed(parser, "\n");
        assertThat(parser.lastEventId()).isEqualTo("42");
    }

    @Test
    void tellsThatABlockWithoutDataMovedTheLastEventId() {
        List<String> moves = new ArrayList<>();
        SseParser parser = new SseParser("", 100, new SseHandler() {
            @Override
            public void event(SseEvent event) {}

            @Override
            public void lastEventId(String id) {
                moves.add(id);
            }
        });
        feed(parser, "id: 7\n\nevent: x\n\nid: 8\ndata: a\n\n");
        assertThat(moves).containsExactly("7");
    }

    @Test
    void takesTheLargestReconnectionTimeForOneThatIsLarger() {
        assertThat(Told.parse("retry: 9223372036854775807\n").retry()).isEqualTo(OptionalLong.of(Long.MAX_VALUE));
        assertThat(Told.parse("retry: 9223372036854775808\n").retry()).isEqualTo(OptionalLong.of(Long.MAX_VALUE));
        assertThat(Told.parse("retry: 99999999999999999999999\n").retry()).isEqualTo(OptionalLong.of(Long.MAX_VALUE));
    }

    @Test
    void refusesAnEventBeyondTheLimitHoweverItComes() {
        for (String stream :
                List.of("data: 0123456789", "data: 0123456789\n", "data: 01\ndata: 23\ndata: 45", ": 012345678901")) {
            byte[] bytes = stream.getBytes(UTF_8);
            SseParser whole = new SseParser("", 12, event -> {});
            assertThatExceptionOfType(EventTooLargeException.class)
                    .as(stream)
                    .isThrownBy(() -> whole.parse(bytes, 0, bytes.length))
                    .withMessageContaining("12 bytes");
            SseParser slow = new SseParser("", 12, event -> {});
            assertThatExceptionOfType(EventTooLargeException.class).as(stream).isThrownBy(() -> {
                for (int i = 0; i < bytes.length; i++) {
                    slow.parse(bytes, i, 1);
                }
            });
        }
    }

    @Test
    void bearsAnyNumberOfEventsWithinTheLimit() {
        SseParser parser = new SseParser("", 12, event -> {});
        assertThatNoException().isThrownBy(() -> {
            for (int i = 0; i < 1000; i++) {
                feed(parser, "id: 1\nevent: x\ndata: 012345\n\n");
            }
        });
    }

    @Test
    void refusesALimitThatHoldsNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SseParser("", 0, event -> {}))
                .withMessageContaining("limit");
    }

    private static void feed(SseParser parser, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        parser.parse(bytes, 0, bytes.length);
    }
}
