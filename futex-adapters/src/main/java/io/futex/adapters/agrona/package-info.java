/// For Agrona, and Aeron, which takes its idle strategies.
@org.jspecify.annotations.NullMarked
package io.futex.adapters.agrona;
