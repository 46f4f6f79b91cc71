package main

import "context"

// run plays the users until ctx ends. Most requests are visits.
func (w *worker) run(ctx context.Context) {
	defer w.close()
	for ctx.Err() == nil {
		switch n := w.rng.IntN(1000); {
		case n < 5:
			w.leave(ctx)
		case n < 7:
			w.race(ctx)
		case n < 8:
			if w.burst.due() {
				w.crowd(ctx)
			}
		case n < 10:
			w.forge()
		case n < 60 || len(w.hot) > 0 && n < 200:
			w.knockSomewhere()
		default:
			w.visit(ctx)
		}
	}
}

// last knocks at every instance once more, for every grave, when all faults are over: each
// refuses.
func (w *worker) last(ctx context.Context) {
	defer w.close()
	for _, g := range append(w.graves, w.old...) {
		for _, i := range w.instances {
			w.knock(g, i)
		}
		if ctx.Err() != nil {
			return
		}
	}
	for _, g := range w.graves {
		w.finish(g)
	}
}
