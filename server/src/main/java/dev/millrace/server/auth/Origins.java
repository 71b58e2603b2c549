package dev.millrace.server.auth;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The origins whose pages may use this hub besides its own: an exact list, or any (Fetch standard, section 3.2, "Origin header").
 *
 * <p>Pages of listed origins may use cookies. Where any origin is allowed, none may.
 */
public final class Origins {
    // Scheme and host, and a port that is not the scheme's own: what a browser sends.
    private static final Pattern ORIGIN =
            Pattern.compile("([a-z][a-z0-9+.-]*)://([a-z0-9._-]+|\\[[0-9a-f:.]+])(?::([0-9]{1,5}))?");

    private final Set<String> listed;
    private final boolean any;

    private Origins(Set<String> listed, boolean any) {
        this.listed = listed;
        this.any = any;
    }

    /**
     * The origins of a setting: each {@code scheme://host} or {@code scheme://host:port}; or {@code *} alone for any.
     *
     * @throws IllegalArgumentException if one is no origin, or {@code *} stands with others
     */
    public static Origins of(List<String> settings) {
        if (settings.contains("*")) {
            if (settings.size() > 1) {
                throw new IllegalArgumentException(
                        "the origin * must stand alone: listed origins may use cookies, and with * none"
                                + " may; list the origins, or leave * only");
            }
            return new Origins(Set.of(), true);
        }
        Set<String> listed = new LinkedHashSet<>();
        for (String setting : settings) {
            String origin = normal(setting);
            if (origin.isEmpty()) {
                throw new IllegalArgumentException(
                        "an origin must be like https://app.example or https://app.example:8443, without a"
                                + " path or a slash at its end");
            }
            listed.add(origin);
        }
        return new Origins(listed, false);
    }

    /**
     * The standing of the page that a request comes from.
     *
     * @param own the hub's own origin, as {@link #own} makes it
     * @param origin the values of the header {@code Origin}
     * @param fetchSite the values of the header {@code Sec-Fetch-Site}, which newer browsers send where they send no {@code Origin}
     */
    public Standing standing(String own, List<String> origin, List<String> fetchSite) {
        if (origin.isEmpty()) {
            return switch (String.join(",", fetchSite)) {
                case "", "none" -> Standing.NO_PAGE;
                case "same-origin" -> Standing.OWN;
                default -> Standing.FOREIGN;
            };
        }
        String page = origin.size() == 1 ? normal(origin.get(0)) : "";
        if (!page.isEmpty() && page.equals(own)) {
            return Standing.OWN;
        }
        if (listed.contains(page)) {
            return Standing.LISTED;
        }
        return any ? Standing.ANYONE : Standing.FOREIGN;
    }

    /** Whether answers differ by origin, so that caches must be told ({@code Vary: Origin}). */
    public boolean vary() {
        return !listed.isEmpty();
    }

    /**
     * The origin of a hub that is reached under a scheme and host; empty where the host is none.
     *
     * @param host as in the header {@code Host}
     */
    public static String own(String scheme, String host) {
        return normal(scheme + "://" + host);
    }

    private static String normal(String origin) {
        Matcher parts = ORIGIN.matcher(origin.toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            return "";
        }
        String port = parts.group(3) == null ? "" : parts.group(3);
        boolean isDefault = port.isEmpty()
                || (parts.group(1).equals("http") && port.equals("80"))
                || (parts.group(1).equals("https") && port.equals("443"));
        return parts.group(1) + "://" + parts.group(2) + (isDefault ? "" : ":" + port);
    }
}
