package dev.millrace.server.http;

import dev.millrace.http.Action;
import dev.millrace.http.Header;
import dev.millrace.http.Problem;
import dev.millrace.server.auth.Authenticator;
import dev.millrace.server.auth.ClientAddress;
import dev.millrace.server.auth.Credential;
import dev.millrace.server.auth.Grants;
import dev.millrace.server.auth.Origins;
import dev.millrace.server.auth.PublishRate;
import dev.millrace.server.auth.Standing;
import dev.millrace.server.auth.TrustedProxies;
import dev.millrace.server.auth.Unauthorized;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Who is let in, from where, with which grants, and how often. */
final class Gate {
    private static final CompletableFuture<Grants> EVERYTHING = CompletableFuture.completedFuture(Grants.everything());
    private static final String FETCH_SITE = "Sec-Fetch-Site";

    private final String scheme;
    private final Authenticator authenticator;
    private final Origins origins;
    private final TrustedProxies proxies;
    private final Optional<PublishRate> rate;

    Gate(
            String scheme,
            Authenticator authenticator,
            Origins origins,
            TrustedProxies proxies,
            Optional<PublishRate> rate) {
        this.scheme = scheme;
        this.authenticator = authenticator;
        this.origins = origins;
        this.proxies = proxies;
        this.rate = rate;
    }

    /** The caller's grants. Refuses what a page of this standing may not do, whatever its token says. */
    CompletableFuture<Grants> admit(Request request, Action.Access access) {
        boolean asksToken = access != Action.Access.OPEN && !authenticator.isOpenToAll();
        Optional<Credential> credential = asksToken ? credential(request) : Optional.empty();
        requireStanding(request, credential.filter(Credential::isCookie).isPresent());
        if (!asksToken) {
            return EVERYTHING;
        }
        if (credential.isEmpty() && access == Action.Access.ADMIN) {
            throw new Unauthorized(Unauthorized.Reason.MISSING);
        }
        CompletableFuture<Grants> grants = credential.isPresent()
                ? authenticator.authenticate(credential.get().token())
                : CompletableFuture.completedFuture(authenticator.withoutToken());
        return access == Action.Access.ADMIN ? grants.thenApply(Gate::requireAdmin) : grants;
    }

    /** Whether the caller has only what is public, for want of a token. */
    boolean isWithoutToken(Request request) {
        return !authenticator.isOpenToAll() && credential(request).isEmpty();
    }

    private void requireStanding(Request request, boolean byCookie) {
        HttpMethod method = request.method();
        Standing standing = standing(request.headers(), request.peer());
        boolean isReading = method.equals(HttpMethod.GET) || request.isHead() || method.equals(HttpMethod.OPTIONS);
        if (isReading ? !standing.mayRead(byCookie) : !standing.mayChange(byCookie)) {
            throw Problem.forbidden("this is not allowed to pages of this origin: allow it with --cors-origin");
        }
    }

    private static Grants requireAdmin(Grants grants) {
        if (!grants.admin()) {
            throw Problem.forbidden("this needs a token with admin");
        }
        return grants;
    }

    private static Optional<Credential> credential(Request request) {
        return Credential.find(
                request.headers().getAll(HttpHeaderNames.AUTHORIZATION),
                request.query().all("token"),
                request.headers().getAll(HttpHeaderNames.COOKIE));
    }

    /** What the page is to the hub that sent a request with these headers. */
    Standing standing(HttpHeaders headers, InetAddress peer) {
        List<String> origin = headers.getAll(HttpHeaderNames.ORIGIN);
        List<String> site = headers.getAll(FETCH_SITE);
        if (origin.isEmpty() && site.isEmpty()) {
            return Standing.NO_PAGE;
        }
        String outside =
                proxies.forwarded(peer, headers.getAll("X-Forwarded-Proto")).orElse(scheme);
        String host = proxies.forwarded(peer, headers.getAll("X-Forwarded-Host"))
                .orElse(headers.get(HttpHeaderNames.HOST, ""));
        return origins.standing(Origins.own(outside, host), origin, site);
    }

    /** What the answer to a request with these headers tells browsers. */
    List<Header> cors(HttpHeaders headers, InetAddress peer) {
        return Cors.headers(standing(headers, peer), headers, origins.vary());
    }

    /** The address that a request counts under. */
    ClientAddress address(Request request) {
        return proxies.client(request.peer(), request.headers().getAll("X-Forwarded-For"));
    }

    /** Refuses an event of a caller who publishes faster than allowed. */
    void requireRate(Request request) {
        if (rate.isEmpty()) {
            return;
        }
        String caller = (authenticator.isOpenToAll() ? Optional.<Credential>empty() : credential(request))
                .map(Credential::fingerprint)
                .orElseGet(() -> address(request).value());
        Duration wait = rate.get().take(caller);
        if (!wait.isZero()) {
            throw Problem.of(
                            429,
                            "events are published faster than --publish-rate allows: publish them later",
                            new Header("Retry-After", String.valueOf(wait.toSeconds() + 1)))
                    .exception();
        }
    }
}
