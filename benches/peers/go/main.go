// jub0bs/cors: its middleware, called directly, around a handler that does nothing.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/jub0bs/cors"
)

const refused = "https://tenant99999.example.net"

var ordinary = map[string]string{
	"Host":            "api.example.com",
	"User-Agent":      "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
	"Accept":          "*/*",
	"Accept-Language": "en-US,en;q=0.5",
	"Accept-Encoding": "gzip, deflate, br, zstd",
	"Referer":         "https://tenant00000.example.com/",
	"Sec-Fetch-Dest":  "empty",
	"Sec-Fetch-Mode":  "cors",
	"Sec-Fetch-Site":  "same-site",
}

// The work, as benches/peers/src/work.rs has it: the requests, and the numbers of listed origins.
func main() {
	testing.Init()
	quick := flag.Bool("quick", false, "few rounds")
	flag.Parse()
	duration := "1s"
	if *quick {
		duration = "50ms"
	}
	if err := flag.Set("test.benchtime", duration); err != nil {
		fail(err)
	}

	nothing := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	print("without CORS", 1, serve(nothing, actual(origin(0))))
	for _, origins := range []int{1, 10_000} {
		guarded := middleware(configuration(origins)).Wrap(nothing)
		listed := origin(origins - 1)
		print("actual, allowed", origins, serve(guarded, actual(listed)))
		print("actual, refused", origins, serve(guarded, actual(refused)))
		print("preflight, allowed", origins, serve(guarded, preflight(listed, "authorization,content-type")))
		print("preflight, refused", origins, serve(guarded, preflight(refused, "authorization,content-type")))
	}
	guarded := middleware(configuration(1)).Wrap(nothing)
	for size, length := range map[string]int{"64 KiB": 64 << 10, "1 MiB": 1 << 20} {
		for what, names := range hostile(length) {
			print(size+" of "+what, 1, serve(guarded, preflight(origin(0), names)))
		}
	}
	config := configuration(10_000)
	print("build", 10_000, testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			middleware(config)
		}
	}))
}

func configuration(origins int) cors.Config {
	config := cors.Config{
		Credentialed:    true,
		Methods:         []string{"GET", "POST", "PUT", "DELETE"},
		RequestHeaders:  []string{"authorization", "content-type", "x-requested-with"},
		ResponseHeaders: []string{"x-request-id", "x-total-count"},
		MaxAgeInSeconds: 600,
	}
	for tenant := range origins {
		config.Origins = append(config.Origins, origin(tenant))
	}
	return config
}

func origin(tenant int) string { return fmt.Sprintf("https://tenant%05d.example.com", tenant) }

func middleware(config cors.Config) *cors.Middleware {
	made, err := cors.NewMiddleware(config)
	if err != nil {
		fail(err)
	}
	return made
}

func actual(origin string) *http.Request {
	request, err := http.NewRequest("GET", "/v1/things?page=2", nil)
	if err != nil {
		fail(err)
	}
	for name, value := range ordinary {
		request.Header.Set(name, value)
	}
	request.Header.Set("Origin", origin)
	return request
}

func preflight(origin, names string) *http.Request {
	request := actual(origin)
	request.Method = "OPTIONS"
	request.Header.Set("Access-Control-Request-Method", "PUT")
	request.Header.Set("Access-Control-Request-Headers", names)
	return request
}

func hostile(length int) map[string]string {
	var names strings.Builder
	for place := range length / 8 {
		fmt.Fprintf(&names, "x%06d,", place)
	}
	return map[string]string{
		"names":    names.String(),
		"one name": strings.Repeat("content-type,", length/len("content-type,")),
		"commas":   strings.Repeat(",", length),
	}
}

func serve(handler http.Handler, request *http.Request) testing.BenchmarkResult {
	return testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			handler.ServeHTTP(&response{make(http.Header)}, request)
		}
	})
}

type response struct{ header http.Header }

func (response *response) Header() http.Header             { return response.header }
func (response *response) Write(bytes []byte) (int, error) { return len(bytes), nil }
func (response *response) WriteHeader(int)                 {}

func print(work string, origins int, result testing.BenchmarkResult) {
	row := map[string]any{
		"library":     "jub0bs/cors",
		"work":        work,
		"origins":     origins,
		"nanoseconds": float64(result.T.Nanoseconds()) / float64(result.N),
		"allocations": result.AllocsPerOp(),
		"bytes":       result.AllocedBytesPerOp(),
	}
	if err := json.NewEncoder(os.Stdout).Encode(row); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
