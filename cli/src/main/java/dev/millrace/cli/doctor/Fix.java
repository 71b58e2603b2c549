package dev.millrace.cli.doctor;

import java.util.List;

/**
 * A change that mends something.
 *
 * @param where in which program
 * @param change what to write there
 */
public record Fix(String where, String change) {
    private static final String HUB = "the hub";

    static final List<Fix> BUFFERING = List.of(
            new Fix(
                    "nginx",
                    "proxy_http_version 1.1; proxy_buffering off;  and no proxy_ignore_headers X-Accel-Buffering"),
            new Fix("HAProxy", "option http-no-delay  and no filter that collects answers"),
            new Fix("Caddy", "no encode, and no handler that changes answers, around reverse_proxy"),
            new Fix("Apache", "ProxyPass / http://127.0.0.1:8080/ flushpackets=on"),
            new Fix("Cloud Run", "it does not buffer: look at the load balancer or CDN in front of it"));

    static final List<Fix> COMPRESSION = List.of(
            new Fix("nginx", "gzip off;  or take text/event-stream and * out of gzip_types (brotli_types, zstd_types)"),
            new Fix("HAProxy", "take text/event-stream out of compression type"),
            new Fix("Caddy", "no encode around reverse_proxy"),
            new Fix("Apache", "SetEnvIf Request_URI ^/events no-gzip"),
            new Fix("Cloud Run", "it does not compress: look at the load balancer or CDN in front of it"));

    static final List<Fix> IDLE = List.of(
            new Fix("nginx", "proxy_read_timeout 75s;"),
            new Fix("HAProxy", "timeout server 75s  and  timeout client 75s"),
            new Fix("Caddy", "transport http { read_timeout 75s }"),
            new Fix("Apache", "ProxyTimeout 75"),
            new Fix("Cloud Run", "gcloud run services update NAME --timeout 3600  and  --max-age 55m on the hub"),
            new Fix(HUB, "or a --heartbeat of less than half of that time"));

    static final List<Fix> HTTP_2 = List.of(
            new Fix("nginx", "listen 443 ssl; http2 on;  (before 1.25.1: listen 443 ssl http2;)"),
            new Fix("HAProxy", "bind :443 ssl crt FILE alpn h2,http/1.1"),
            new Fix("Caddy", "a host name instead of :80"),
            new Fix("Apache", "Protocols h2 http/1.1"),
            new Fix(HUB, "--tls-cert and --tls-key, where clients reach it without a proxy"));

    static final List<Fix> CHAIN = List.of(
            new Fix("nginx", "ssl_certificate: the certificate and after it the intermediate ones (fullchain.pem)"),
            new Fix("HAProxy", "bind … crt FILE: the certificate, the intermediate ones, the key"),
            new Fix("Apache", "SSLCertificateFile: the certificate and after it the intermediate ones"),
            new Fix(HUB, "--tls-cert: the certificate and after it the intermediate ones"));

    static final List<Fix> RENEWAL = List.of(
            new Fix("the certificate", "renew it, and have that done by a timer (certbot, acme.sh, Caddy by itself)"));

    static final List<Fix> RESUME = List.of(
            new Fix("nginx", "no proxy_set_header Last-Event-ID, and proxy_pass_request_headers on;"),
            new Fix("HAProxy", "no http-request del-header Last-Event-ID"),
            new Fix("Caddy", "no header_up -Last-Event-ID"));

    static final List<Fix> CLOCK =
            List.of(new Fix("the machine that is wrong", "timedatectl set-ntp true, or whatever sets its clock"));

    static final List<Fix> ADDRESS = List.of(
            new Fix("the address", "the hub's own, with the path where a proxy puts it"),
            new Fix("the proxy", "pass every path below that to the hub, /healthz and /events among them"));

    static final List<Fix> TOKEN = List.of(
            new Fix("the command", "--token or MILLRACE_TOKEN, and --channel with a channel that the token grants"));

    static List<Fix> origin(String origin) {
        return List.of(
                new Fix(HUB, "--cors-origin " + origin),
                new Fix("the proxy", "no Access-Control-Allow-… headers of its own, and pass OPTIONS on"));
    }

    /** Those for one program and for the hub, where that program is known; otherwise all. */
    static List<Fix> in(Front front, List<Fix> all) {
        List<Fix> some = all.stream()
                .filter(fix -> fix.where().equals(front.text()) || fix.where().equals(HUB))
                .toList();
        return some.stream().anyMatch(fix -> fix.where().equals(front.text())) ? some : all;
    }
}
