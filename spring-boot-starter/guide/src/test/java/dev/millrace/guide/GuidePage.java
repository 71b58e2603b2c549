package dev.millrace.guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The guide's text, and what a reader types off from it. */
record GuidePage(String text) {
    private static final Pattern FILE =
            Pattern.compile("`([\\w/.]+)`[^\n`]*\n(?:[^\n`]+\n)*\n```\\w+\n(.*?)```", Pattern.DOTALL);
    private static final Pattern COMMAND = Pattern.compile("```console\n\\$ ([^\n]*)\n```");
    private static final Pattern OUTPUT = Pattern.compile("\n\n```\n(.*?)```", Pattern.DOTALL);

    static GuidePage read() throws IOException {
        String whole = Files.readString(Path.of("../../docs/spring-boot.md"));
        int start = whole.indexOf("## From a new project");
        return new GuidePage(whole.substring(start, whole.indexOf("\n## ", start)));
    }

    /** A file that the reader is told to make. */
    String file(String path) {
        return FILE.matcher(text)
                .results()
                .filter(match -> match.group(1).equals(path))
                .map(match -> match.group(2))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the guide has no file " + path));
    }

    /** The commands that the reader is told to give, in their order. */
    List<String> commands() {
        return groups(COMMAND);
    }

    /** What the first of them then shows. */
    String output() {
        return groups(OUTPUT).get(0);
    }

    private List<String> groups(Pattern pattern) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
