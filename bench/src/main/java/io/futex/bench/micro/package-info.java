/// Single calls under JMH.
@org.jspecify.annotations.NullMarked
package io.futex.bench.micro;
