package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class CredentialTest {
    private static final List<String> NONE = List.of();

    @Test
    void isTheFirstPlaceThatHasOne() {
        List<String> header = List.of("Bearer h");
        List<String> query = List.of("q");
        List<String> cookie = List.of("a=b; millrace_token=c; d=e");

        assertThat(Credential.find(header, query, cookie)).contains(new Credential("h", false));
        assertThat(Credential.find(NONE, query, cookie)).contains(new Credential("q", false));
        assertThat(Credential.find(NONE, NONE, cookie)).contains(new Credential("c", true));
        assertThat(Credential.find(NONE, NONE, NONE)).isEmpty();
    }

    @Test
    void passesOverOtherSchemesAndOtherCookies() {
        List<String> cookies = List.of("xmillrace_token=a", "millrace_tokens=b; Millrace_Token=c");

        assertThat(Credential.find(List.of("Basic dTpw"), NONE, cookies)).isEmpty();
        assertThat(Credential.find(List.of("bearer  t "), NONE, cookies)).contains(new Credential("t", false));
    }

    @Test
    void staysWithTheFirstPlaceWhereThatIsBad() {
        assertThat(Credential.find(List.of("Bearer "), List.of("q"), NONE)).contains(new Credential("", false));
        assertThat(Credential.find(NONE, List.of(""), List.of("millrace_token=c")))
                .contains(new Credential("", false));
    }

    @Test
    void refusesTwoInOnePlace() {
        assertThatThrownBy(() -> Credential.find(List.of("Bearer a", "Bearer b"), NONE, NONE))
                .isInstanceOf(Unauthorized.class);
        assertThatThrownBy(() -> Credential.find(NONE, List.of("a", "b"), NONE)).isInstanceOf(Unauthorized.class);
        assertThatThrownBy(() -> Credential.find(NONE, NONE, List.of("millrace_token=a", "millrace_token=b")))
                .isInstanceOf(Unauthorized.class);
    }

    @Test
    void neverPrints() {
        assertThat(new Credential("secret", true).toString()).doesNotContain("secret");
    }
}
