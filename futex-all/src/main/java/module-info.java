/// The API and the backends of all operating systems, for users who want one name to require.
@org.jspecify.annotations.NullMarked
module io.futex.all {
    requires transitive io.futex;
    requires io.futex.linux;
    requires io.futex.macos;
    requires io.futex.windows;
    requires static org.jspecify;
}
