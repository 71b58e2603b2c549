package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoggedTextTest {
    @ParameterizedTest
    @CsvSource({
        "/events/orders/42, /events/orders/42",
        "/events?channels=a,/events?channels=a",
        "/events/a?token=SECRET, /events/a?token=*",
        "/events/a?event=x&token=SECRET&keep=false, /events/a?event=x&token=*&keep=false",
        "/events/a?clientId=SECRET, /events/a?clientId=*",
        "/events/a?token=SECRET&token=SECRET, /events/a?token=*&token=*",
        "/events/a?%74oken=SECRET, /events/a?*",
        "/events/a?Token=SECRET, /events/a?*",
        "/events/a?access_token=SECRET, /events/a?*",
        "/events/a?SECRET, /events/a?*",
        "/events/a?token=SECRET?token=SECRET, /events/a?token=*",
        "/events/a?, /events/a?*",
        "/clients/SECRET, /clients/*",
        "/clients/SECRET/token, /clients/*/token",
        "/clients/SECRET/events?event=x, /clients/*/events?event=x",
        "/clients?user=anna, /clients?user=anna"
    })
    void hidesWhatLetsAReaderAct(String sent, String logged) {
        assertThat(LoggedText.redacted(sent)).isEqualTo(logged);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\nb",
                "a\r\nclient=203.0.113.7 user=root",
                "\u001b[31mred",
                "a\u0000b",
                "a\u0085b",
                "a\u2028b",
                "a\u202eb",
                "a b=\"c\"",
                "\ud800"
            })
    void letsNothingBreakALine(String sent) {
        assertThat(LoggedText.quoted(sent)).matches("\"([ -~&&[^\"\\\\]]|\\\\[\"\\\\u])*\"");
    }

    @Test
    void leavesPlainTextAsItIs() {
        assertThat(LoggedText.quoted("/events/orders-1")).isEqualTo("/events/orders-1");
        assertThat(LoggedText.quoted("Müller")).isEqualTo("\"Müller\"");
    }
}
