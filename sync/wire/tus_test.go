package wire

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"tramhoso/sync/dossier"
)

var aFile = FileName{Packet: "019f6a1e-0000-7000-8000-000000000001", SHA256: strings.Repeat("0a", 32)}

func TestMetadata(t *testing.T) {
	good := aFile.Metadata()
	if n, err := ParseMetadata(good); err != nil || n != aFile {
		t.Errorf("%+v, %v", n, err)
	}
	packet, sum, _ := strings.Cut(good, ",")
	for _, s := range []string{sum + "," + packet, packet + ", " + sum} {
		if n, err := ParseMetadata(s); err != nil || n != aFile {
			t.Errorf("%q: %+v, %v", s, n, err)
		}
	}
	b64 := base64.StdEncoding.EncodeToString
	for _, s := range []string{
		"", ",", packet, sum, good + ",", good + "," + packet, good + ",filename " + b64([]byte("don xin.pdf")),
		"packet,sha256", packet + ",sha256 " + strings.Repeat("0a", 32), packet + ",sha256 !", "packet  " + b64([]byte(aFile.Packet)) + "," + sum,
		packet + ",sha256 " + b64([]byte(strings.Repeat("0A", 32))), strings.Repeat(good+",", 100),
		"packet " + b64([]byte("../../x")) + "," + sum,
	} {
		if n, err := ParseMetadata(s); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%q: %+v, %v", s, n, err)
		}
	}
}

func TestChecksumHeader(t *testing.T) {
	c := ChecksumOf([]byte("chunk"))
	got, err := ParseChecksum(c.String())
	if err != nil {
		t.Fatal(err)
	}
	h := got.New()
	h.Write([]byte("chunk"))
	if !got.Is(h) {
		t.Error("the chunk is not its own")
	}
	h.Write([]byte{0})
	if got.Is(h) {
		t.Error("another chunk is taken for it")
	}
	one := sha1.Sum([]byte("chunk"))
	if c, err := ParseChecksum("sha1 " + base64.StdEncoding.EncodeToString(one[:])); err != nil || c.New().Size() != sha1.Size {
		t.Errorf("%v, %v", c, err)
	}
	sum := sha256.Sum256(nil)
	b64 := base64.StdEncoding.EncodeToString(sum[:])
	for _, s := range []string{"", "sha256", "sha256 ", "sha256 x", "sha256  " + b64, "sha1 " + b64, "md5 " + b64, "SHA256 " + b64, "sha256 " + b64 + " ", b64} {
		if c, err := ParseChecksum(s); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%q: %v, %v", s, c, err)
		}
	}
}

func TestParseSize(t *testing.T) {
	for s, want := range map[string]int64{"0": 0, "7": 7, "9223372036854775807": 1<<63 - 1} {
		if n, err := ParseSize(HeaderUploadOffset, s); err != nil || n != want {
			t.Errorf("%q: %d, %v", s, n, err)
		}
	}
	for _, s := range []string{"", "-1", "+1", "01", " 1", "1 ", "1e3", "0x1", "9223372036854775808", "1.0"} {
		if n, err := ParseSize(HeaderUploadOffset, s); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%q: %d, %v", s, n, err)
		}
	}
}

func FuzzParseMetadata(f *testing.F) {
	f.Add(aFile.Metadata())
	f.Add("packet ,sha256 ")
	f.Add("filename ZG9uLnBkZg==")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseMetadata(s)
		if err != nil {
			if dossier.CodeOf(err) != dossier.CodeInvalid {
				t.Fatalf("%v", err)
			}
			return
		}
		if again, err := ParseMetadata(n.Metadata()); err != nil || again != n || n.Station != "" {
			t.Fatalf("%+v came back as %+v, %v", n, again, err)
		}
		if strings.ContainsAny(n.Path()[len(PathFiles):], ".\\ %") || strings.Count(n.Path(), "/") != 5 {
			t.Fatalf("a path %q", n.Path())
		}
	})
}

func FuzzParseChecksum(f *testing.F) {
	f.Add(ChecksumOf(nil).String())
	f.Add("sha1 ")
	f.Add("sha256 \n")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseChecksum(s)
		if err != nil {
			if dossier.CodeOf(err) != dossier.CodeInvalid {
				t.Fatalf("%v", err)
			}
			return
		}
		if c.String() != s || c.New() == nil {
			t.Fatalf("%q came back as %q", s, c)
		}
	})
}
