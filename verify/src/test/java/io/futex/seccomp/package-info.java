/// Kernels without the newer system calls, and containers that forbid them: by real seccomp filters in JVMs of their
/// own.
package io.futex.seccomp;
