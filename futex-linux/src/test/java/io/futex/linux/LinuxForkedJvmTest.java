package io.futex.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.Futex;
import io.futex.contract.ForkedJvm;
import io.futex.contract.Show;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The Linux backend as a user starts it: on either path, with and without the grant of native access.
class LinuxForkedJvmTest {
    private static final String API = ForkedJvm.placeOf(Futex.class);
    private static final String LINUX = ForkedJvm.placeOf(LinuxBackendProvider.class);
    private static final String TESTS = ForkedJvm.placeOf(Show.class);

    private static final String JNA = System.getProperty("io.futex.test.jna");

    private static final String NATIVE_LOCAL = "local=Futex[linux, local, binding ffm";
    private static final String NATIVE_SHARED = "shared=Futex[linux, shared, binding ffm";
    private static final String PORTABLE = "local=Futex[portable, local, ";
    private static final String POLLING = "shared=Futex[polling, shared, ";

    @Test
    void onTheClassPathNobodyHasGrantedNativeAccess() {
        ForkedJvm.Result result = onClassPath();
        assertThat(result.output())
                .contains(NATIVE_LOCAL, NATIVE_SHARED, "waited=true")
                .containsPattern(
                        "available=\\[Futex\\[linux, local, .*linux, shared, .*portable, local, .*polling, shared, ")
                .containsPattern("unavailable=.*macos=not on the class path")
                .doesNotContainPattern("unavailable=.*linux=");
        assertThat(result.err()).as("the JVM warns").contains("--enable-native-access=ALL-UNNAMED");
    }

    @Test
    void onTheClassPathWithTheGrant() {
        ForkedJvm.Result result = onClassPath("--enable-native-access=ALL-UNNAMED", "--illegal-native-access=deny");
        assertThat(result.output()).contains(NATIVE_LOCAL, NATIVE_SHARED, "waited=true");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void onTheClassPathWhereNativeAccessIsDenied() {
        ForkedJvm.Result result = onClassPath("--illegal-native-access=deny");
        assertThat(result.output())
                .contains(PORTABLE, POLLING, "waited=true")
                .contains("linux=native access is denied; start java with --enable-native-access=ALL-UNNAMED");
        assertThat(result.warnings("--enable-native-access=ALL-UNNAMED")).hasSize(1);
        assertThat(result.warnings("WARNING")).hasSize(1);
    }

    @Test
    void onTheModulePathTheGrantNamesOneModule() {
        ForkedJvm.Result result = onModulePath("--enable-native-access=io.futex.linux", "--illegal-native-access=deny");
        assertThat(result.output()).contains(NATIVE_LOCAL, NATIVE_SHARED, "waited=true");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void onTheModulePathNobodyHasGrantedNativeAccess() {
        ForkedJvm.Result result = onModulePath();
        assertThat(result.output()).contains(NATIVE_LOCAL, NATIVE_SHARED, "waited=true");
        assertThat(result.err()).as("the JVM warns").contains("--enable-native-access=io.futex.linux");
        assertThat(result.warnings("--enable-native-access=").stream().filter(line -> !line.contains("io.futex.linux")))
                .as("no other module needs it")
                .isEmpty();
    }

    @Test
    void onTheModulePathWhereNativeAccessIsDenied() {
        ForkedJvm.Result result = onModulePath("--illegal-native-access=deny");
        assertThat(result.output()).contains(PORTABLE, POLLING, "waited=true");
        assertThat(result.warnings("--enable-native-access=io.futex.linux")).hasSize(1);
        assertThat(result.warnings("WARNING")).hasSize(1);
    }

    @Test
    void aGrantToSomebodyElseIsNone() {
        ForkedJvm.Result result = onModulePath("--enable-native-access=io.futex", "--illegal-native-access=deny");
        assertThat(result.output()).contains(PORTABLE, POLLING, "waited=true");
        assertThat(result.warnings("--enable-native-access=io.futex.linux")).hasSize(1);
    }

    @Test
    void theBackendCanBeAskedFor() {
        String grant = "--enable-native-access=ALL-UNNAMED";
        assertThat(onClassPath(grant, "-Dio.futex.backend=linux").output()).contains(NATIVE_LOCAL, NATIVE_SHARED);
        assertThat(onClassPath(grant, "-Dio.futex.backend=linux", "-Dio.futex.binding=ffm")
                        .output())
                .contains(NATIVE_LOCAL, NATIVE_SHARED);
        assertThat(onClassPath(grant, "-Dio.futex.binding=ffm").output()).contains(NATIVE_LOCAL, NATIVE_SHARED);
        assertThat(onClassPath(grant, "-Dio.futex.backend=portable").output()).contains(PORTABLE, POLLING);
    }

    /// Who asks for portable wants nothing native, so there is nothing to warn of.
    @Test
    void askingForPortableWarnsOfNothing() {
        ForkedJvm.Result result = onClassPath("-Dio.futex.backend=portable", "--illegal-native-access=deny");
        assertThat(result.output()).contains(PORTABLE, POLLING, "waited=true");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void aRequestThatCannotBeMetNamesTheFlag() {
        ForkedJvm.Result result =
                run(onClassPathArguments("-Dio.futex.backend=linux", "--illegal-native-access=deny", "no use"));
        assertThat(result.output())
                .contains("local=java.lang.IllegalStateException: -Dio.futex.backend=linux: not usable here")
                .contains("usable: portable")
                .contains("linux=native access is denied; start java with --enable-native-access=ALL-UNNAMED");
    }

    @Test
    void anUnknownNameListsLinux() {
        ForkedJvm.Result result = run(
                onClassPathArguments("-Dio.futex.backend=nonsense", "--enable-native-access=ALL-UNNAMED", "no use"));
        assertThat(result.output())
                .contains("local=java.lang.IllegalStateException: -Dio.futex.backend=nonsense: unknown; usable: linux")
                .contains("windows=not on the class path");
    }

    @Test
    void anUnknownArchitectureIsRefusedByName() {
        ForkedJvm.Result result = onClassPath("-Dos.arch=mips64", "--enable-native-access=ALL-UNNAMED");
        assertThat(result.output())
                .contains(PORTABLE, POLLING, "waited=true")
                .contains("linux=the system call numbers of mips64 are not known; known are amd64, aarch64, riscv64,"
                        + " ppc64le, s390x and loongarch64");
    }

    @Test
    void anUnknownBindingListsTheOthers() {
        ForkedJvm.Result result = run(
                onClassPathArguments("-Dio.futex.binding=nonsense", "--enable-native-access=ALL-UNNAMED", "no use"));
        assertThat(result.output())
                .contains("local=java.lang.IllegalStateException: -Dio.futex.binding=nonsense: unknown; usable: ffm")
                .contains("not usable: jna")
                .contains("linux=binding jna: JNA is not on the class path");
    }

    @Test
    void withoutJnaItsBindingSaysWhatToAdd() {
        ForkedJvm.Result result =
                run(onClassPathArguments("-Dio.futex.binding=jna", "--enable-native-access=ALL-UNNAMED", "no use"));
        assertThat(result.output())
                .contains("local=java.lang.IllegalStateException: -Dio.futex.binding=jna: not usable here; usable: ffm")
                .contains("net.java.dev.jna:jna-jpms");
    }

    /// The initialiser of JNA says so once, and is a NoClassDefFoundError ever after; both are told.
    @Test
    void jnaThatCannotLoadItsLibraryIsNotMissing() {
        String[] options = {"-Dio.futex.binding=jna", "-Djna.nounpack=true", "-Djna.nosys=true", "no use"};
        assertThat(run(arguments(List.of("-cp", ForkedJvm.path(API, LINUX, TESTS, JNA)), options))
                        .output())
                .containsPattern("local=java.lang.IllegalStateException.*binding jna: cannot link the calls: "
                        + ".*UnsatisfiedLinkError: .*JNA native support")
                .containsPattern("unavailable=.*binding jna: cannot link the calls: "
                        + "java.lang.UnsatisfiedLinkError: .*JNA native support")
                .doesNotContain("JNA is not on");
    }

    @Test
    void jnaOnTheClassPath() {
        String paths = ForkedJvm.path(API, LINUX, TESTS, JNA);
        for (String grant : new String[] {"--enable-native-access=ALL-UNNAMED", "--illegal-native-access=warn"}) {
            assertThat(run(arguments(List.of("-cp", paths), "-Dio.futex.binding=jna", grant))
                            .output())
                    .contains("local=Futex[linux, local, binding jna", "shared=Futex[linux, shared, binding jna")
                    .contains("waited=true");
        }
        assertThat(run(arguments(List.of("-cp", paths), "--enable-native-access=ALL-UNNAMED"))
                        .output())
                .as("not by itself")
                .contains(NATIVE_LOCAL);
    }

    @Test
    void jnaOnTheModulePath() {
        String[] options = {"-Dio.futex.binding=jna", "--illegal-native-access=deny"};
        List<String> paths =
                List.of("-p", ForkedJvm.path(API, LINUX, JNA), "--add-modules", "io.futex,com.sun.jna", "-cp", TESTS);
        assertThat(run(arguments(paths, options[0], options[1], "--enable-native-access=com.sun.jna"))
                        .output())
                .contains("local=Futex[linux, local, binding jna", "shared=Futex[linux, shared, binding jna")
                .contains("waited=true");
        assertThat(run(arguments(paths, options[0], options[1], "no use")).output())
                .contains("native access is denied; start java with --enable-native-access=com.sun.jna");
    }

    private static ForkedJvm.Result onClassPath(String... options) {
        List<String> arguments = onClassPathArguments(options);
        return run(arguments);
    }

    /// What does not begin with a dash goes to the program.
    private static List<String> onClassPathArguments(String... options) {
        return arguments(List.of("-cp", ForkedJvm.path(API, LINUX, TESTS)), options);
    }

    private static ForkedJvm.Result onModulePath(String... options) {
        return run(arguments(
                List.of("-p", ForkedJvm.path(API, LINUX), "--add-modules", "io.futex", "-cp", TESTS), options));
    }

    private static List<String> arguments(List<String> paths, String... options) {
        List<String> arguments = new ArrayList<>();
        List<String> program = new ArrayList<>(List.of(Show.class.getName()));
        for (String option : options) {
            (option.startsWith("-") ? arguments : program).add(option);
        }
        arguments.addAll(paths);
        arguments.addAll(program);
        return arguments;
    }

    private static ForkedJvm.Result run(List<String> arguments) {
        return ForkedJvm.java(arguments.toArray(String[]::new)).run();
    }
}
