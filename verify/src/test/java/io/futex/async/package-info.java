/// Who waits on shared words for virtual threads: a ring, a pool of threads, or nobody, on real systems.
package io.futex.async;
