/// What an operating system contributes: one native wait and one native wake. For authors of backends.
@org.jspecify.annotations.NullMarked
package io.futex.spi;
