//go:build strangers

package prove

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

// strangers is the folder with the npm packages and the scripts;
// packaging/strangers makes it.
func strangers(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("STRANGERS")
	if dir == "" {
		t.Fatal("STRANGERS names no folder: run packaging/strangers (it needs the Debian packages nodejs and npm)")
	}
	return dir
}

// node runs a script with the station's or the portal's certificate: the
// strangers speak mutual TLS themselves.
func node(t *testing.T, script string, options map[string]any) *exec.Cmd {
	t.Helper()
	data, err := json.Marshal(options)
	must(t, err)
	return exec.CommandContext(t.Context(), "node", filepath.Join(strangers(t), script), string(data))
}

// identity writes PEM files for node: whom it trusts, its chain and its key.
func identity(t *testing.T, ca [][]byte, chain []byte, key *ecdsa.PrivateKey) map[string]any {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, content, 0o600))
		return path
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	return map[string]any{
		"ca": write("ca.pem", certificates(ca...)), "cert": write("cert.pem", chain),
		"key": write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	}
}

func certificates(ders ...[]byte) (out []byte) {
	for _, der := range ders {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return out
}

// tus-js-client uploads to our portal over a line that breaks in the creation
// and in a chunk; the packet becomes whole, and the officer reads what was added.
func TestStrangerUploadsToOurPortal(t *testing.T) {
	for name, early := range map[string]bool{"creation, then chunks": false, "bytes with the creation": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.enrol()
			content := page(t, 1_200_000, 11)
			a := w.add("visit", "plan", content)
			s := w.submitWith("tap", a)
			p, err := w.station.Store.Packet(t.Context(), s.Packet)
			must(t, err)
			if r, _, err := w.station.Link.Put(t.Context(), p); err != nil || r.State != wire.StateHeld {
				t.Fatalf("%+v, %v", r, err)
			}
			e, err := w.station.Province.Enrolment()
			must(t, err)
			file := wire.FileName{Station: StationCode, Packet: s.Packet, SHA256: a.SHA256}
			doc, err := w.station.Store.Document(t.Context(), store.DocTrust)
			must(t, err)
			var trust seal.SignedTrust
			must(t, json.Unmarshal(doc.Content, &trust))
			// OpenSSL wants the way up to the root; ours ends at the pinned authority.
			o := identity(t, append(w.station.Province.Trust().TLSRoots, trust.Root), []byte(e.Certificate), w.station.Keys.TLSKey())
			o["file"], o["endpoint"] = filepath.Join(w.dir, "store", "files", a.SHA256), "https://"+w.line.addr()+wire.PathFiles
			o["metadata"] = map[string]string{"packet": s.Packet, "sha256": a.SHA256}
			o["chunk"], o["early"] = 400_000, early
			began := w.line.carried()
			if early {
				w.line.loseAnswer(390_000) // of the creation, whose bytes are all here
			} else {
				w.line.cutAfter(250_000) // in the first chunk
			}
			cmd := node(t, "upload.mjs", o)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			said := strings.Split(strings.TrimSpace(string(out)), "\n")
			if err != nil || said[len(said)-1] != "done" {
				t.Fatalf("%v\n%s%s", err, out, &stderr)
			}
			t.Logf("it was answered:\n%s", out)
			want := "POST 201 0 " + file.Path()
			if early { // the answer to the replay, which came in vain: the bytes were here
				want = "POST 201 400000 " + file.Path()
			} else if !strings.Contains(string(out), "HEAD 200") {
				t.Error("it did not resume")
			}
			if said[0] != want {
				t.Errorf("the creation was answered %q", said[0])
			}
			// How much of the replay travels is open: the portal answers as soon as it knows.
			if sent := w.line.carried() - began; early && sent < a.Size+20_000 {
				t.Errorf("%d bytes for a file of %d: the creation was not replayed", sent, a.Size)
			}
			r, _, missing, err := w.station.Link.State(t.Context(), p)
			if err != nil || r.State != wire.StateWhole || len(missing) != 0 {
				t.Errorf("%+v, %v, %v", r, missing, err)
			}
			if got := w.atDesk(s.Packet, a); !bytes.Equal(got, content) {
				t.Errorf("%d bytes arrived", len(got))
			}
		})
	}
}

// Our client uploads to @tus/server over a line that breaks again and again.
func TestWeUploadToAStranger(t *testing.T) {
	province, err := NewProvince(time.Now())
	must(t, err)
	conf, err := province.ServerTLS(time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	must(t, err)
	folder := t.TempDir()
	o := identity(t, [][]byte{province.Authority.Raw, province.Root}, certificates(conf.Certificates[0].Certificate...), conf.Certificates[0].PrivateKey.(*ecdsa.PrivateKey))
	o["folder"], o["station"], o["header"] = folder, StationCode, wire.Header
	port, stop := serve(t, node(t, "serve.mjs", o))
	defer stop()
	l := newLine(t, "127.0.0.1:"+port)
	defer l.close()

	keys, err := seal.OpenKeys(filepath.Join(t.TempDir(), "keys"))
	must(t, err)
	url := "https://" + l.addr()
	e, err := province.Enrol(keys, url, time.Now())
	must(t, err)
	c, err := client.New(client.Config{URL: url, Station: StationCode, Certificate: e.Enrolment.Certificate, Key: keys.TLSKey(),
		Root: province.Fingerprint, Trust: func() *seal.Trust { return province.Trust }})
	must(t, err)
	defer c.Close()

	var sealed bytes.Buffer
	a, err := seal.SealAttachment(&sealed, bytes.NewReader(page(t, 1_500_000, 12)), province.Trust.Recipients[0])
	must(t, err)
	a.Role = "plan"
	const packet = "019f6a1e-0000-7000-8000-000000000001"
	cuts, at := 0, int64(-1)
	l.cutAfter(100_000)
	for chunk := 0; at < a.Size; chunk++ {
		if chunk > 100 {
			t.Fatalf("it does not end: %d of %d bytes", at, a.Size)
		}
		next, err := c.Carry(t.Context(), packet, a, bytes.NewReader(sealed.Bytes()), at)
		if err != nil {
			if code := dossier.CodeOf(err); code != dossier.CodeNoNetwork {
				t.Fatalf("%s: %v", code, err)
			}
			if cuts++; cuts < 3 {
				l.cutAfter(300_000)
			}
		}
		at = next
	}
	if cuts != 3 {
		t.Errorf("%d cuts", cuts)
	}
	t.Logf("%d bytes to the server for a file of %d, with %d cuts", l.carried(), a.Size, cuts)
	id := base64.RawURLEncoding.EncodeToString([]byte(StationCode + "/" + packet + "/" + a.SHA256))
	if got, err := os.ReadFile(filepath.Join(folder, id)); err != nil || !bytes.Equal(got, sealed.Bytes()) {
		t.Errorf("%d bytes arrived, %v", len(got), err)
	}
}

// serve starts a server that says its port and ends with its standard input.
func serve(t *testing.T, cmd *exec.Cmd) (port string, stop func()) {
	t.Helper()
	stdin, err := cmd.StdinPipe()
	must(t, err)
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	cmd.Stderr = os.Stderr
	must(t, cmd.Start())
	stop = func() {
		if err := errors.Join(stdin.Close(), cmd.Wait()); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		stop()
		t.Fatal(fmt.Errorf("the server did not say its port: %w", err))
	}
	return strings.TrimSpace(line), stop
}
