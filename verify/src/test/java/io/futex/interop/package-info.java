/// `interop/c/futex_sync.h`: that it compiles, that page and classes agree with it, and that it meets Java.
package io.futex.interop;
