package dev.millrace.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parameters of a request's query, decoded. */
public final class Query {
    /** A query without parameters. */
    public static final Query EMPTY = new Query(Map.of());

    private static final int MAX_PARAMETERS = 1000;

    private final Map<String, List<String>> values;

    private Query(Map<String, List<String>> values) {
        this.values = values;
    }

    /** What stands after the question mark. */
    public static Query parse(String text) {
        if (text.isEmpty()) {
            return EMPTY;
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        int count = 0;
        for (int start = 0; start <= text.length(); ) {
            int end = text.indexOf('&', start);
            end = end < 0 ? text.length() : end;
            if (end > start) {
                add(text.substring(start, end), values);
                if (++count > MAX_PARAMETERS) {
                    throw Problem.badRequest("the query must have at most " + MAX_PARAMETERS + " parameters");
                }
            }
            start = end + 1;
        }
        return new Query(values);
    }

    private static void add(String pair, Map<String, List<String>> values) {
        int equals = pair.indexOf('=');
        String name = Percent.decodeQuery(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : Percent.decodeQuery(pair.substring(equals + 1));
        values.computeIfAbsent(name, k -> new ArrayList<>(1)).add(value);
    }

    /** All values of a parameter that may be repeated. */
    public List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** The value of a parameter that stands once; an empty one is as if it were not given. */
    public Optional<String> one(String name) {
        List<String> all = all(name);
        if (all.size() > 1) {
            throw Problem.badRequest(name + " must be given once");
        }
        return all.isEmpty() || all.get(0).isEmpty() ? Optional.empty() : Optional.of(all.get(0));
    }

    /** A whole number from 0 on, and at most so much: more is taken for the most. */
    public Optional<Integer> number(String name, int most) {
        return one(name).map(text -> {
            if (!text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw Problem.badRequest(name + " must be a whole number from 0 on");
            }
            return text.length() > 9 ? most : Math.min(most, Integer.parseInt(text));
        });
    }

    /** A parameter that is true or false, or not given. */
    public boolean flag(String name, boolean otherwise) {
        String text = one(name).orElse(String.valueOf(otherwise));
        if (text.equals("true") || text.equals("1")) {
            return true;
        }
        if (text.equals("false") || text.equals("0")) {
            return false;
        }
        throw Problem.badRequest(name + " must be true or false");
    }
}
