package token

import (
	"crypto/ecdsa"
	"testing"
)

func FuzzReadSlip(f *testing.F) {
	f.Add(MakeSlip("hoso.example.vn", "DL27", 318, packet, secret, slipKey))
	f.Add("HTTPS://X/S/#")
	f.Add("https://x/s/AE======#AA")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ReadSlip(text)
		if err != nil {
			return
		}
		// What was read can be written down, and only the true signature verifies.
		if s.Number() == "" || !ValidHost(s.Host) {
			t.Fatalf("%q was read as %+v", text, s)
		}
		again := MakeSlip(s.Host, s.Station, s.Serial, s.PacketID, s.Secret, slipKey)
		if s.Verify(known) == nil && s.Station == "DL27" {
			r, err := ReadSlip(again)
			if err != nil || r.PacketID != s.PacketID {
				t.Fatalf("%q verifies but cannot be made again", text)
			}
		}
	})
}

func FuzzParseSlipNumber(f *testing.F) {
	f.Add(SlipNumber("DL27", 318))
	f.Add("dl27 000318")
	f.Add("ſ-ı\u212a000001-K")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParseSlipNumber(text)
		if err != nil {
			return
		}
		back, err := ParseSlipNumber(n.String())
		if err != nil || back != n {
			t.Fatalf("%q was read as %+v and again as %+v, %v", text, n, back, err)
		}
	})
}

func FuzzReadBadge(f *testing.F) {
	text, err := MakeBadge("NV-01", secret, staff())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("TRAMBADGE:")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := ReadBadge(text)
		if err != nil {
			return
		}
		if !ValidStaffID(b.Staff) || len(b.signature) != badgeSignature {
			t.Fatalf("%q was read as %+v", text, b)
		}
		_ = b.Verify([]*ecdsa.PublicKey{staff().PublicKey()})
	})
}
