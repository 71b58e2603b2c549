package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class JsonTest {

    @Test
    void readsAnObject() {
        assertThat(
                        Json.object(
                                " {\"n\":null,\"s\":\"a\\\"\\\\\\/\\n\\u00e9\",\"t\":true,\"f\":false,\"i\":42,\"d\":-1.5e2,\"a\":[1,\"x\",{}],\"o\":{\"n\":null,\"k\":\"v\"}} "))
                .isEqualTo(Map.of(
                        "s",
                        "a\"\\/\né",
                        "t",
                        true,
                        "f",
                        false,
                        "i",
                        42.0,
                        "d",
                        -150.0,
                        "a",
                        List.of(1.0, "x", Map.of()),
                        "o",
                        Map.of("k", "v")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}x",
                "[1]",
                "null",
                "text",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":\"",
                "{\"a\":\"\\u12\"}",
                "{\"a\":1,}",
                "{\"a\":tru}"
            })
    void findsNoMembersInAnythingElse(String text) {
        assertThat(Json.object(text)).isEmpty();
    }

    @Test
    void refusesToNestDeeply() {
        assertThat(Json.object("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}"))
                .isEmpty();
    }

    @Test
    void countsOnlyNumbers() {
        Map<String, Object> members = Json.object("{\"n\":7,\"s\":\"7\"}");
        assertThat(Json.count(members, "n")).isEqualTo(7);
        assertThat(Json.count(members, "s")).isZero();
        assertThat(Json.count(members, "absent")).isZero();
    }

    @Test
    void quotesAnyTextSoThatItComesBack() {
        Random random = new Random(20261121);
        JsonMapper other = new JsonMapper();
        for (int round = 0; round < 5000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i > 0; i--) {
                text.append((char) random.nextInt(random.nextBoolean() ? 0x80 : 0x2030));
            }
            String quoted = Json.quote(text.toString());
            assertThat(other.readValue(quoted, String.class)).isEqualTo(text.toString());
            assertThat(Json.object("{\"t\":" + quoted + "}")).containsEntry("t", text.toString());
            assertThat(quoted).doesNotContain("\n", "\r");
        }
    }
}
