package dev.millrace.cli.doctor;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What answers in front of the hub, as far as it says so itself. */
enum Front {
    NGINX("nginx", "nginx"),
    CADDY("Caddy", "caddy"),
    APACHE("Apache", "apache"),
    CLOUD_RUN("Cloud Run", "google frontend"),
    CLOUDFLARE("Cloudflare", "cloudflare"),
    ENVOY("Envoy", "envoy"),
    /** Nothing, or what does not say so: HAProxy and most load balancers of clouds. */
    UNNAMED("", "");

    private final String text;
    private final String sign;

    Front(String text, String sign) {
        this.text = text;
        this.sign = sign;
    }

    static Front of(HttpHeaders headers) {
        String said = List.of("Server", "Via").stream()
                .flatMap(name -> headers.allValues(name).stream())
                .collect(Collectors.joining(" "))
                .toLowerCase(Locale.ROOT);
        for (Front front : values()) {
            if (said.contains(front.sign)) {
                return front;
            }
        }
        return UNNAMED;
    }

    String text() {
        return text;
    }
}
