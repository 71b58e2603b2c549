package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.ChannelName;
import dev.millrace.log.Publication;
import dev.millrace.log.Retention;
import dev.millrace.sqlite.SqliteLog;
import dev.millrace.sqlite.SqliteSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code millrace log}, on directories in every state. */
class LogCommandsTest {
    private static final String DIFFICULT = "a line\nanother\r\n\ttab \"quoted\" \\ \u0000 \u2028 \ud83d\ude80";

    @TempDir
    private Path folder;

    private String out = "";
    private String err = "";

    // ---- a good directory ----

    @Test
    void listsChannels() {
        fill("data");
        assertThat(run("ls", "data")).isZero();
        assertThat(out)
                .containsPattern(" 2 {2}\\S+-1 {2}\\S+-3 {2}a\n")
                .containsPattern(" 1 {2}\\S+-2 {2}\\S+-2 {2}b/c\n");
    }

    @Test
    void printsEventsOfSomeChannelsAfterAnId() {
        fill("data");
        assertThat(run("cat", "data")).isZero();
        assertThat(lines()).extracting(line -> line.get("channel").asString()).containsExactly("a", "b/c", "a", "$all");
        String first = lines().get(0).get("id").asString();
        assertThat(run("cat", "data", "--after", first, "a", "b/*")).isZero();
        assertThat(lines()).extracting(line -> line.get("data").asString()).containsExactly("2", DIFFICULT);
    }

    @Test
    void findsAGoodDirectoryGood() {
        fill("data");
        assertThat(run("verify", "data")).isZero();
        assertThat(out).startsWith("all is well up to ").endsWith("-4\n");
    }

    @Test
    void importsWhatItHasExported() throws IOException {
        fill("data");
        assertThat(run("export", "data", "events.ndjson")).isZero();
        assertThat(run("import", "other", "events.ndjson")).isZero();
        assertThat(out).isEqualTo("imported 4 events\n");
        assertThat(run("export", "other", "again.ndjson")).isZero();
        assertThat(withoutIds("again.ndjson"))
                .isEqualTo(withoutIds("events.ndjson"))
                .hasSize(4);
        assertThat(run("verify", "other")).isZero();
        assertThat(run("import", "other", "events.ndjson"))
                .as("once more, behind what is there")
                .isZero();
        assertThat(run("cat", "other")).isZero();
        assertThat(lines()).hasSize(8);
    }

    @Test
    void looksBesideAHubAndImportsNothingThere() {
        fill("data");
        assertThat(run("export", "data", "events.ndjson")).isZero();
        try (SqliteLog hub = open("data")) {
            assertThat(run("ls", "data")).isZero();
            assertThat(run("cat", "data")).isZero();
            assertThat(run("verify", "data")).isZero();
            assertThat(run("export", "data", "beside.ndjson")).isZero();
            assertThat(run("import", "data", "events.ndjson")).isEqualTo(1);
            assertThat(err)
                    .contains("data is in use by another hub (process ", ": stop that one")
                    .hasLineCount(1);
            append(hub, Publication.to(ChannelName.of("a"), "it goes on"));
        }
    }

    // ---- a torn one ----

    @Test
    void saysWhatIsWrongWithATornDirectoryAndExportsTheRest() throws IOException {
        fill("data");
        Path database = folder.resolve("data/millrace.db");
        int place = new String(Files.readAllBytes(database), StandardCharsets.ISO_8859_1).indexOf("another");
        try (RandomAccessFile file = new RandomAccessFile(database.toFile(), "rw")) {
            file.seek(place);
            file.write('A');
        }
        Files.delete(folder.resolve("data/acknowledged"));
        assertThat(run("verify", "data")).isEqualTo(1);
        assertThat(out)
                .contains("of channel a is damaged: its checksum differs")
                .contains("what was acknowledged is not known: the next start begins a new epoch")
                .endsWith("2 problems\n");
        assertThat(run("export", "data", "rest.ndjson")).isZero();
        assertThat(withoutIds("rest.ndjson")).hasSize(3);
    }

    @Test
    void refusesADatabaseWithoutItsBeginning() throws IOException {
        fill("data");
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("data/millrace.db").toFile(), "rw")) {
            file.write(new byte[100]);
        }
        refuses("data", "can't be read");
    }

    // ---- foreign ones ----

    @Test
    void refusesADirectoryWithoutALog() throws IOException {
        refuses("nowhere", "nowhere has no log");
        Files.createDirectory(folder.resolve("empty"));
        refuses("empty", "empty has no log");
        assertThat(folder.resolve("nowhere")).doesNotExist();
    }

    @Test
    void refusesWhatIsNoDatabase() throws IOException {
        Files.createDirectory(folder.resolve("text"));
        Files.writeString(folder.resolve("text/millrace.db"), "not a database\n".repeat(1000));
        refuses("text", "can't be read");
    }

    // ---- misuse ----

    @Test
    void importsUpToTheLineThatIsWrongAndNamesIt() throws IOException {
        Files.writeString(folder.resolve("bad.ndjson"), """
                {"channel":"a","event":"","data":"1","time":1700000000000}
                {"channel":"a","event":"","data":2,"time":1700000000000}
                """);
        assertThat(run("import", "data", "bad.ndjson")).isEqualTo(2);
        assertThat(err)
                .contains("line 2: \"data\" must be a string; the lines before it were imported")
                .hasLineCount(1);
        assertThat(run("cat", "data")).isZero();
        assertThat(lines()).extracting(line -> line.get("data").asString()).containsExactly("1");
    }

    @Test
    void namesAFileThatItCanNotReadOrWrite() {
        fill("data");
        assertThat(run("import", "data", "nowhere.ndjson")).isEqualTo(1);
        assertThat(err).contains("nowhere.ndjson").hasLineCount(1);
        assertThat(run("export", "data", "no/such/folder.ndjson")).isEqualTo(1);
        assertThat(err).contains("no/such/folder.ndjson").hasLineCount(1);
    }

    @Test
    void refusesBadArgumentsInALine() {
        fill("data");
        assertThat(run("cat", "data", "--after", "nonsense")).isEqualTo(2);
        assertThat(err).contains("--after must be an event's id").hasLineCount(1);
        assertThat(run("cat", "data", "a b")).isEqualTo(2);
        assertThat(err).contains("channel").hasLineCount(1);
        assertThat(execute("log", "ls")).isEqualTo(2);
        assertThat(err).contains("--data-dir").hasLineCount(1);
    }

    // ----

    private void refuses(String directory, String sentence) {
        for (String command : List.of("ls", "cat", "verify", "export")) {
            assertThat(run(command, directory)).as(command).isEqualTo(1);
            assertThat(err)
                    .as(command)
                    .startsWith("millrace: ")
                    .contains(sentence)
                    .hasLineCount(1);
        }
    }

    private void fill(String directory) {
        try (SqliteLog log = open(directory)) {
            append(log, Publication.to(ChannelName.of("a"), "1"));
            append(log, Publication.to(ChannelName.of("b/c"), "2").named("named"));
            append(log, Publication.to(ChannelName.of("a"), DIFFICULT));
            append(log, Publication.to(ChannelName.ALL, "to all"));
        }
    }

    private SqliteLog open(String directory) {
        return SqliteLog.open(
                folder.resolve(directory),
                new SqliteSettings(Retention.standard(), SqliteSettings.STANDARD_DISK_BYTES),
                Clock.systemUTC());
    }

    private static void append(SqliteLog log, Publication publication) {
        log.append(List.of(publication)).toCompletableFuture().join();
    }

    /** {@code millrace log COMMAND --data-dir DIRECTORY}; names with a dot or slash at the end are files in the folder. */
    private int run(String command, String directory, String... more) {
        Stream<String> rest = Stream.of(more)
                .map(name -> name.endsWith(".ndjson") ? folder.resolve(name).toString() : name);
        return execute(Stream.concat(
                        Stream.of(
                                "log",
                                command,
                                "--data-dir",
                                folder.resolve(directory).toString()),
                        rest)
                .toArray(String[]::new));
    }

    private int execute(String... arguments) {
        StringWriter printed = new StringWriter();
        StringWriter complained = new StringWriter();
        int status = CommandLines.run(
                List.of(arguments),
                Map.of(),
                folder,
                () -> {},
                new PrintWriter(printed, true),
                new PrintWriter(complained, true));
        out = printed.toString();
        err = complained.toString();
        return status;
    }

    private List<JsonNode> lines() {
        return out.lines().map(TestHub::json).toList();
    }

    private List<String> withoutIds(String file) throws IOException {
        return Files.readAllLines(folder.resolve(file)).stream()
                .map(line -> line.replaceFirst("\"id\":\"[^\"]*\"", ""))
                .toList();
    }
}
