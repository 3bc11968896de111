/// What every backend must do, as tests: extend [FutexContract] once for each scope of a backend. Uses exported API
/// only.
package io.futex.contract;
