/// For Chronicle's event loops, and all that takes its pausers.
@org.jspecify.annotations.NullMarked
package io.futex.adapters.chronicle;
