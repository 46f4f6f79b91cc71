// Package bench measures what sessions cost. Its benchmarks send single requests through
// the whole site, as a server wires it, and next to each through a control: the same router
// with the same middlewares, which gives the same answer and knows no session. What a
// session costs is the difference between the two.
//
//	go test -run '^$' -bench . ./internal/bench
//
// BenchmarkDatabase asks PostgreSQL alone, for what docs/scaling.md reckons with.
//
// A time says little on another machine and nothing beside other work; the ratio of a
// benchmark to its control says more. docs/performance.md has both, from whole servers.
package bench
