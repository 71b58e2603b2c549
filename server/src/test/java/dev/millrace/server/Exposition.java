package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Metrics in the text format of Prometheus, read strictly: each family has its HELP and TYPE first and its samples together, no
 * sample comes twice, the buckets of a histogram grow up to its count.
 *
 * @param types the type of each family
 * @param samples the value of each sample, by its name and labels as they stand there
 */
record Exposition(Map<String, String> types, Map<String, Double> samples) {
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z_:][a-z0-9_:]*)(\\{[a-z_]+=\"[^\"\\\\]*\"(?:,[a-z_]+=\"[^\"\\\\]*\")*})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");
    private static final List<String> TYPES = List.of("counter", "gauge", "histogram", "summary");

    static Exposition parse(String text) {
        assertThat(text).endsWith("\n");
        Map<String, String> types = new TreeMap<>();
        Map<String, Double> samples = new TreeMap<>();
        String help = "";
        String family = "";
        for (String line : text.lines().toList()) {
            if (line.startsWith("# HELP ")) {
                String[] parts = line.split(" ", 4);
                help = parts[2];
                assertThat(parts[3]).as(line).isNotBlank();
            } else if (line.startsWith("# TYPE ")) {
                family = line.split(" ", -1)[2];
                assertThat(family).as("the family of HELP").isEqualTo(help);
                assertThat(line.split(" ", -1)[3]).isIn(TYPES);
                assertThat(types.put(family, line.split(" ", -1)[3]))
                        .as("twice: " + line)
                        .isNull();
            } else {
                Matcher sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                assertThat(sample.group(1)).as("a sample of " + family).startsWith(family);
                Double before = samples.put(line.substring(0, sample.start(3) - 1), Double.valueOf(sample.group(3)));
                assertThat(before).as("twice: " + line).isNull();
            }
        }
        Exposition all = new Exposition(types, samples);
        types.forEach((name, type) -> all.check(name, type));
        return all;
    }

    private void check(String family, String type) {
        if (type.equals("counter")) {
            assertThat(family).endsWith("_total");
        } else if (type.equals("histogram")) {
            double least = 0;
            List<Double> buckets = samples.entrySet().stream()
                    .filter(sample -> sample.getKey().startsWith(family + "_bucket{"))
                    .sorted((a, b) -> Double.compare(bound(a.getKey()), bound(b.getKey())))
                    .map(Map.Entry::getValue)
                    .toList();
            for (double bucket : buckets) {
                assertThat(bucket).as("a bucket of " + family).isGreaterThanOrEqualTo(least);
                least = bucket;
            }
            assertThat(least).isEqualTo(value(family + "_count"));
        }
    }

    private static double bound(String bucket) {
        String bound = bucket.replaceFirst(".*le=\"([^\"]*)\".*", "$1");
        return bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound);
    }

    /** The value of a sample; fails where it is not there. */
    double value(String sample) {
        Double value = samples.get(sample);
        assertThat(value).as(sample).isNotNull();
        return value == null ? 0 : value;
    }

    /** The names of all labels. */
    Set<String> labels() {
        Set<String> labels = new HashSet<>();
        for (String sample : samples.keySet()) {
            Matcher label = LABEL.matcher(sample);
            while (label.find()) {
                labels.add(label.group(1));
            }
        }
        return labels;
    }
}
