import consumer.Consumer
import io.futex.FutexWord
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.runInterruptible

fun main(args: Array<String>) = runBlocking {
    Consumer.check(args[0])
    val word = FutexWord.local(0)
    val value = async { runInterruptible(Dispatchers.IO) { word.awaitChange(0) } }
    word.setRelease(42)
    word.wakeAll()
    check(value.await() == 42)
    println("ok: a coroutine was woken")
}
