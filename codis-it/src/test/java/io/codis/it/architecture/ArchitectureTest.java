package io.codis.it.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.codis.dashboard.server.LauncherClient;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may know whom. The modules' own dependencies forbid the coarse part; this is the rest. */
class ArchitectureTest {

    private static JavaClasses product;

    @BeforeAll
    static void read() {
        product = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.codis");
        assertThat(product.stream().map(JavaClass::getPackageName))
                .contains("io.codis.core.slot", "io.codis.infra.http", "io.codis.testkit");
    }

    @Test
    void theDomainDoesNoInputOrOutput() {
        noClasses()
                .that()
                .resideInAPackage("io.codis.core..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.net..",
                        "java.nio.channels..",
                        "java.nio.file..",
                        "javax.net..",
                        "io.netty..",
                        "redis.clients..",
                        "com.fasterxml.jackson.databind..",
                        "org.slf4j..",
                        "io.codis.infra..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(
                        java.io.InputStream.class,
                        java.io.OutputStream.class,
                        java.io.Reader.class,
                        java.io.Writer.class,
                        java.io.File.class)
                .check(product);
    }

    @Test
    void theDomainHasNoThreadsAndNoClock() {
        noClasses()
                .that()
                .resideInAPackage("io.codis.core..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(
                        Thread.class,
                        ThreadLocal.class,
                        java.time.Clock.class,
                        java.util.concurrent.ExecutorService.class,
                        java.util.concurrent.locks.Lock.class)
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .check(product);
    }

    @Test
    void theAdaptersDoNotKnowWhoUsesThem() {
        noClasses()
                .that()
                .resideInAPackage("io.codis.infra..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.codis.proxy..",
                        "io.codis.server..",
                        "io.codis.dashboard..",
                        "io.codis.operator..",
                        "io.codis.cli..")
                .check(product);
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy", "server", "dashboard", "operator"})
    void theProcessesKnowEachOtherByTheirRecordsInTheDomainOnly(String process) {
        noClasses()
                .that()
                .resideInAPackage("io.codis." + process + "..")
                .should()
                .dependOnClassesThat(new DescribedPredicate<>("of another process") {
                    @Override
                    public boolean test(JavaClass other) {
                        String name = other.getPackageName();
                        return name.matches("io\\.codis\\.(proxy|server|dashboard|operator|cli)(\\..*)?")
                                && !name.equals("io.codis." + process)
                                && !name.startsWith("io.codis." + process + ".");
                    }
                })
                .check(product);
    }

    /** So that it is loaded by processes that use that coordinator, and by no other. */
    @Test
    void theLibraryOfACoordinatorIsKnownToItsOwnPackageOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.codis.infra.coordinator.zookeeper..", "io.codis.testkit..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.curator..", "org.apache.zookeeper..")
                .check(product);
    }

    @Test
    void desiredObjectsAreMadeWithoutAskingAnybody() {
        noClasses()
                .that()
                .resideInAPackage("io.codis.operator.desired..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.fabric8.kubernetes.client.KubernetesClient")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("io.javaoperatorsdk..", "java.time..")
                .check(product);
    }

    /** Safety rule 15: everybody else asks the loops. */
    @Test
    void onlyTheRoleLoopsOfTheDashboardGiveRoles() {
        for (String order : List.of("role", "promise", "lease")) {
            var rule = noClasses()
                    .that()
                    .resideOutsideOfPackage("io.codis.dashboard.role..")
                    .should()
                    .callMethodWhere(new DescribedPredicate<JavaMethodCall>("orders of roles") {
                        @Override
                        public boolean test(JavaMethodCall call) {
                            return call.getTargetOwner().isEquivalentTo(LauncherClient.class)
                                    && call.getName().equals(order);
                        }
                    });
            rule.check(product);
        }
    }

    @Test
    void noClassIsNamedAfterNothing() {
        noClasses()
                .should()
                .haveNameMatching(".*[a-z](Utils?|Helpers?|Managers?|Misc)(\\$.*)?")
                .check(product);
    }

    @Test
    void nobodyShippedKnowsTheTestkit() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.codis.testkit..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.codis.testkit..")
                .check(product);
    }

    @Test
    void theHotPathOfTheProxyKnowsNoJsonAndNoHttp() {
        classes()
                .that()
                .resideInAnyPackage("io.codis.proxy.engine..", "io.codis.proxy.session..", "io.codis.proxy.backend..")
                .should()
                .onlyDependOnClassesThat()
                .resideOutsideOfPackages("com.fasterxml.jackson..", "io.codis.infra.http..", "io.codis.infra.json..")
                .allowEmptyShould(true)
                .check(product);
    }

    @Test
    void packagesDoNotKnowEachOtherInCircles() {
        slices().assignedFrom(packages()).should().beFreeOfCycles().check(product);
    }

    private static SliceAssignment packages() {
        return new SliceAssignment() {
            @Override
            public String getDescription() {
                return "packages";
            }

            @Override
            public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                return SliceIdentifier.of(javaClass.getPackageName());
            }
        };
    }
}
