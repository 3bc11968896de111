package io.futex.spi;

/// What the system does for the locks of the calling platform thread when that ends, however it ends. Of each record
/// that is linked, and of the one that is pending, it looks at the word at the begin: if that names the thread, it
/// takes the name out, sets [#OWNER_DIED], and wakes one who sleeps there if [#WAITERS] is set. If the word of the
/// pending record names nobody it wakes one as well, for that may have been the pending thread's to do.
///
/// Only the thread that it was made for may use it. What is thrown, for want of stack, has had no effect.
///
/// Sources: get_robust_list(2); Documentation/locking/robust-futex-ABI.rst of the kernel.
public interface RobustThread {
    /// Somebody may sleep on the word.
    int WAITERS = 1 << 31;

    /// The thread that the word named has ended.
    int OWNER_DIED = 1 << 30;

    /// The bits of the word that name a thread, or nobody.
    int OWNER = OWNER_DIED - 1;

    /// By which name the system knows the thread in a word.
    ///
    /// @return within [#OWNER], not 0
    int id();

    /// Makes a record the pending one, in place of any other.
    ///
    /// @param record whose word the thread is about to change
    void begin(RobustRecord record);

    /// Whether there is a pending record.
    ///
    /// @return whether [#begin] was not followed by [#end]
    boolean isPending();

    /// No record is pending any more.
    void end();

    /// Links the pending record, whose word names the thread now; then none is pending.
    ///
    /// @param record not linked yet
    void link(RobustRecord record);

    /// Makes a record the pending one, and takes it out, whatever others have written into it.
    ///
    /// @param record whose word names the thread still
    /// @return false, and nothing has changed, if it was not linked
    boolean unlink(RobustRecord record);

    /// Whether a record is linked, or another of the same memory.
    ///
    /// @param record any
    /// @return whether [#link] was not followed by [#unlink]
    boolean isLinked(RobustRecord record);

    /// Whether any record is linked.
    ///
    /// @return whether the thread holds something
    boolean hasLinked();
}
