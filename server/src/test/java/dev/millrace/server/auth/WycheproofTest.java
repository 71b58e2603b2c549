package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The attacks that Project Wycheproof collected, of which the environment variable {@code WYCHEPROOF} names the folder. */
class WycheproofTest {
    /** The vectors whose mark this hub overrules, and why. */
    private static final Map<Integer, String> OVERRULED = Map.of(
            346, "refused: the key is marked for PS256 and the token says PS384, which is what makes 338 invalid",
            350, "refused: as 346",
            347, "refused: the key is marked for ES521, which is no algorithm (RFC 7518 names it ES512)",
            351, "refused: as 347",
            372, "refused: a stray character in the header, against RFC 7515, section 5.2",
            373, "refused: a stray character in the payload, as 372",
            367, "accepted: the token is, byte for byte, the valid one of 357",
            370, "accepted: as 367");

    private static Path folder = Path.of("");

    @BeforeAll
    static void findTheVectors() {
        Optional<String> named =
                Optional.ofNullable(System.getenv("WYCHEPROOF")).filter(name -> !name.isBlank());
        if (named.isEmpty()) {
            System.out.println("SKIPPED: the Wycheproof vectors; set WYCHEPROOF to the folder of wycheproof_jws.json");
        }
        assumeThat(named).as("WYCHEPROOF names the folder of the vectors").isPresent();
        folder = fromHereOrAbove(named.orElseThrow());
    }

    // Relative to the root of the build, while the tests run in their module's folder.
    private static Path fromHereOrAbove(String name) {
        return List.of(Path.of(name), Path.of("..").resolve(name)).stream()
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow(() -> new AssertionError("WYCHEPROOF is no folder: " + name));
    }

    @Test
    void givesNoWrongVerdictOnSignatures() throws IOException {
        int judged = 0;
        for (JsonNode group : groups("wycheproof_jws.json")) {
            JsonNode jwk = group.has("public") ? group.get("public") : group.get("private");
            for (JsonNode test : group.get("tests")) {
                int id = test.get("tcId").intValue();
                boolean marked = test.get("result").stringValue().equals("valid");
                boolean expected = OVERRULED.containsKey(id) != marked;
                assertThat(accepts(() -> keyOf(jwk), test.get("jws")))
                        .as("%d %s", id, test.get("comment"))
                        .isEqualTo(expected);
                judged++;
            }
        }
        assertThat(judged).isEqualTo(401);
    }

    @Test
    void givesNoWrongVerdictOnKeySets() throws IOException {
        for (JsonNode group : groups("wycheproof_jwk.json")) {
            JsonNode set = group.has("public") ? group.get("public") : group.get("private");
            boolean holdsSecret = set.get("keys").values().stream()
                    .anyMatch(key -> key.path("kty").asString().equals("oct"));
            for (JsonNode test : group.get("tests")) {
                // A key set that anyone may fetch holds no secrets: these are refused, whatever the vector says.
                boolean expected = test.get("result").stringValue().equals("valid") && !holdsSecret;
                assertThat(accepts(
                                () -> KeySet.parse(set.toString().getBytes(StandardCharsets.UTF_8)), test.get("jws")))
                        .as("%s %s", test.get("tcId"), test.get("comment"))
                        .isEqualTo(expected);
            }
        }
    }

    private static Iterable<JsonNode> groups(String file) throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readAllBytes(folder.resolve(file)))
                .get("testGroups");
    }

    private static boolean accepts(java.util.function.Supplier<KeySet> keys, JsonNode jws) {
        try {
            return keys.get().signed(SignedToken.parse(jws.isString() ? jws.stringValue() : jws.toString()));
        } catch (Unauthorized | IllegalArgumentException refused) {
            return false;
        }
    }

    private static KeySet keyOf(JsonNode jwk) {
        if (jwk.get("kty").stringValue().equals("oct")) {
            assertThat(Set.of("HS256")).contains(jwk.get("alg").stringValue());
            byte[] secret = Base64.getUrlDecoder().decode(jwk.get("k").stringValue());
            return new KeySet(List.of(VerificationKey.ofSecret(secret)));
        }
        return KeySet.parse(("{\"keys\":[" + jwk + "]}").getBytes(StandardCharsets.UTF_8));
    }
}
