package io.futex.process;

/// For programs that tests start.
public final class ClassPath {
    private ClassPath() {}

    /// What the tests themselves run on; the test runner hides it in the manifest of a jar.
    public static String ofTests() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
