package main

import (
	"bufio"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

var documentLink = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)

// deadDocuments are links between files of the repository that lead to none.
func (t *tree) deadDocuments() (problems []string) {
	err := t.walk(t.dir, func(name string, d fs.DirEntry) error {
		if d.IsDir() || path.Ext(name) != ".md" {
			return nil
		}
		text, err := os.ReadFile(join(t.dir, name))
		for _, m := range documentLink.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(join(t.dir, filepath.Dir(name), m[1])); err != nil {
				problems = append(problems, fmt.Sprintf("%s has a link to %s, which is not there", name, m[1]))
			}
		}
		return err
	})
	if err != nil {
		problems = append(problems, err.Error())
	}
	return problems
}

// deadAddresses are links that lead nowhere, of every page that a guest or the demo user can
// get to.
func (t *tree) deadAddresses() []string {
	program := t.dir + ".program"
	if err := t.run("go", "build", "-o", program, "./cmd/web"); err != nil {
		return []string{err.Error()}
	}
	origin, stop, err := t.start(program)
	if err != nil {
		return []string{err.Error()}
	}
	defer stop()
	c := crawler{origin: origin, seen: map[string]bool{}}
	c.as("", "")
	c.as("demo@example.com", "try the demo key")
	if c.pages < 20 {
		c.problems = append(c.problems, fmt.Sprintf("only %d pages were found by their links", c.pages))
	}
	return c.problems
}

var ready = regexp.MustCompile(`"msg":"ready","url":"([^"]+)"`)

// start runs the program as it comes, on a port of its own, until stop.
func (t *tree) start(program string) (origin string, stop func(), err error) {
	cmd := t.command(program)
	cmd.Env = append(cmd.Env, "LOG_FORMAT=json", "ADDR=localhost:0", "RATE_LIMIT=off")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() { end(cmd) }
	var said strings.Builder
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		fmt.Fprintln(&said, lines.Text())
		if m := ready.FindStringSubmatch(lines.Text()); m != nil {
			go io.Copy(io.Discard, stderr) // a full pipe would stop the program
			return m[1], stop, nil
		}
	}
	stop()
	return "", nil, fmt.Errorf("the program does not start:\n%s", &said)
}

func end(cmd *exec.Cmd) {
	cmd.Process.Signal(syscall.SIGTERM)
	late := time.AfterFunc(10*time.Second, func() { cmd.Process.Kill() })
	defer late.Stop()
	cmd.Wait() // how it ended is of no interest
}

// crawler follows links within a site.
type crawler struct {
	origin   string
	client   *http.Client
	seen     map[string]bool
	pages    int
	problems []string
}

// as visits what a guest is led to, or a user who signs in.
func (c *crawler) as(email, password string) {
	jar, _ := cookiejar.New(nil) // never fails
	c.client = &http.Client{Jar: jar, Timeout: 20 * time.Second}
	clear(c.seen)
	if email != "" {
		if err := c.signIn(email, password); err != nil {
			c.problems = append(c.problems, err.Error())
			return
		}
	}
	for todo := []link{{"the site", "/"}, {"the site", "/signin"}, {"the site", "/dashboard"}, {"the site", "/dev/ui"}}; len(todo) > 0; todo = todo[1:] {
		if c.seen[todo[0].to] {
			continue
		}
		c.seen[todo[0].to] = true
		found, err := c.visit(todo[0])
		if err != nil {
			c.problems = append(c.problems, err.Error())
		}
		todo = append(todo, found...)
	}
}

func (c *crawler) signIn(email, password string) error {
	resp, err := c.client.PostForm(c.origin+"/signin", url.Values{"email": {email}, "password": {password}})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.Request.URL.Path != "/dashboard" {
		return fmt.Errorf("the demo user cannot sign in: %s at %s", resp.Status, resp.Request.URL)
	}
	return nil
}

// link is an address and the page that leads there.
type link struct{ from, to string }

var address = regexp.MustCompile(`\s(href|src|action|formaction)="([^"]*)"`)

// visit returns the links of a page. The address of a form may refuse to be visited, but
// it is there.
func (c *crawler) visit(l link) (found []link, err error) {
	resp, err := c.client.Get(c.origin + l.to)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotFound || resp.StatusCode >= 500 {
		return nil, fmt.Errorf("%s leads to %s: %s", l.from, l.to, resp.Status)
	}
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return nil, nil
	}
	text, err := io.ReadAll(resp.Body)
	c.pages++
	for _, m := range address.FindAllStringSubmatch(string(text), -1) {
		to, parseErr := resp.Request.URL.Parse(html.UnescapeString(m[2]))
		if parseErr != nil {
			err = errors.Join(err, fmt.Errorf("%s has a link that is none: %w", l.to, parseErr))
			continue
		}
		if to.Fragment = ""; strings.HasPrefix(to.String(), c.origin+"/") {
			found = append(found, link{l.to, strings.TrimPrefix(to.String(), c.origin)})
		}
	}
	return found, err
}
