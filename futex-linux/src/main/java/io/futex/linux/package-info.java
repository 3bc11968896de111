/// futex(2) and futex2 on Linux. Nothing here is for users: the backend is found by [java.util.ServiceLoader].
@org.jspecify.annotations.NullMarked
package io.futex.linux;
