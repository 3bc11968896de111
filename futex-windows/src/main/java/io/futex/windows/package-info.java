/// The place of the Windows backend; it holds nothing yet.
@NullMarked
package io.futex.windows;

import org.jspecify.annotations.NullMarked;
