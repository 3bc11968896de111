/// The place of the Windows backend; it holds nothing yet.
@org.jspecify.annotations.NullMarked
module io.futex.windows {
    requires io.futex;
    requires static org.jspecify;
}
