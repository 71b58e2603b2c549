package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginsTest {
    private static final String OWN = Origins.own("https", "hub.example");

    @ParameterizedTest
    @CsvSource({
        "https://app.example, LISTED",
        "https://app.example:443, LISTED",
        "HTTPS://App.Example, LISTED",
        "http://app.example, FOREIGN",
        "https://app.example:8443, FOREIGN",
        "https://app.example., FOREIGN",
        "https://app.example.evil.example, FOREIGN",
        "https://evil-app.example, FOREIGN",
        "https://sub.app.example, FOREIGN",
        "https://app.example/, FOREIGN",
        "https://app.example/hub.example, FOREIGN",
        "https://user@app.example, FOREIGN",
        "http://dev.example:3000, LISTED",
        "https://hub.example, OWN",
        "https://hub.example:443, OWN",
        "http://hub.example, FOREIGN",
        "https://hub.example:8080, FOREIGN",
        "null, FOREIGN",
        "'', FOREIGN",
        "'https://app.example,https://hub.example', FOREIGN",
        "'https://app.example https://hub.example', FOREIGN",
    })
    void takesAnOriginExactly(String origin, Standing standing) {
        Origins origins = Origins.of(List.of("https://app.example", "http://Dev.example:3000"));

        assertThat(origins.standing(OWN, List.of(origin), List.of())).isEqualTo(standing);
    }

    @Test
    void takesNoTwoOrigins() {
        Origins origins = Origins.of(List.of("https://app.example"));

        assertThat(origins.standing(OWN, List.of("https://app.example", "https://app.example"), List.of()))
                .isEqualTo(Standing.FOREIGN);
    }

    @ParameterizedTest
    @CsvSource({
        "'', NO_PAGE",
        "none, NO_PAGE",
        "same-origin, OWN",
        "same-site, FOREIGN",
        "cross-site, FOREIGN",
        "x, FOREIGN"
    })
    void asksTheBrowserWhereItSendsNoOrigin(String fetchSite, Standing standing) {
        List<String> header = fetchSite.isEmpty() ? List.of() : List.of(fetchSite);

        assertThat(Origins.of(List.of()).standing(OWN, List.of(), header)).isEqualTo(standing);
    }

    @Test
    void allowsAnyOriginButTellsItsOwnApart() {
        Origins origins = Origins.of(List.of("*"));

        assertThat(origins.standing(OWN, List.of("https://any.example"), List.of()))
                .isEqualTo(Standing.ANYONE);
        assertThat(origins.standing(OWN, List.of("null"), List.of())).isEqualTo(Standing.ANYONE);
        assertThat(origins.standing(OWN, List.of(OWN), List.of())).isEqualTo(Standing.OWN);
        assertThat(origins.vary()).isFalse();
    }

    @Test
    void neverTakesAnUnreadableHostForItsOwn() {
        String none = Origins.own("https", "hub.example/path");

        assertThat(none).isEmpty();
        assertThat(Origins.of(List.of()).standing(none, List.of("null"), List.of()))
                .isEqualTo(Standing.FOREIGN);
        assertThat(Origins.own("http", "[::1]:8080")).isEqualTo("http://[::1]:8080");
        assertThat(Origins.own("HTTP", "Localhost:80")).isEqualTo("http://localhost");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "app.example",
                "https://",
                "https://app.example/",
                "https://app.example/x",
                "https://*.example",
                "null",
                "https://app.example:",
                "https://app.example:port",
                "https://a b",
                "https://user@app.example"
            })
    void refusesASettingThatNoBrowserWouldSend(String setting) {
        assertThatThrownBy(() -> Origins.of(List.of(setting)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https://app.example");
    }

    @Test
    void refusesAnyOriginTogetherWithListedOnes() {
        assertThatThrownBy(() -> Origins.of(List.of("*", "https://app.example")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("alone");
    }

    @ParameterizedTest
    @CsvSource({
        "OWN,     true, true, true, true",
        "LISTED,  true, true, true, true",
        "ANYONE,  true, false, true, false",
        "NO_PAGE, true, false, true, true",
        "FOREIGN, false, false, true, false",
    })
    void letsNoCookieActFromAForeignPage(
            Standing standing, boolean change, boolean changeByCookie, boolean read, boolean readByCookie) {
        assertThat(standing.mayChange(false)).isEqualTo(change);
        assertThat(standing.mayChange(true)).isEqualTo(changeByCookie);
        assertThat(standing.mayRead(false)).isEqualTo(read);
        assertThat(standing.mayRead(true)).isEqualTo(readByCookie);
    }
}
