package dev.millrace.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseEncoderTest {

    @Test
    void writesIdNameAndDataInThisOrder() {
        assertThat(text(SseEncoder.event("1-7", "status", "{}"))).isEqualTo("id: 1-7\nevent: status\ndata: {}\n\n");
    }

    @Test
    void leavesOutAnEmptyIdAndAnEmptyName() {
        assertThat(text(SseEncoder.event("", "", "a"))).isEqualTo("data: a\n\n");
    }

    @Test
    void writesEmptyDataAsAnEvent() {
        assertThat(text(SseEncoder.event("", "", ""))).isEqualTo("data: \n\n");
    }

    @Test
    void dividesDataAtEveryKindOfLineEnd() {
        assertThat(text(SseEncoder.event("", "", "a\nb\rc\r\nd\n\re")))
                .isEqualTo("data: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\n\n");
        assertThat(text(SseEncoder.event("", "", "\n"))).isEqualTo("data: \ndata: \n\n");
        assertThat(text(SseEncoder.event("", "", "\r"))).isEqualTo("data: \ndata: \n\n");
    }

    @Test
    void keepsALeadingSpaceAndAColon() {
        assertThat(text(SseEncoder.event("", " n", " a"))).isEqualTo("event:  n\ndata:  a\n\n");
        assertThat(text(SseEncoder.event("", "", ":a"))).isEqualTo("data: :a\n\n");
    }

    @Test
    void passesCharactersThatOnlyLookLikeLineEnds() {
        String data = "\uFEFF\u0000\u2028\u2029\u0085\u000B";
        assertThat(text(SseEncoder.event("", "", data))).isEqualTo("data: " + data + "\n\n");
    }

    @Test
    void encodesEveryLengthOfUtf8() {
        String data = "a\u007F\u0080\u07FF\u0800\uD7FF\uE000\uFFFF\uD800\uDC00\uDBFF\uDFFF";
        assertThat(SseEncoder.event("", "", data)).isEqualTo(("data: " + data + "\n\n").getBytes(UTF_8));
    }

    @Test
    void replacesUnpairedSurrogates() {
        assertThat(text(SseEncoder.event("\uDC00", "\uD800", "a\uD800b\uDC00\uDC00\uD800\uD800\uDC00\uDC00\uD800")))
                .isEqualTo("id: \uFFFD\nevent: \uFFFD\ndata: a\uFFFDb\uFFFD\uFFFD\uFFFD\uD800\uDC00\uFFFD\uFFFD\n\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "\u0000", "\r\n", "x\n"})
    void refusesToInjectAFieldThroughIdOrName(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SseEncoder.event(value, "", ""))
                .withMessageContaining("id must not contain CR, LF or NUL");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SseEncoder.event("", value, ""))
                .withMessageContaining("event name must not contain CR, LF or NUL");
    }

    @Test
    void writesAtAnOffsetAndNothingElsewhere() {
        int size = SseEncoder.size("1", "n", "é\r\n\n😀");
        byte[] target = new byte[size + 8];
        Arrays.fill(target, (byte) 0x55);
        assertThat(SseEncoder.write("1", "n", "é\r\n\n😀", target, 5)).isEqualTo(5 + size);
        assertThat(Arrays.copyOfRange(target, 5, 5 + size)).isEqualTo(SseEncoder.event("1", "n", "é\r\n\n😀"));
        assertThat(Arrays.copyOfRange(target, 0, 5)).containsOnly(0x55);
        assertThat(Arrays.copyOfRange(target, 5 + size, target.length)).containsOnly(0x55);
    }

    @Test
    void refusesATargetThatIsTooSmall() {
        byte[] target = new byte[SseEncoder.size("", "", "abc") - 1];
        assertThatThrownBy(() -> SseEncoder.write("", "", "abc", target, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void writesCommentsThatNoTextCanBreakOutOf() {
        assertThat(text(SseEncoder.comment(""))).isEqualTo(": \n\n");
        assertThat(text(SseEncoder.comment("a\ndata: b\r\rc\u0000"))).isEqualTo(": a\n: data: b\n: \n: c\u0000\n\n");
    }

    @Test
    void writesTheReconnectionTimeInDigits() {
        assertThat(text(SseEncoder.retry(3000))).isEqualTo("retry: 3000\n\n");
        assertThat(text(SseEncoder.retry(0))).isEqualTo("retry: 0\n\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SseEncoder.retry(-1))
                .withMessageContaining("millis");
    }

    @Test
    void announcesTheSizeThatItWritesAndNeverACarriageReturn() {
        Random random = new Random(20261121);
        String alphabet = "ab :\n\r\u0000é€\uD83D\uDE00\uFEFF\u2028";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder data = new StringBuilder();
            for (int i = random.nextInt(24); i > 0; i--) {
                data.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            byte[] bytes = SseEncoder.event("1", "", data.toString());
            assertThat(bytes.length).isEqualTo(SseEncoder.size("1", "", data.toString()));
            assertThat(text(bytes)).doesNotContain("\r").endsWith("\n\n");
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
