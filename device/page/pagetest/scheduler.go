package pagetest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// Queue is a queue of a CUPS scheduler before a Printer.
type Queue struct {
	// URI is where it listens over TCP, Socket where it does locally.
	URI, Socket string

	t    testing.TB
	dir  string
	port int
	cmd  *exec.Cmd
}

const filesConfig = `ServerRoot %[1]s
RequestRoot %[1]s/spool
TempDir %[1]s/tmp
CacheDir %[1]s/cache
StateDir %[1]s/state
DataDir /usr/share/cups
ServerBin /usr/lib/cups
AccessLog %[1]s/access.log
ErrorLog stderr
PageLog %[1]s/page.log
ServerKeychain %[1]s/keys
`

const schedulerConfig = `LogLevel info
Listen localhost:%d
Listen %s
Browsing No
WebInterface No
DefaultAuthType None
DirtyCleanInterval 0
ErrorPolicy retry-job
JobRetryInterval 1
<Location />
Order allow,deny
Allow localhost
</Location>
<Policy default>
<Limit All>
Order deny,allow
</Limit>
</Policy>
`

// NewQueue runs a scheduler with one queue, set up as for any driverless
// printer, until the test ends.
func NewQueue(t testing.TB, before *Printer) *Queue {
	t.Helper()
	dir, err := os.MkdirTemp("", "cups") // a short path: a socket's name has 107 bytes
	must(t, err)
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	must(t, os.Chmod(dir, 0o755)) // back ends run as another user
	q := &Queue{t: t, dir: dir, port: freePort(t), Socket: filepath.Join(dir, "cups.sock")}
	q.URI = fmt.Sprintf("ipp://localhost:%d/printers/office", q.port)
	for _, sub := range []string{"spool", "tmp", "cache", "state", "keys"} {
		must(t, os.Mkdir(filepath.Join(dir, sub), 0o755))
	}
	write(t, filepath.Join(dir, "cups-files.conf"), fmt.Sprintf(filesConfig, dir))
	write(t, filepath.Join(dir, "cupsd.conf"), fmt.Sprintf(schedulerConfig, q.port, q.Socket))
	q.On()
	q.admin("lpadmin", "-h", "localhost:"+strconv.Itoa(q.port), "-p", "office", "-E", "-v", before.URI, "-m", "everywhere")
	// The scheduler asks the printer what it can do after it has answered.
	until(t, "the queue's description", func() bool { return there(filepath.Join(dir, "ppd", "office.ppd")) })
	return q
}

// On starts a scheduler that was stopped; it goes on with its jobs.
func (q *Queue) On() {
	q.t.Helper()
	q.cmd = run(q.t, "cupsd", "cups", q.dir, nil, "-f", "-c", filepath.Join(q.dir, "cupsd.conf"), "-s", filepath.Join(q.dir, "cups-files.conf"))
	until(q.t, "the scheduler", func() bool { return reaches(q.port) })
}

// Off kills it.
func (q *Queue) Off() { q.t.Helper(); stop(q.t, q.cmd) }

// Pause stops the queue, as a person does; Resume undoes it.
func (q *Queue) Pause() {
	q.t.Helper()
	q.admin("cupsdisable", "-h", "localhost:"+strconv.Itoa(q.port), "office")
}

// Resume lets the queue print again.
func (q *Queue) Resume() {
	q.t.Helper()
	q.admin("cupsenable", "-h", "localhost:"+strconv.Itoa(q.port), "office")
}

func (q *Queue) admin(tool string, args ...string) {
	q.t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		if path = filepath.Join("/usr/sbin", tool); !there(path) {
			q.t.Fatalf("%s is missing: install Debian's package cups (packaging/install test does it)", tool)
		}
	}
	if out, err := exec.CommandContext(q.t.Context(), path, args...).CombinedOutput(); err != nil {
		q.t.Fatalf("%s: %v\n%s", tool, err, out)
	}
}
