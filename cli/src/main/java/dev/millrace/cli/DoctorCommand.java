package dev.millrace.cli;

import dev.millrace.cli.doctor.Doctor;
import dev.millrace.cli.doctor.Finding;
import dev.millrace.cli.doctor.Fix;
import dev.millrace.cli.doctor.Subject;
import dev.millrace.cli.doctor.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code millrace doctor}: what stands between a client and the hub. */
@Command(
        name = "doctor",
        description = "Looks at what stands between a client and the hub: name, TLS, HTTP version, clock, compression,"
                + " buffering, resuming, CORS, idle timeouts. A line for each, and what to change. Ends with 1 where"
                + " clients will have trouble. Nothing that it publishes is kept.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  millrace doctor https://hub.example",
            "  millrace doctor https://hub.example --origin https://app.example --idle 0s",
            "  millrace doctor https://hub.example --json | jq '.findings[] | select(.verdict==\"fail\")'"
        })
final class DoctorCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            defaultValue = HubAddress.STANDARD,
            converter = HubAddress.Converter.class,
            description = "The hub as its clients reach it (default: MILLRACE_URL, or http://127.0.0.1:8080).")
    private HubAddress hub = HubAddress.parse("127.0.0.1");

    @Option(
            names = "--idle",
            paramLabel = "DURATION",
            defaultValue = "40s",
            description = "How long a silent stream is watched: longer than the hub's heartbeat, or 0s for not at all"
                    + " (default: ${DEFAULT-VALUE}).")
    private Duration idle = Duration.ofSeconds(40);

    @Option(
            names = "--origin",
            paramLabel = "ORIGIN",
            description = "A page of this origin is to use the hub, such as https://app.example.")
    private @Nullable String origin;

    @Option(
            names = "--channel",
            paramLabel = "CHANNEL",
            description = "A channel that may be listened to and published on (default: doctor/ and a random name).")
    private @Nullable String channel;

    @Option(
            names = "--insecure",
            description = "Go on where the certificate is not trusted; the token is sent all the same.")
    private boolean insecure;

    @Option(names = "--json", description = "All findings as one JSON object.")
    private boolean json;

    @Mixin
    private final TokenOptions access = new TokenOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Subject subject = new Subject(
                hub.uri(),
                access.token(),
                channel == null ? "doctor/" + random() : channel,
                Optional.ofNullable(origin),
                idle,
                insecure);
        PrintWriter out = spec().commandLine().getOut();
        List<Finding> findings = new Doctor(subject, json ? found -> {} : found -> print(found, out)).examine();
        out.println(json ? json(findings) : sum(findings));
        return Doctor.worst(findings) == Verdict.FAIL ? FAILED : 0;
    }

    private static String random() {
        byte[] bytes = new byte[6];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static void print(Finding found, PrintWriter out) {
        out.printf("%-4s  %-12s  %s%n", found.verdict(), found.check(), found.text());
        for (Fix fix : found.fixes()) {
            out.printf("        %s: %s%n", fix.where(), fix.change());
        }
        out.flush();
    }

    private String sum(List<Finding> findings) {
        long fails = count(findings, Verdict.FAIL);
        long warnings = count(findings, Verdict.WARN);
        String verdict =
                fails > 0 ? "clients of " + hub + " will have trouble" : "clients of " + hub + " are well served";
        return verdict + ": " + fails + " failed, " + warnings + " could be better";
    }

    private static long count(List<Finding> findings, Verdict verdict) {
        return findings.stream().filter(found -> found.verdict() == verdict).count();
    }

    private String json(List<Finding> findings) {
        ObjectNode all = JsonMapper.shared()
                .createObjectNode()
                .put("url", hub.toString())
                .put("verdict", Doctor.worst(findings).toString());
        ArrayNode list = all.putArray("findings");
        for (Finding found : findings) {
            ObjectNode node = list.addObject()
                    .put("check", found.check())
                    .put("verdict", found.verdict().toString())
                    .put("text", found.text());
            ArrayNode fixes = node.putArray("fixes");
            found.fixes()
                    .forEach(fix -> fixes.addObject().put("where", fix.where()).put("change", fix.change()));
        }
        return all.toString();
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return spec;
    }
}
