/// Small programs to copy.
@org.jspecify.annotations.NullMarked
package io.futex.examples;
