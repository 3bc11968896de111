/// Waits and wakes by the calls of XNU, the kernel of macOS.
@org.jspecify.annotations.NullMarked
package io.futex.macos;
