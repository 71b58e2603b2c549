package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class UrlsTest {

    private static final URI HUB = URI.create("http://localhost:8080");

    @Test
    void namesAChannelInThePath() {
        assertThat(Urls.channel(HUB, "orders/42")).hasToString("http://localhost:8080/events/orders/42");
        assertThat(Urls.channel(HUB, "user:é@a=b+c~d.e_f-g"))
                .hasToString("http://localhost:8080/events/user%3A%C3%A9%40a%3Db%2Bc~d.e_f-g");
        assertThat(Urls.channel(HUB, "a b?c#d%e").getPath()).isEqualTo("/events/a b?c#d%e");
    }

    @Test
    void staysBelowTheHubsOwnPath() {
        assertThat(Urls.below(URI.create("http://h/live/"), "events")).hasToString("http://h/live/events");
        assertThat(Urls.below(URI.create("http://h/live"), "events")).hasToString("http://h/live/events");
    }

    @Test
    void addsToAQuery() {
        assertThat(Urls.withQuery(HUB, "event", "a&b=c d")).hasToString("http://localhost:8080?event=a%26b%3Dc+d");
        assertThat(Urls.withQuery(URI.create("http://h/?x=1"), "y", "2")).hasToString("http://h/?x=1&y=2");
    }

    @Test
    void hidesWhatALogMustNotShow() {
        assertThat(Access.withoutQuery(URI.create("http://me:pw@h/p?token=t#f")))
                .isEqualTo("http://h/p");
    }
}
