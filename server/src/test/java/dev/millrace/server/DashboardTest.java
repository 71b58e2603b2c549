package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Holds dashboard and alerts to the metrics of the page on operations, which {@link MetricsIT} holds to those that exist. */
class DashboardTest {
    private static final Path FOLDER = Path.of("../deploy/grafana");
    private static final Path PAGE = Path.of("../docs/operations.md");
    private static final Pattern DOCUMENTED =
            Pattern.compile("^\\| `([a-z][a-z_0-9]+)` \\| (\\w+) ", Pattern.MULTILINE);
    private static final Pattern ALERT = Pattern.compile("^\\| (Millrace\\w+) \\|", Pattern.MULTILINE);
    private static final Pattern RULE = Pattern.compile("- alert: (\\w+)");
    private static final Pattern EXPRESSION = Pattern.compile("expr: (.+)");
    private static final Pattern METRIC = Pattern.compile("\\b(?:millrace|jvm|process|system)_[a-z_0-9]+");

    @Test
    void asksForMetricsThatExist() throws IOException {
        List<String> queries = queries(TestHub.json(Files.readString(FOLDER.resolve("millrace.json"))));
        assertThat(queries).hasSizeGreaterThan(20);
        Set<String> known = known();
        assertThat(queries).allSatisfy(query -> assertThat(known).containsAll(metrics(query)));
        assertThat(queries).allSatisfy(query -> assertThat(metrics(query)).isNotEmpty());
    }

    @Test
    void showsEveryFigureOfTheHub() throws IOException {
        Set<String> shown = queries(TestHub.json(Files.readString(FOLDER.resolve("millrace.json")))).stream()
                .flatMap(query -> metrics(query).stream())
                .map(name -> name.replaceFirst("_(bucket|sum|count)$", ""))
                .collect(Collectors.toSet());
        Set<String> left = new TreeSet<>(known());
        left.removeIf(name -> !name.startsWith("millrace_") || name.matches(".*_(bucket|sum|count)"));
        left.removeAll(shown);
        assertThat(left).containsExactly("millrace_channels_listened", "millrace_ready");
    }

    @Test
    void alertsByMetricsThatExistAndOnThePage() throws IOException {
        String rules = Files.readString(FOLDER.resolve("alerts.yaml"));
        Set<String> known = known();
        assertThat(all(EXPRESSION, rules)).allSatisfy(query -> assertThat(known).containsAll(metrics(query)));
        List<String> alerts = all(RULE, rules);
        assertThat(all(EXPRESSION, rules)).hasSameSizeAs(alerts);
        assertThat(alerts).isEqualTo(all(ALERT, Files.readString(PAGE)));
    }

    private static List<String> all(Pattern what, String text) {
        return what.matcher(text).results().map(found -> found.group(1)).toList();
    }

    /** The names that a query may use: of a histogram or summary those of its samples, too. */
    private static Set<String> known() throws IOException {
        Set<String> known = new TreeSet<>();
        Matcher rows = DOCUMENTED.matcher(Files.readString(PAGE));
        while (rows.find()) {
            known.add(rows.group(1));
            if (rows.group(2).equals("histogram") || rows.group(2).equals("summary")) {
                Stream.of("_bucket", "_sum", "_count").forEach(end -> known.add(rows.group(1) + end));
            }
        }
        return known;
    }

    private static List<String> queries(JsonNode dashboard) {
        List<String> queries = new ArrayList<>();
        dashboard.findValues("expr").forEach(query -> queries.add(query.asString()));
        dashboard.get("templating").get("list").forEach(variable -> {
            if (variable.get("type").asString().equals("query")) {
                queries.add(variable.get("query").asString());
            }
        });
        return queries;
    }

    private static List<String> metrics(String query) {
        return METRIC.matcher(query).results().map(found -> found.group()).toList();
    }
}
