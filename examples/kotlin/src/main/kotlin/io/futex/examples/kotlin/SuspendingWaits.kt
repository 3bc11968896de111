package io.futex.examples.kotlin

import io.futex.FutexWord
import io.futex.sync.Doorbell
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.Executors
import java.util.function.BooleanSupplier
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.runInterruptible

/**
 * Where coroutines wait: each wait has a virtual thread of its own, which parks. The dispatcher of the coroutine is
 * free meanwhile, and no platform thread sleeps.
 */
private val waits = Executors.newVirtualThreadPerTaskExecutor().asCoroutineDispatcher()

/**
 * Suspends until the word holds another value than [expected].
 *
 * A cancellation interrupts the wait, and that ends it: nothing is left behind.
 *
 * @return the value that differs
 */
suspend fun FutexWord.awaitOther(expected: Int): Int = runInterruptible(waits) { awaitChange(expected) }

/** Suspends until [ready]; of one coroutine at a time. Who makes it ready rings afterwards. */
suspend fun Doorbell.awaitReady(ready: () -> Boolean) {
    val question = BooleanSupplier { ready() } // the bell asks some hundred times, and this is one object
    runInterruptible(waits) { await(question) }
}

/** A thousand coroutines behind one word, a queue with a bell, and a wait that is cancelled; all on one thread. */
fun main() {
    runBlocking {
        val gate = FutexWord.local(0)
        val behind = List(1_000) { launch { check(gate.awaitOther(0) == 1) } }
        gate.setRelease(1)
        gate.wakeAll()
        behind.joinAll()
        println("${behind.size} coroutines have passed the gate")

        val queue = ConcurrentLinkedQueue<Int>()
        val bell = Doorbell()
        val producer = Thread.ofPlatform().start {
            for (number in 1..1_000) {
                queue.add(number)
                bell.ring()
            }
        }
        var sum = 0
        repeat(1_000) {
            bell.awaitReady { !queue.isEmpty() }
            sum += queue.remove()
        }
        producer.join()
        println("the sum of 1 to 1000 is $sum")

        val endless = launch { bell.awaitReady { false } }
        while (bell.waiters() == 0) {
            delay(1)
        }
        endless.cancelAndJoin()
        println("cancelled, and ${bell.waiters()} wait")
    }
    waits.close()
}
