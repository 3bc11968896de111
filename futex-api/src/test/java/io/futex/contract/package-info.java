/// What every backend must do, as tests: extend [FutexContract] once for each scope of a backend. Uses exported API
/// only. Beside it what tests of all modules need: waiters, forked JVMs, kernels without the newer calls.
package io.futex.contract;
