package dev.millrace.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Holds the code to {@link Layer#TABLE}. */
class ArchitectureTest {
    static final List<Layer> LAYERS = Layer.TABLE;

    private static JavaClasses millrace;

    @BeforeAll
    static void readClasses() {
        millrace = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.millrace");
    }

    @ParameterizedTest
    @FieldSource("LAYERS")
    void usesOnlyWhatItsLayerMay(Layer layer) {
        classes()
                .that()
                .resideInAPackage(layer.name())
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(layer.permitted())
                .allowEmptyShould(true) // a module that is not there yet
                .check(millrace);
    }

    @Test
    void placesEveryPackageInTheTable() {
        assertThat(millrace.stream().map(JavaClass::getPackageName).distinct())
                .isSubsetOf(LAYERS.stream().map(Layer::name).toList());
    }

    @Test
    void hasNoCycles() {
        slices().matching("dev.millrace.(**)").should().beFreeOfCycles().check(millrace);
    }

    @Test
    void keepsNettyInsideTheHttpPackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.millrace.server.http")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(millrace);
    }

    @Test
    void shipsNothingOfTests() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.millrace.junit")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.junit.jupiter..", "org.assertj..", "org.awaitility..")
                .check(millrace);
    }
}
