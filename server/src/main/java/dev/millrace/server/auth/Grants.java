package dev.millrace.server.auth;

import dev.millrace.http.Caller;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What one caller may do: who they are, until when, and which channels they may listen to and publish on.
 *
 * <p>The two sets hold channel names and patterns; a pattern is a name followed by {@code *}, which stands for any rest, or
 * {@code *} alone. Patterns never reach the hub's own names, those that begin with {@code $}. An admin may do everything.
 *
 * @param subject the token's {@code sub}
 * @param expiry the instant at which the grants end; empty where they last until they are revoked
 * @param subscribe the names and patterns that may be listened to, besides the subject's own channel
 * @param publish the names and patterns that may be published on
 * @param admin whether everything is granted, the hub's own pages included
 */
public record Grants(
        Optional<String> subject, Optional<Instant> expiry, Set<String> subscribe, Set<String> publish, boolean admin)
        implements Caller {
    public Grants {
        subscribe = Set.copyOf(subscribe);
        publish = Set.copyOf(publish);
    }

    /** Everything, for a hub without keys. */
    public static Grants everything() {
        return new Grants(Optional.empty(), Optional.empty(), Set.of("*"), Set.of("*"), true);
    }

    /** To listen to these names and patterns and nothing else, for a caller without a token. */
    public static Grants listening(Set<String> patterns) {
        return new Grants(Optional.empty(), Optional.empty(), patterns, Set.of(), false);
    }

    /** Whether a channel, or every channel of a pattern, may be listened to. */
    @Override
    public boolean maySubscribe(String channelOrPattern) {
        return admin || covers(subscribe, channelOrPattern) || isOwn(channelOrPattern);
    }

    /** Whether a channel may be published on. */
    @Override
    public boolean mayPublish(String channel) {
        return admin || covers(publish, channel);
    }

    /** Whether events for everyone may be published: this takes an admin, or the grant to publish on {@code *}. */
    @Override
    public boolean mayBroadcast() {
        return admin || publish.contains("*");
    }

    /** These grants, and to listen to these names and patterns besides. */
    Grants alsoListening(Set<String> patterns) {
        Set<String> all = new LinkedHashSet<>(subscribe);
        all.addAll(patterns);
        return new Grants(subject, expiry, all, publish, admin);
    }

    // A subject may hold a *, so that "user:" + subject reads as a pattern; a pattern is never one's own channel.
    private boolean isOwn(String channel) {
        return subject.isPresent() && !channel.endsWith("*") && channel.equals("user:" + subject.get());
    }

    private static boolean covers(Set<String> granted, String wanted) {
        if (wanted.startsWith("$")) {
            return false;
        }
        if (granted.contains(wanted)) {
            return true;
        }
        for (String grant : granted) {
            if (grant.endsWith("*") && wanted.startsWith(grant.substring(0, grant.length() - 1))) {
                return true;
            }
        }
        return false;
    }
}
