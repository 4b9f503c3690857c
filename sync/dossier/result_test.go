package dossier

import (
	"bytes"
	"strings"
	"testing"
)

func TestCheckResult(t *testing.T) {
	plain := "%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
	large := plain[:9] + strings.Repeat(" ", MaxResultBytes-len(plain)) + plain[9:]
	for _, tt := range []struct{ name, pdf, why string }{
		{"a PDF", plain, ""},
		{"a PDF behind a mail's head", strings.Repeat("\n", 900) + plain + strings.Repeat("\x00", 900), ""},
		{"one that speaks of encryption", strings.Replace(plain, "/Catalog", "/Catalog/Title(/Encrypt, a word)/EncryptMetadata true", 1), ""},
		{"the largest", large, ""},
		{"one byte more", large + "\n", "larger than the 524288 bytes that reach a station: send this result on paper"},
		{"nothing", "", "empty"},
		{"a text", "hello", "no PDF"},
		{"a PDF too far behind", strings.Repeat("\n", 1024) + plain, "no PDF"},
		{"a torn PDF", plain[:40], "breaks off"},
		{"a picture", "\x89PNG\r\n\x1a\n", "no PDF"},
		{"a protected PDF", strings.Replace(plain, "<</Root", "<</Encrypt 5 0 R/Root", 1), "encrypted"},
		{"one protected in place", strings.Replace(plain, "<</Root", "<</Encrypt\n<</Filter/Standard>>/Root", 1), "encrypted"},
	} {
		err := CheckResult([]byte(tt.pdf))
		if tt.why == "" && err != nil || tt.why != "" && (CodeOf(err) != CodeInvalid || !strings.Contains(err.Error(), tt.why)) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// Whatever it is given, it answers with a word or with CodeInvalid.
func FuzzCheckResult(f *testing.F) {
	for _, s := range []string{"", "%PDF-1.7\n%%EOF", "%PDF-1.4 /Encrypt 1 0 R %%EOF", "%PDF-1.4 /Encrypt <</V 4>> %%EOF", "%PDF-"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, pdf []byte) {
		before := bytes.Clone(pdf)
		err := CheckResult(pdf)
		if !bytes.Equal(before, pdf) {
			t.Error("the file was changed")
		}
		if err == nil && (!bytes.Contains(pdf, []byte("%PDF-")) || !bytes.Contains(pdf, []byte("%%EOF"))) {
			t.Error("no PDF was taken for one")
		}
		if err != nil && CodeOf(err) != CodeInvalid {
			t.Error(err)
		}
	})
}
