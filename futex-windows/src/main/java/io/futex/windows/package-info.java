/// WaitOnAddress on Windows. Nothing here is for users: the backend is found by [java.util.ServiceLoader].
@org.jspecify.annotations.NullMarked
package io.futex.windows;
