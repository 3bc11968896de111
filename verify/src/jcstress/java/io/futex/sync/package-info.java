/// jcstress tests of the primitives: what was written before a release is visible after the acquire that it pairs with.
@org.jspecify.annotations.NullMarked
package io.futex.sync;
