/// Words for jcstress tests.
@org.jspecify.annotations.NullMarked
package io.futex.memory;
