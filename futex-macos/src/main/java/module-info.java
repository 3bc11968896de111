/// The place of the macOS backend; it holds nothing yet.
@org.jspecify.annotations.NullMarked
module io.futex.macos {
    requires io.futex;
    requires static org.jspecify;
}
