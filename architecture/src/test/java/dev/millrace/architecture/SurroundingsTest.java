package dev.millrace.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Keeps the process and its clocks out of the code: the main class reads them, everything else is given them. */
class SurroundingsTest {
    private static final String MAIN = "dev.millrace.server.Main";

    /** Who reads a system clock; an addition says why. */
    private static final Set<String> READ_A_CLOCK = Set.of(
            MAIN,
            // for users who pass none
            "dev.millrace.hub.HubBuilder",
            "dev.millrace.server.auth.Authenticator",
            "dev.millrace.server.MillraceServer",
            // commands of the program, which end with it
            "dev.millrace.server.LogCommands",
            "dev.millrace.server.Progress",
            "dev.millrace.server.TokenCommand",
            // how long the disk takes, for figures; when the database is to follow the journal
            "dev.millrace.sqlite.Writer",
            // how long readers of history rest, beside live events
            "dev.millrace.sqlite.Readers",
            "dev.millrace.sqlite.Traffic",
            // what Redis does not time itself, since its clock is the one that all nodes share
            "dev.millrace.redis.Appends",
            "dev.millrace.redis.Lives",
            "dev.millrace.redis.RedisLog");

    private static final JavaClasses HUB = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.millrace")
            .that(resideInAnyPackage(
                    "dev.millrace.sse",
                    "dev.millrace.log",
                    "dev.millrace.hub",
                    "dev.millrace.http",
                    "dev.millrace.sqlite",
                    "dev.millrace.redis",
                    "dev.millrace.server.."));

    private static final List<String> PROCESS = List.of(
            "java.lang.System.exit(",
            "java.lang.System.getenv(",
            "java.lang.System.setProperty(",
            "java.lang.Runtime.exit(",
            "java.lang.Runtime.halt(",
            "java.lang.Runtime.addShutdownHook(");

    private static final List<String> CLOCKS = List.of(
            "java.lang.System.currentTimeMillis(",
            "java.lang.System.nanoTime(",
            "java.time.Clock.system",
            "java.time.Clock.tickM",
            "java.time.Clock.tickS",
            "java.time.Instant.now()",
            "java.time.LocalDateTime.now()",
            "java.time.ZonedDateTime.now()");

    @Test
    void onlyMainTouchesTheProcess() {
        noClassesExcept(Set.of(MAIN), "touch the environment or end the process", PROCESS);
    }

    @Test
    void onlyMainReadsTheSystemClock() {
        noClassesExcept(READ_A_CLOCK, "read the system clock", CLOCKS);
    }

    private static void noClassesExcept(Set<String> allowed, String what, List<String> calls) {
        noClasses()
                .that(DescribedPredicate.describe(
                        "are not one of " + allowed, type -> !allowed.contains(outermost(type))))
                .should()
                .accessTargetWhere(DescribedPredicate.describe(what, access -> isOneOf(calls, access)))
                .check(HUB);
    }

    private static String outermost(JavaClass type) {
        return type.getName().replaceFirst("\\$.*", "");
    }

    private static boolean isOneOf(List<String> calls, JavaAccess<?> access) {
        String target = access.getTarget().getFullName();
        return calls.stream().anyMatch(target::startsWith);
    }
}
