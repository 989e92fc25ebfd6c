package hybrid_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/tandem-go/tandem/cpuexec"
	"github.com/tandem-go/tandem/hybrid"
	"github.com/tandem-go/tandem/kernels"
)

func ExampleScheduler_Launch() {
	s, err := hybrid.Open(hybrid.WithDevices("cpu"))
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()

	x, y := []float32{1, 2, 3}, []float32{10, 20, 30}
	if err := s.Launch(context.Background(), kernels.Saxpy(2, x, y)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(y)
	// Output: [12 24 36]
}

func ExampleSubmit() {
	s, err := hybrid.Open(hybrid.WithDevices("cpu"))
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	ctx := context.Background()

	attempts := 0
	number := hybrid.Submit(ctx, s, func(context.Context) (int, error) {
		if attempts++; attempts < 3 {
			return 0, errors.New("not yet")
		}
		return 21, nil
	}, hybrid.High, hybrid.Retry(5), hybrid.Backoff(time.Millisecond, time.Second))
	double := hybrid.Submit(ctx, s, func(ctx context.Context) (int, error) {
		n, err := number.Wait(ctx) // resolved by now: see After
		return 2 * n, err
	}, hybrid.After(number))

	fmt.Println(double.Wait(ctx))
	// Output: 42 <nil>
}

func ExampleMap() {
	s, err := hybrid.Open(hybrid.WithDevices("cpu"))
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()

	words := []string{"a", "list", "of", "words"}
	lengths, err := hybrid.Map(context.Background(), s, words, func(_ context.Context, word string) (int, error) {
		return len(word), nil
	})
	fmt.Println(lengths, err)
	// Output: [1 4 2 5] <nil>
}

func ExampleFork() {
	s, err := hybrid.Open(hybrid.WithDevices("cpu"))
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()

	var fib func(l *cpuexec.Lane[int, int], n int) int
	fib = func(l *cpuexec.Lane[int, int], n int) int {
		if n < 2 {
			return n
		}
		a, b := l.Both(fib, n-1, n-2)
		return a + b
	}
	fmt.Println(hybrid.Fork(context.Background(), s, fib, 20))
	// Output: 6765 <nil>
}
