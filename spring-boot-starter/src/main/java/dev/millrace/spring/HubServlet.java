package dev.millrace.spring;

import dev.millrace.http.Action;
import dev.millrace.http.Answer;
import dev.millrace.http.Caller;
import dev.millrace.http.ClientRoutes;
import dev.millrace.http.Limits;
import dev.millrace.http.ListenRequest;
import dev.millrace.http.LookingRoutes;
import dev.millrace.http.Problem;
import dev.millrace.http.PublishRoutes;
import dev.millrace.http.Route;
import dev.millrace.http.Router;
import dev.millrace.http.SteeringRoutes;
import dev.millrace.http.Text;
import dev.millrace.hub.Hub;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import org.springframework.web.cors.CorsUtils;

/** The hub's HTTP interface, as a servlet of the application: behind its filters, on its port, below its own path. */
final class HubServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private final transient Hub hub;
    private final transient EventStreams streams;
    private final transient StreamLoops loops;
    private final transient AccessPolicy policy;
    private final transient Router<ServletCall> router;
    private final String path;

    /**
     * @param path what the interface's addresses begin with; empty for nothing
     */
    HubServlet(Hub hub, EventStreams streams, StreamLoops loops, AccessPolicy policy, String path) {
        this.hub = hub;
        this.streams = streams;
        this.loops = loops;
        this.policy = policy;
        this.path = path;
        this.router = new Router<>(
                this::listen,
                new PublishedLines(hub)::publish,
                new PublishRoutes(hub),
                new SteeringRoutes(hub, false),
                new LookingRoutes(hub),
                new ClientRoutes(hub));
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ServletCall call = new ServletCall(request, response, policy.callerOf(request), loops.next());
        call.handle(() -> answer(call));
    }

    private void answer(ServletCall call) throws IOException {
        HttpServletRequest request = call.request();
        Router.Match<ServletCall> match =
                router.find(rawPath(request)).orElseThrow(() -> Problem.notFound("there is nothing at this address"));
        Route<ServletCall> route = match.route();
        if (request.getMethod().equals("OPTIONS")) {
            call.answer(Answer.empty(204, route.allow()));
            return;
        }
        Action<ServletCall> action = route.action(request.getMethod())
                .orElseThrow(() -> Problem.of(405, "this address takes " + route.allowed(), route.allow())
                        .exception());
        requireAllowed(call, action);
        call.about(match.parameter()).with(body(request, action.body()));
        action.handler().handle(call);
    }

    private String rawPath(HttpServletRequest request) {
        return request.getRequestURI().substring(request.getContextPath().length() + path.length());
    }

    private static void requireAllowed(ServletCall call, Action<ServletCall> action) {
        Caller caller = call.caller();
        if (action.access() == Action.Access.ADMIN && !caller.admin()) {
            throw Problem.forbidden("this needs the role " + AccessPolicy.ADMIN + ", or another AccessPolicy");
        }
        boolean isChange = !call.request().getMethod().equals("GET")
                && !call.request().getMethod().equals("HEAD");
        // The application's CORS settings have been asked by a filter; what they allow has this header by now.
        if (isChange
                && CorsUtils.isCorsRequest(call.request())
                && !call.response().containsHeader("Access-Control-Allow-Origin")) {
            throw Problem.forbidden("this is not allowed to pages of this origin: allow it in the CORS settings");
        }
    }

    private String body(HttpServletRequest request, Action.Body kind) throws IOException {
        if (kind == Action.Body.NONE) {
            return "";
        }
        String coding = request.getHeader("Content-Encoding");
        if (coding != null && !coding.equalsIgnoreCase("identity")) {
            throw Problem.of(415, "send the body uncompressed").exception();
        }
        if (kind != Action.Body.TEXT) {
            requireType(request, kind == Action.Body.JSON ? "application/json" : "application/x-ndjson");
        }
        if (kind == Action.Body.LINES) {
            return ""; // is read as it comes
        }
        int maxEvent = hub.settings().maxEventBytes();
        long max = kind == Action.Body.TEXT ? maxEvent : Limits.jsonBytes(maxEvent);
        byte[] bytes = request.getContentLengthLong() > max
                ? new byte[0]
                : request.getInputStream().readNBytes((int) Math.min(max + 1, Integer.MAX_VALUE));
        if (request.getContentLengthLong() > max || bytes.length > max) {
            throw Problem.tooLarge(max);
        }
        return Text.decode(bytes);
    }

    private static void requireType(HttpServletRequest request, String type) {
        String given = request.getContentType() == null ? "" : request.getContentType();
        int semicolon = given.indexOf(';');
        String bare = semicolon < 0 ? given : given.substring(0, semicolon);
        if (!bare.strip().toLowerCase(Locale.ROOT).equals(type)) {
            throw Problem.of(415, "send Content-Type: " + type).exception();
        }
    }

    private void listen(ServletCall call) {
        Optional<String> inPath =
                rawPath(call.request()).equals("/events") ? Optional.empty() : Optional.of(call.parameter());
        ListenRequest asked = ListenRequest.of(call, inPath, call.accept(), false);
        try {
            if (call.request().getMethod().equals("HEAD")) {
                call.answer(new Answer(200, "", new byte[0], ListenRequest.HEADERS));
            } else {
                streams.open(call, asked);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
