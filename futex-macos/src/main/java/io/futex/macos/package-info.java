/// The place of the macOS backend; it holds nothing yet.
@NullMarked
package io.futex.macos;

import org.jspecify.annotations.NullMarked;
