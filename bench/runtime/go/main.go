// The cases of cases.ts, with goroutines and channels. One run of every case; a line of JSON for each.
package main

import (
	"encoding/json"
	"os"
	"runtime"
	"sort"
	"sync/atomic"
	"syscall"
	"time"
)

type result struct {
	Name  string  `json:"name"`
	CPUMs float64 `json:"cpuMs"`
	Ms    float64 `json:"ms"`
}

func cpuMs() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	of := func(t syscall.Timeval) float64 { return float64(t.Sec)*1e3 + float64(t.Usec)/1e3 }
	return of(usage.Utime) + of(usage.Stime)
}

// A case builds its network and gives what runs it: only the latter is timed.
type setup func() func()

func pingPong(rounds int) setup {
	return func() func() {
		there, back := make(chan int), make(chan int)
		go func() {
			for v := range there {
				back <- v
			}
			close(back)
		}()
		return func() {
			for i := 0; i < rounds; i++ {
				there <- i
				<-back
			}
			close(there)
			<-back
		}
	}
}

func produce(out chan<- int, count int) {
	for i := 0; i < count; i++ {
		out <- i
	}
	close(out)
}

func forward(in <-chan int, out chan<- int, add int) {
	for v := range in {
		out <- v + add
	}
	close(out)
}

// source, stages - 2 times a forward, sink.
func pipeline(stages, capacity, count int) setup {
	return func() func() {
		first := make(chan int, capacity)
		last := first
		for i := 2; i < stages; i++ {
			next := make(chan int, capacity)
			go forward(last, next, 1)
			last = next
		}
		return func() {
			go produce(first, count)
			for range last {
			}
		}
	}
}

func commstime(rounds int) setup {
	return func() func() {
		a, b, c, d := make(chan int), make(chan int), make(chan int), make(chan int)
		done := make(chan bool)
		return func() {
			go func() { // prefix
				a <- 0
				for v := range c {
					a <- v
				}
			}()
			go func() { // delta
				for v := range a {
					d <- v
					b <- v
				}
			}()
			go func() { // successor
				for v := range b {
					c <- v + 1
				}
			}()
			go func() { // consumer
				for i := 0; i < rounds; i++ {
					<-d
				}
				done <- true
			}()
			<-done
		}
	}
}

// Go's select chooses at random among those that are ready.
func fairSelect(each int) setup {
	return func() func() {
		var in [8]chan int
		for i := range in {
			in[i] = make(chan int)
		}
		return func() {
			for i := range in {
				go func(out chan<- int) {
					for k := 0; k < each; k++ {
						out <- k
					}
				}(in[i])
			}
			for left := 8 * each; left > 0; left-- {
				select {
				case <-in[0]:
				case <-in[1]:
				case <-in[2]:
				case <-in[3]:
				case <-in[4]:
				case <-in[5]:
				case <-in[6]:
				case <-in[7]:
				}
			}
		}
	}
}

// The numbers 2, 3, … through filters, each of which keeps the first it sees and its multiples to itself.
func sieve(primes, below int) setup {
	return func() func() {
		first := make(chan int)
		last := first
		for i := 0; i < primes; i++ {
			next := make(chan int)
			go func(in <-chan int, out chan<- int) {
				prime := <-in
				for v := range in {
					if v%prime != 0 {
						out <- v
					}
				}
				close(out)
			}(last, next)
			last = next
		}
		return func() {
			go func() {
				for v := 2; v < below; v++ {
					first <- v
				}
				close(first)
			}()
			for range last {
			}
		}
	}
}

func idleBytes(count int) float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	channels := make([]chan int, count)
	for i := range channels {
		channels[i] = make(chan int)
		go func(in <-chan int) { <-in }(channels[i])
	}
	for i := 0; i < 10; i++ {
		runtime.Gosched()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	used := float64(after.HeapAlloc+after.StackInuse) - float64(before.HeapAlloc+before.StackInuse)
	for _, channel := range channels {
		close(channel)
	}
	return used / float64(count)
}

// Milliseconds until so many goroutines, each with a channel, wait for their first message; the middle of twenty.
func startMs(count int) float64 {
	var took [20]float64
	for round := range took {
		start := time.Now()
		var begun int64
		channels := make([]chan int, count)
		for i := range channels {
			channels[i] = make(chan int)
			go func(in <-chan int) {
				atomic.AddInt64(&begun, 1)
				<-in
			}(channels[i])
		}
		for atomic.LoadInt64(&begun) < int64(count) {
			runtime.Gosched()
		}
		took[round] = float64(time.Since(start).Nanoseconds()) / 1e6
		for _, channel := range channels {
			close(channel)
		}
		runtime.Gosched()
	}
	sort.Float64s(took[:])
	return took[len(took)/2]
}

func main() {
	cases := []struct {
		name  string
		setup setup
	}{
		{"ping-pong", pingPong(1_000_000)},
		{"rendezvous", pipeline(2, 0, 2_000_000)},
		{"buffer 64", pipeline(2, 64, 5_000_000)},
		{"buffer 1,024", pipeline(2, 1_024, 5_000_000)},
		{"pipeline of 4", pipeline(4, 0, 1_000_000)},
		{"commstime", commstime(500_000)},
		{"fair select of 8", fairSelect(125_000)},
		{"chain of 10,000", pipeline(10_001, 0, 50)},
		{"chain of 100,000", pipeline(100_001, 0, 5)},
		{"sieve of 2,000", sieve(2_000, 17_390)},
	}
	only := ""
	if len(os.Args) > 1 {
		only = os.Args[1]
	}
	lines := json.NewEncoder(os.Stdout)
	for _, c := range cases {
		if only != "" && c.name != only {
			continue
		}
		run := c.setup()
		runtime.GC()
		cpu, start := cpuMs(), time.Now()
		run()
		_ = lines.Encode(result{c.name, cpuMs() - cpu, float64(time.Since(start).Nanoseconds()) / 1e6})
	}
	if only == "" || only == "bytes" {
		_ = lines.Encode(map[string]any{"name": "bytes", "bytes": idleBytes(100_000)})
	}
	if only == "" || only == "start" {
		_ = lines.Encode(map[string]any{"name": "start", "ms": startMs(1_000)})
	}
}
