package dev.millrace.spring;

import dev.millrace.http.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.Instant;
import java.util.Optional;

/**
 * Who may listen and publish through the hub's HTTP interface: the application's bean of this type decides, else
 * {@link #byRole()}. What the application's own controllers do with the hub is not asked here.
 */
@FunctionalInterface
public interface AccessPolicy {
    /** The role that may publish on every channel. */
    String PUBLISHER = "MILLRACE_PUBLISHER";

    /** The role that may do everything. */
    String ADMIN = "MILLRACE_ADMIN";

    /** The caller behind a request, which has passed the application's filters. Called on the request's thread. */
    Caller callerOf(HttpServletRequest request);

    /**
     * Everyone who gets past the application's own security may listen, but to the inboxes {@code user:*} of others; publishing
     * takes the role {@link #PUBLISHER}, looking at the hub and ending streams {@link #ADMIN}. An application without sign-in has
     * no roles: nobody publishes over HTTP until it says who.
     */
    static AccessPolicy byRole() {
        return request -> new User(
                Optional.ofNullable(request.getUserPrincipal()).map(Principal::getName),
                request.isUserInRole(PUBLISHER),
                request.isUserInRole(ADMIN));
    }

    /** Everyone may do everything: for a hub that only friends can reach. */
    static AccessPolicy everything() {
        return request ->
                new User(Optional.ofNullable(request.getUserPrincipal()).map(Principal::getName), true, true);
    }

    /** A user of the application, as the hub sees one. */
    record User(Optional<String> subject, boolean isPublisher, boolean admin) implements Caller {
        private static final String INBOX = "user:";

        @Override
        public Optional<Instant> expiry() {
            return Optional.empty();
        }

        @Override
        public boolean maySubscribe(String channelOrPattern) {
            return admin || !reachesInboxes(channelOrPattern) || isOwn(channelOrPattern);
        }

        private boolean isOwn(String channel) {
            return subject.isPresent() && !channel.endsWith("*") && channel.equals(INBOX + subject.get());
        }

        private static boolean reachesInboxes(String entry) {
            return entry.startsWith(INBOX)
                    || entry.startsWith("$")
                    || (entry.endsWith("*") && INBOX.startsWith(entry.substring(0, entry.length() - 1)));
        }

        @Override
        public boolean mayPublish(String channel) {
            return admin || isPublisher;
        }

        @Override
        public boolean mayBroadcast() {
            return admin || isPublisher;
        }
    }
}
