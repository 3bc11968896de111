package io.futex.bench.experiment;

import kotlin.ResultKt;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.jvm.internal.SuspendLambda;
import kotlin.jvm.functions.Function2;
import kotlinx.coroutines.CoroutineScope;
import org.jspecify.annotations.Nullable;

/// What Kotlin's compiler makes of a suspending lambda, by hand: a call that suspends returns a mark, which is passed
/// on; later the lambda is entered anew with the result of that call.
final class KotlinCoroutine extends SuspendLambda
        implements Function2<CoroutineScope, Continuation<? super Unit>, Object> {
    private static final long serialVersionUID = 1;

    /// What the lambda does, once.
    interface Body {
        /// Goes on until the end or the next call that suspends.
        ///
        /// @param result of the call that has suspended; at the begin `Unit`
        /// @param self to pass to calls that may suspend
        /// @return the mark, or `Unit` at the end
        Object proceed(Object result, Continuation<Object> self);
    }

    private final transient Body body;

    KotlinCoroutine(Body body) {
        this(body, null);
    }

    @SuppressWarnings("NullAway") // it is nullable in Kotlin
    private KotlinCoroutine(Body body, @Nullable Continuation<Object> completion) {
        super(2, completion);
        this.body = body;
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"}) // as the compiler does
    public Continuation<Unit> create(@Nullable Object scope, Continuation<?> completion) {
        return (Continuation) new KotlinCoroutine(body, (Continuation<Object>) completion);
    }

    @Override
    @SuppressWarnings("unchecked")
    public Object invoke(CoroutineScope scope, Continuation<? super Unit> completion) {
        return new KotlinCoroutine(body, (Continuation<Object>) (Object) completion).invokeSuspend(Unit.INSTANCE);
    }

    @Override
    protected Object invokeSuspend(Object result) {
        ResultKt.throwOnFailure(result);
        return body.proceed(result, this);
    }
}
