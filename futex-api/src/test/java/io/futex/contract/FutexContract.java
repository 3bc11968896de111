package io.futex.contract;

/// The whole contract. A backend is done when a subclass of this for each of its scopes passes:
///
/// ```java
/// final class MyLocalContractTest extends FutexContract {
///     @Override
///     protected Futex futex() {
///         return ...;
///     }
/// }
/// ```
///
/// Everything a subclass may adapt is in [FutexFixture]: the memory of the words, and nothing of what must hold.
public abstract class FutexContract extends FutexWaitAnyContract {
    /// For the subclass that a backend makes.
    protected FutexContract() {}
}
