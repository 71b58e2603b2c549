package dev.millrace.spring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The starter's page in the documentation. */
record Page(String text) {
    private static final Pattern ROW = Pattern.compile("^\\| `([^`]+)` \\|", Pattern.MULTILINE);
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    static Page read() throws IOException {
        return new Page(Files.readString(Path.of("../docs/spring-boot.md")));
    }

    /** One of its sections. */
    Page section(String title) {
        int start = text.indexOf("\n## " + title + "\n");
        int end = text.indexOf("\n## ", start + 1);
        return new Page(text.substring(start, end < 0 ? text.length() : end));
    }

    /** The names in the first columns of its tables. */
    List<String> rows() {
        return groups(ROW);
    }

    /** Its Java files. */
    List<String> code() {
        return groups(JAVA);
    }

    private List<String> groups(Pattern pattern) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }
}
