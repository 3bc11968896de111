// Go's channels, as the experiment `channel` of the Java side measures others: see ChannelWindow.
// Parameters and answers are those of the C program: name=value ..., and lines "name value ...".
package main

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	leastMillis = 50 // /proc/stat counts in steps of 10 ms
	lead        = 4  // the part of a window that parties have to get going
	alone       = 64 // the capacity for one who is alone
)

type token struct{ number int64 }

type count struct {
	n atomic.Int64
	_ [31]int64 // on a cache line of its own
}

var (
	tokens [1024]token
	last   token
	counts [16]count
	over   atomic.Bool
	sum    atomic.Int64
	all    sync.WaitGroup
)

func fail(what string) {
	println(what)
	os.Exit(1)
}

func start(party func()) {
	all.Add(1)
	go func() {
		party()
		all.Done()
	}()
}

func send(to chan *token) {
	var numbers int64
	for i := 0; !over.Load(); i++ {
		t := &tokens[i&1023]
		numbers += t.number
		to <- t
	}
	to <- &last
	sum.Add(numbers)
}

// Counts what one party receives; it is over after some last values.
type receiver struct {
	me, lasts  int
	numbers, n int64
}

func (r *receiver) got(t *token) {
	r.numbers += t.number
	if t == &last {
		r.lasts--
	}
	r.n++
	counts[r.me].n.Store(r.n)
}

func transfer(capacity, senders, receivers int) {
	c := make(chan *token, capacity)
	for range senders {
		start(func() { send(c) })
	}
	for i := range receivers {
		start(func() {
			r := receiver{me: i, lasts: senders / receivers}
			for r.lasts > 0 {
				r.got(<-c)
			}
			sum.Add(-r.numbers)
		})
	}
}

func selectAmong(channels int) {
	var c [8]chan *token
	for i := range channels {
		c[i] = make(chan *token)
		start(func() { send(c[i]) })
	}
	start(func() {
		r := receiver{lasts: channels}
		for r.lasts > 0 {
			if channels == 2 {
				selectOf2(&r, &c)
			} else {
				selectOf8(&r, &c)
			}
		}
		sum.Add(-r.numbers)
	})
}

func selectOf2(r *receiver, c *[8]chan *token) {
	select {
	case t := <-c[0]:
		r.got(t)
	case t := <-c[1]:
		r.got(t)
	}
}

func selectOf8(r *receiver, c *[8]chan *token) {
	select {
	case t := <-c[0]:
		r.got(t)
	case t := <-c[1]:
		r.got(t)
	case t := <-c[2]:
		r.got(t)
	case t := <-c[3]:
		r.got(t)
	case t := <-c[4]:
		r.got(t)
	case t := <-c[5]:
		r.got(t)
	case t := <-c[6]:
		r.got(t)
	case t := <-c[7]:
		r.got(t)
	}
}

func expect(holds bool) {
	if !holds {
		fail("not what was sent")
	}
}

func sendAndReceive(c chan *token) {
	for n := int64(0); !over.Load(); counts[0].n.Store(n) {
		t := &tokens[n&1023]
		c <- t
		expect(<-c == t)
		n++
	}
}

func attempts(c chan *token) {
	for n := int64(0); !over.Load(); counts[0].n.Store(n) {
		t := &tokens[n&1023]
		select {
		case c <- t:
		default:
			expect(false)
		}
		select {
		case got := <-c:
			expect(got == t)
		default:
			expect(false)
		}
		n++
	}
}

func misses(c chan *token) {
	for n := int64(0); !over.Load(); counts[0].n.Store(n) {
		select {
		case <-c:
			expect(false)
		default:
		}
		n++
	}
}

// Busy time of all programs and of this one, in nanoseconds; the first is negative where the system does not tell.
func load() (float64, float64) {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	own := float64(usage.Utime.Nano() + usage.Stime.Nano())
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return -1, own
	}
	words := strings.Fields(strings.SplitN(string(stat), "\n", 2)[0])
	busy := int64(0)
	for _, i := range []int{1, 2, 3, 6, 7, 8} { // not idle, nor idle while a disk works
		ticks, _ := strconv.ParseInt(words[i], 10, 64)
		busy += ticks
	}
	return float64(busy) * 1e7, own
}

func total() (n int64) {
	for i := range counts {
		n += counts[i].n.Load()
	}
	return
}

func measure(millis, windows, mostForeign int) {
	var kept []string
	dropped := 0
	time.Sleep(time.Duration(millis) * time.Millisecond / lead)
	for len(kept) < windows && dropped < windows {
		busy, own := load()
		n := total()
		begin := time.Now()
		time.Sleep(time.Duration(millis) * time.Millisecond)
		n = total() - n
		nanos := float64(time.Since(begin))
		busyThen, ownThen := load()
		foreign := busyThen - busy - (ownThen - own)
		if busy >= 0 && millis >= leastMillis && 100*foreign > float64(mostForeign)*nanos {
			dropped++
		} else {
			kept = append(kept, strconv.FormatFloat(nanos/float64(max(n, 1)), 'g', -1, 64))
		}
	}
	if len(kept) > 0 {
		os.Stdout.WriteString("ns " + strings.Join(kept, " ") + "\n")
	}
	os.Stdout.WriteString("windows " + strconv.Itoa(len(kept)+dropped) + "\ndropped " + strconv.Itoa(dropped) + "\n")
}

func main() {
	values := map[string]string{}
	for _, argument := range os.Args[1:] {
		name, value, _ := strings.Cut(argument, "=")
		values[name] = value
	}
	number := func(name string) int {
		n, err := strconv.Atoi(values[name])
		if err != nil {
			fail("no number " + name)
		}
		return n
	}
	for i := range tokens {
		tokens[i].number = int64(i + 1)
	}
	switch values["form"] {
	case "transfer":
		transfer(number("capacity"), number("senders"), number("receivers"))
	case "select":
		selectAmong(number("channels"))
	case "alone":
		start(func() { sendAndReceive(make(chan *token, alone)) })
	case "attempts":
		start(func() { attempts(make(chan *token, alone)) })
	case "misses":
		start(func() { misses(make(chan *token, alone)) })
	default:
		fail("no form " + values["form"])
	}
	measure(number("millis"), number("windows"), number("most-foreign"))
	over.Store(true)
	all.Wait()
	if sum.Load() != 0 {
		fail("not each value was received once")
	}
}
