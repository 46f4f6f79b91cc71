package testenv

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A Tab is one tab of a browser: the context that chromedp's actions run in.
// It ends with its test. Use one tab from one goroutine at a time; several tabs
// may work in parallel.
type Tab struct {
	context.Context
	t testing.TB

	mu       sync.Mutex
	problems []string
}

// NewTab opens another tab beside this one: same browser, same cookies.
func (tab *Tab) NewTab() *Tab {
	tab.t.Helper()
	return openTab(tab.t, tab)
}

// NewProfile opens a tab in an incognito window of its own: same browser, no
// cookies yet. Stands for another person or another device.
func (tab *Tab) NewProfile() *Tab {
	tab.t.Helper()
	return openTab(tab.t, tab, chromedp.WithNewBrowserContext())
}

// openTab opens a tab of the browser in parent, or of a new browser.
func openTab(t testing.TB, parent context.Context, opts ...chromedp.ContextOption) *Tab {
	t.Helper()
	tab := &Tab{t: t}
	ctx, cancel := chromedp.NewContext(parent, append(opts, chromedp.WithListener(tab.listen))...)
	t.Cleanup(cancel)
	tab.Context = ctx
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("browser: open a tab: %v", err)
	}
	return tab
}

// Problems lists what the developer tools show in red, oldest first:
//
//	console: …    console.error and failed console.assert
//	exception: …  uncaught, and promises whose rejection nobody handles
//	security: …   violations of the Content Security Policy, and their like
//	network: …    responses of 400 and above, connections that fail
//
// and other sources of the browser's log in the same way. A test that provokes
// one of them, such as a 401, drops it by its prefix.
func (tab *Tab) Problems() []string {
	tab.t.Helper()
	// Events come in order, so after one exchange with the page all that
	// happened before it is here.
	if _, err := chromedp.Run(tab, chromedp.Title()); err != nil {
		tab.t.Fatalf("browser: collect problems: %v", err)
	}
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.problems)
}

// listen runs on the goroutine that reads from the browser.
func (tab *Tab) listen(event any) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			tab.add("console", consoleText(e.Args), "")
		}
	case *runtime.EventExceptionThrown:
		d := e.ExceptionDetails
		text := d.Text
		if d.Exception != nil {
			text += " " + d.Exception.Description
		}
		tab.add("exception", text, d.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			tab.add(string(e.Entry.Source), e.Entry.Text, e.Entry.URL)
		}
	}
}

func (tab *Tab) add(kind, text, url string) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.problems = append(tab.problems, fmt.Sprintf("%s: %s (%s)", kind, text, url))
}

// consoleText is what the arguments of a console call look like: strings as
// JSON, objects and errors as the browser describes them.
func consoleText(args []*runtime.RemoteObject) (text string) {
	for i, arg := range args {
		if i > 0 {
			text += " "
		}
		if arg.Description != "" {
			text += arg.Description
			continue
		}
		text += string(arg.Value)
	}
	return text
}
