/// jcstress tests of the engine, in its own package to reach what is not public.
@org.jspecify.annotations.NullMarked
package io.futex.internal;
