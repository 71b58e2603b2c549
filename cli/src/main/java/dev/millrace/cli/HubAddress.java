package dev.millrace.cli;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a hub is: {@code http://127.0.0.1:8080}, {@code hub.example}, or with a path behind a proxy.
 *
 * @param uri ends in a slash
 */
public record HubAddress(URI uri) {
    /** The address unless another is given, in the form of a default of an option. */
    public static final String STANDARD = "${env:MILLRACE_URL:-http://127.0.0.1:8080}";

    /** How the command line reads it. */
    public static final class Converter implements ITypeConverter<HubAddress> {
        @Override
        public HubAddress convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    /**
     * The address that a person means.
     *
     * @throws IllegalArgumentException if it is none
     */
    static HubAddress parse(String text) {
        String whole = text.contains("://") ? text : "http://" + text;
        URI uri;
        try {
            uri = URI.create(whole.endsWith("/") ? whole : whole + "/");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("it must be the address of a hub, such as http://127.0.0.1:8080", e);
        }
        boolean isHttp = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        if (!isHttp || uri.getHost() == null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("it must be the address of a hub, such as http://127.0.0.1:8080");
        }
        return new HubAddress(uri);
    }

    /** An address below the hub's own. */
    public URI at(String path) {
        return URI.create(uri + path);
    }

    /** A text as a value in a query. */
    public static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /** Whether it is spoken to with TLS. */
    public boolean isSecure() {
        return "https".equalsIgnoreCase(uri.getScheme());
    }

    /** The port, the standard one where none is given. */
    public int port() {
        return uri.getPort() >= 0 ? uri.getPort() : isSecure() ? 443 : 80;
    }

    /** As a person writes it. */
    @Override
    public String toString() {
        String text = uri.toString();
        return text.substring(0, text.length() - 1);
    }
}
