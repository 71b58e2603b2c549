package dev.millrace.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static Json.Value x(String json) {
        return java.util.Objects.requireNonNull(Json.object(json).get("x"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "1 | 1",
                "1.10 | 1.10",
                "-0 | -0",
                "1E+2 | 1E+2",
                "123456789012345678901234567890 | 123456789012345678901234567890",
                "true | true",
                "null | null",
                "\"a b\" | \"a b\"",
                "\"\\\\\" | \"\\\\\"",
                "\"a \\\" b\" | \"a \\\" b\"",
                "[ 1 , 2 ] | [1,2]",
                "{ \"a b\" : { \"c\" : [ ] } } | {\"a b\":{\"c\":[]}}",
                "\"\\ud83d\\ude00\" | \"\\ud83d\\ude00\""
            })
    void passesValuesOnAsTheyWereWritten(String json, String compact) {
        assertThat(Json.compactIfJson(json)).contains(compact);
        assertThat(x("{\"x\" : " + json + " , \"y\":1}").json()).isEqualTo(compact);
        assertThat(x("{\"x\":" + json + "}").json()).isEqualTo(compact);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "x",
                "1 2",
                "{",
                "[1,]",
                "{\"a\":1}}",
                "'a'",
                "NaN",
                "01",
                "1.",
                "+1",
                "\"a\nb\"",
                "\u00a01",
                "// x\n1"
            })
    void knowsWhatIsNoJson(String text) {
        assertThat(Json.compactIfJson(text)).isEmpty();
    }

    @Test
    void tellsATextFromItsJson() {
        Json.Value value = x("{\"x\":\"a\\n\\u00e9\"}");
        assertThat(value.text()).contains("a\né");
        assertThat(value.json()).isEqualTo("\"a\\n\\u00e9\"");
        assertThat(x("{\"x\":1}").text()).isEmpty();
    }

    @Test
    void takesNumbersAndTextsOfAnyLength() {
        String digits = "9".repeat(50_000);
        assertThat(x("{\"x\":" + digits + "}").json()).isEqualTo(digits);
        assertThat(Json.compactIfJson(digits)).contains(digits);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[]", "1", "", "{\"a\":1,\"a\":1}", "{\"a\":{\"b\":1,\"b\":1}}", "{} {}", "{\"a\":}", "{a:1}"})
    void refusesWhatIsNoPlainObject(String json) {
        assertThatThrownBy(() -> Json.object(json))
                .isInstanceOf(ProblemException.class)
                .satisfies(e -> assertThat(Problem.of(e).status()).isEqualTo(400));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {"a | \"a\"", "\" \\ | \"\\\" \\\\\"", "é\u2028 | \"é\u2028\""})
    void quotes(String text, String json) {
        assertThat(Json.quote(text)).isEqualTo(json);
    }

    @Test
    void quotesWhatCannotBeSeen() {
        assertThat(Json.quote("\u0001\t\r\n")).isEqualTo("\"\\u0001\\t\\r\\n\"");
    }
}
