package ratelimit

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync/atomic"
	"time"
)

// The budgets. NIST SP 800-63B-4 §3.2.2 allows 100 wrong passwords in a row for an
// account; a stranger has a tenth of that, and it comes back by itself: nobody is locked
// out.
var (
	strangers = Bucket{10, 90 * time.Second}  // passwords for one account, from all clients that have never signed in to it: 10 in 15 minutes
	familiar  = Bucket{20, 45 * time.Second}  // the same from one client that has, which strangers cannot use up: 20
	clients   = Bucket{100, 9 * time.Second}  // passwords from one address, for whatever account: 100
	mailTo    = Bucket{5, 12 * time.Minute}   // mails to one address: 5 in an hour
	mailFrom  = Bucket{100, 36 * time.Second} // mails asked for from one client address: 100 in an hour
	signUps   = Bucket{200, 18 * time.Second} // new accounts from one client address: 200 in an hour
)

const (
	knownFor = 90 * 24 * time.Hour // how long an address stays familiar to an account
	mostRows = 200_000             // with which no new bucket gets a row, whatever is invented
	patience = 4 * time.Second     // for tries that are under way, and may be right
)

// Service says whether something may be tried, and counts it first. It is safe for
// concurrent use. Nil allows everything.
type Service struct {
	store   Store
	now     func() time.Time
	log     *slog.Logger
	most    int
	crowded atomic.Bool // there are most rows or more
	flights flights
}

// New returns a Service. now and log may be nil.
func New(store Store, now func() time.Time, log *slog.Logger) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{store: store, now: now, log: cmp.Or(log, slog.Default()), most: mostRows}
}

// Error is a budget that is used up.
type Error struct {
	Wait time.Duration // until there is something in it again
}

func (e *Error) Error() string { return fmt.Sprintf("too many tries; the next in %s", e.Wait) }

// Client is who tries.
type Client struct {
	IP     string // as the server knows it; "" = not known, such as on the command line
	Device string // id of a browser that has signed in to the account before; "" = it has not, as far as it can show
}

// Attempt is a password that may be checked. Call Done when it was, and Right before if
// it was right.
type Attempt struct {
	service *Service
	account string
	client  Client
	taken   []taken
}

type taken struct {
	key    string
	bucket Bucket
}

// Password counts a password that is about to be checked, for a canonical account ("" =
// there cannot be such an account) and a client. It is asked before the password is
// hashed, by every door. *Error if there were too many. Tries that are under way on this
// instance may be right, and then cost nothing: it waits for them before it refuses.
//
// A stranger cannot lock the owner out: a client that has signed in to the account before
// has a budget of its own.
func (s *Service) Password(ctx context.Context, account string, client Client) (*Attempt, error) {
	a := &Attempt{service: s, account: account, client: client}
	if s == nil {
		return a, nil
	}
	err := a.takeAll(ctx)
	if err != nil {
		a.Done()
		return nil, err
	}
	return a, nil
}

func (a *Attempt) takeAll(ctx context.Context) error {
	if a.account != "" && a.client.Device != "" { // whatever others at its address do
		return a.take(ctx, hash("password on", a.account, a.client.Device), familiar)
	}
	ip := network(a.client.IP)
	if ip != "" {
		if err := a.take(ctx, hash("password from", ip), clients); err != nil {
			return err
		}
	}
	if a.account == "" {
		return nil
	}
	known := false
	if ip != "" {
		var err error
		if known, err = a.service.store.Remembers(ctx, hash("known", a.account, ip), a.service.now()); err != nil {
			return fmt.Errorf("rate limit: %w", err)
		}
	}
	if known {
		return a.take(ctx, hash("password at", a.account, ip), familiar)
	}
	return a.take(ctx, hash("password for", a.account), strangers)
}

func (a *Attempt) take(ctx context.Context, key string, b Bucket) error {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		err := a.service.take(ctx, key, b)
		if err == nil {
			a.taken = append(a.taken, taken{key, b})
			a.service.flights.begin(key)
			return nil
		}
		if _, empty := errors.AsType[*Error](err); !empty {
			return err
		}
		turn, leave := a.service.flights.wait(key)
		if turn == nil {
			return err
		}
		select {
		case <-turn:
			continue
		case <-deadline.C:
		case <-ctx.Done():
		}
		leave()
		return err
	}
}

// Done says that the password was checked. It may be called more than once.
func (a *Attempt) Done() {
	for _, t := range a.taken {
		a.service.flights.land(t.key)
	}
	a.taken = nil
}

// Right returns the tokens of a password that was right, and makes the client familiar to
// the account.
func (a *Attempt) Right(ctx context.Context) error {
	if a.service == nil {
		return nil
	}
	for _, t := range a.taken {
		if err := a.service.store.ReturnToken(ctx, t.key, t.bucket); err != nil {
			return err
		}
	}
	ip := network(a.client.IP)
	if ip == "" {
		return nil
	}
	return a.service.store.Remember(ctx, hash("known", a.account, ip), a.service.now().Add(knownFor))
}

// Mail counts a mail that a client asks for, to an address, whether it has an account or
// not. *Error if there were too many.
func (s *Service) Mail(ctx context.Context, to string, client Client) error {
	if s == nil {
		return nil
	}
	if ip := network(client.IP); ip != "" {
		if err := s.take(ctx, hash("mail from", ip), mailFrom); err != nil {
			return err
		}
	}
	return s.take(ctx, hash("mail to", to), mailTo)
}

// SignUp counts a new account. *Error if there were too many from this client.
func (s *Service) SignUp(ctx context.Context, client Client) error {
	ip := network(client.IP)
	if s == nil || ip == "" {
		return nil
	}
	return s.take(ctx, hash("sign-up from", ip), signUps)
}

func (s *Service) take(ctx context.Context, key string, b Bucket) error {
	now := s.now()
	fullAt, ok, err := s.store.TakeToken(ctx, key, b, now, !s.crowded.Load())
	if err != nil {
		return fmt.Errorf("rate limit: %w", err)
	}
	if !ok {
		return &Error{Wait: max(time.Second, b.Empty(fullAt).Sub(now))}
	}
	return nil
}

// collectInterval is how long rows that are full again stay, and for how long more may be
// added than there should be.
const collectInterval = 10 * time.Second

// Run removes rows that count nothing any more, until ctx ends.
func (s *Service) Run(ctx context.Context) {
	ticker := time.NewTicker(collectInterval)
	defer ticker.Stop()
	for s != nil {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s.Collect(ctx)
		}
	}
}

// Collect removes them once. With too many rows left, keys that have none get none, and so
// are not counted: invented accounts fill no disk. The budget of each client address goes
// on, as far as it has a row.
func (s *Service) Collect(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, collectInterval)
	defer cancel()
	left, err := s.store.CollectBuckets(ctx, s.now())
	if err != nil {
		s.log.WarnContext(ctx, "collecting rate limits failed; the next round tries again", "error", err)
		return
	}
	if crowded := left >= s.most; crowded != s.crowded.Swap(crowded) {
		s.log.WarnContext(ctx, "rate limits: the table is full, or has room again", "full", crowded, "rows", left)
	}
}

// network is the address that counts: that of one IPv6 host is a /64, of which every
// customer has one or more; an IPv4 address in IPv6 clothes is itself. "" = no address.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	prefix, _ := a.Prefix(64) // fails for more than 128 bits only
	return prefix.String()
}

// hash makes a key of what is counted: short, of one length, and unreadable.
func hash(what string, parts ...string) string {
	h := sha256.New()
	for _, part := range append([]string{what}, parts...) {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}
