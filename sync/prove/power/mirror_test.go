package power

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramhoso/sync/outbox"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// mirror is a station's second medium, which loses its power together with the
// first: as far as the station can tell, another disk.
func (s station) mirror(dir string) *outbox.Mirror {
	stick := filepath.Join(dir, "stick")
	m := outbox.NewMirror(s.Store, stick, s.Province.Station, quiet)
	m.Device = func(of string) (uint64, error) {
		if of == stick {
			return 2, nil
		}
		return 1, nil
	}
	return m
}

// A packet that counts as mirrored lies whole on the second medium, and every
// packet gets there in the end.
func TestMirror(t *testing.T) {
	k := newDesk(t)
	must(t, os.Mkdir(filepath.Join(k.disk.Path(), "stick"), 0o700))
	fsync(t, k.disk.Path())
	cuts[station]{
		base: k.disk, end: station.end, again: true,
		open: boot,
		act: func(s station) (any, error) {
			return true, s.mirror(filepath.Dir(s.Store.Dir())).Pass(t.Context())
		},
		check: func(t *testing.T, dir string, said any) {
			s := k.reboot(t, dir)
			st, err := s.Store.State(t.Context(), k.first.Packet)
			must(t, err)
			if said != nil && st.Mirrored.IsZero() {
				t.Error("it was mirrored, and that is forgotten")
			}
			if !st.Mirrored.IsZero() {
				s.mirrored(t, dir, k.first)
			}
			must(t, s.mirror(dir).Pass(t.Context()))
			s.mirrored(t, dir, k.first)
		},
	}.everywhere(t)
}

// mirrored reads a packet from the second medium alone.
func (s station) mirrored(t *testing.T, dir string, want outbox.Submitted) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "stick", "*"+want.Packet+"*"))
	must(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, ".new") {
			continue
		}
		raw, err := os.ReadFile(name)
		must(t, err)
		f, err := wire.DecodePacket(bytes.NewReader(raw), wire.PacketLimits)
		key, kerr := s.Keys.Public().PacketKey()
		if err = errors.Join(err, kerr); err == nil {
			_, err = seal.Verify(f.JWS, f.Body, key)
		}
		if err != nil {
			t.Errorf("%s is not whole: %v", filepath.Base(name), err)
		}
		return
	}
	t.Errorf("packet %d is not on the second medium", want.Seq)
}
