package dev.millrace.showcase;

import java.util.Map;

/** The showcase on the database that it brings. */
class H2IT extends ShowcaseContract {
    @Override
    Map<String, String> environment() {
        return Map.of();
    }
}
