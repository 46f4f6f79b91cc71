package auth

import "context"

// Queries is how often the database has been asked so far on behalf of the
// request, a transaction counting as one. Requests that ask the same question
// at the same time are answered together: it counts for the one that put it.
// Outside the Middleware it is 0.
func Queries(ctx context.Context) int { return int(fromContext(ctx).queries.Load()) }

// store is the database, to be asked once on behalf of the request in ctx. What
// the Service asks for its own upkeep goes to cfg.Store and counts for nobody.
func (s *Service) store(ctx context.Context) Store {
	fromContext(ctx).queries.Add(1)
	return s.cfg.Store
}
