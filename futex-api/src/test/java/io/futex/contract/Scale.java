package io.futex.contract;

/// How much work a test does, by `-Dio.futex.test.scale=`: `small` on emulated systems, `normal` in every build,
/// `storm` for long random storms.
public final class Scale {
    private static final String NAME = System.getProperty("io.futex.test.scale", "normal");

    /// Whether long random storms were asked for.
    public static final boolean STORM = is("storm");

    /// Whether this is a slow, emulated system.
    public static final boolean SMALL = is("small");

    /// What a small run divides the normal numbers by.
    private static final int SHARE = 20;

    static {
        if (!STORM && !SMALL && !is("normal")) {
            throw new IllegalArgumentException("io.futex.test.scale=" + NAME + " is none of small, normal, storm");
        }
    }

    private Scale() {}

    /// @param normal in every build
    /// @param storm when storms were asked for
    /// @return the number to use now
    public static int of(int normal, int storm) {
        return STORM ? storm : SMALL ? Math.max(1, normal / SHARE) : normal;
    }

    private static boolean is(String name) {
        return NAME.equals(name);
    }
}
