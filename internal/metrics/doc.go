// Package metrics shows how an instance does, to programs on its own machine: numbers
// for Prometheus at /metrics, and profiles of the running program at /debug/pprof/. Both
// are on a listener of their own, at DEBUG_ADDR; without one nothing is counted.
//
// It is an optional part: it looks at the rest through hooks that the rest has anyway
// (auth.Events, kit.Config.Observe, the Stats of services), and nothing depends on it.
package metrics
