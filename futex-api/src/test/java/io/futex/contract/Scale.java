package io.futex.contract;

/// How much work a test does: a share of it in every build, all of it with `-Dio.futex.test.storm=true`.
public final class Scale {
    /// Whether long random storms were asked for.
    public static final boolean STORM = Boolean.getBoolean("io.futex.test.storm");

    private Scale() {}

    /// @param normal in every build
    /// @param storm when storms were asked for
    /// @return the number to use now
    public static int of(int normal, int storm) {
        return STORM ? storm : normal;
    }
}
