package vietqr

import (
	"fmt"
	"strconv"
	"strings"
)

// Parse reads a code. Fields that a Payment has no place for are listed, not
// refused: other schemes may stand beside NAPAS's, and a shop says its name.
func Parse(text string) (Payment, error) {
	p, err := parse(text)
	if err != nil {
		return Payment{}, fmt.Errorf("failed to read a transfer: %w", err)
	}
	return p, nil
}

func parse(text string) (Payment, error) {
	if len(text) > maxText {
		return Payment{}, ErrTooLong
	}
	if !printable(text) {
		return Payment{}, ErrLetters
	}
	top, err := split(text)
	if err != nil {
		return Payment{}, err
	}
	// The sum is over everything up to its own id and length.
	last := len(top) - 1
	if last < 1 || top[0] != (entry{idFormat, format}) || top[last].id != idCRC || len(top[last].value) != 4 {
		return Payment{}, ErrOrder
	}
	if !strings.EqualFold(top[last].value, fmt.Sprintf("%04X", CRC(text[:len(text)-4]))) {
		return Payment{}, ErrCRC
	}
	var p Payment
	seen := map[string]bool{}
	for _, e := range top[1:last] {
		seen[e.id] = true
		switch e.id {
		case idMethod:
			p.Dynamic = e.value == dynamic
			if !p.Dynamic && e.value != static {
				return Payment{}, fmt.Errorf("method %q: %w", e.value, ErrScheme)
			}
		case idAccount:
			err = p.account(e.value)
		case idCurrency:
			if e.value != dong {
				return Payment{}, fmt.Errorf("currency %q: %w", e.value, ErrCurrency)
			}
		case idAmount:
			p.Amount, err = amount(e.value)
		case idCountry:
			if e.value != vietnam {
				return Payment{}, fmt.Errorf("country %q: %w", e.value, ErrScheme)
			}
		case idMore:
			err = p.more(e.value)
		default:
			p.Ignored = append(p.Ignored, e.id)
		}
		if err != nil {
			return Payment{}, err
		}
	}
	for _, id := range []string{idMethod, idAccount, idCurrency, idCountry} {
		if !seen[id] {
			return Payment{}, fmt.Errorf("%s: %w", id, ErrMissing)
		}
	}
	return p, p.check()
}

// account reads what is in 38.
func (p *Payment) account(value string) error {
	subs, err := split(value)
	if err != nil {
		return err
	}
	var scheme, service, receiver string
	for _, e := range subs {
		switch e.id {
		case subScheme:
			scheme = e.value
		case subReceiver:
			receiver = e.value
		case subService:
			service = e.value
		default:
			p.Ignored = append(p.Ignored, idAccount+"-"+e.id)
		}
	}
	if scheme != napas || service != serviceAccount {
		return fmt.Errorf("scheme %q, service %q: %w", scheme, service, ErrScheme)
	}
	subs, err = split(receiver)
	if err != nil {
		return err
	}
	for _, e := range subs {
		switch e.id {
		case subBank:
			p.BIN = e.value
		case subNumber:
			p.Account = e.value
		default:
			p.Ignored = append(p.Ignored, idAccount+"-"+subReceiver+"-"+e.id)
		}
	}
	return nil
}

// more reads what is in 62.
func (p *Payment) more(value string) error {
	subs, err := split(value)
	if err != nil {
		return err
	}
	for _, e := range subs {
		switch e.id {
		case subBill:
			p.Bill = e.value
		case subPurpose:
			p.Purpose = e.value
		default:
			p.Ignored = append(p.Ignored, idMore+"-"+e.id)
		}
	}
	return nil
}

// amount reads whole đồng: no sign, no point, no zero in front. A code that
// leaves the amount open has none.
func amount(s string) (int64, error) {
	if s == "" || s[0] == '0' || !digits(s) {
		return 0, fmt.Errorf("%q: %w", s, ErrAmount)
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > MaxAmount {
		return 0, fmt.Errorf("%q: %w", s, ErrAmount)
	}
	return n, nil
}

// entry is one field.
type entry struct{ id, value string }

// split cuts a text into its fields.
func split(s string) ([]entry, error) {
	var out []entry
	seen := map[string]bool{}
	for s != "" {
		if len(s) < 4 || !digits(s[:4]) {
			return nil, fmt.Errorf("at %q: %w", s[:min(len(s), 4)], ErrLength)
		}
		id, n := s[:2], int(s[2]-'0')*10+int(s[3]-'0')
		if n == 0 || n > len(s)-4 {
			return nil, fmt.Errorf("field %s of %d: %w", id, n, ErrLength)
		}
		if seen[id] {
			return nil, fmt.Errorf("field %s: %w", id, ErrTwice)
		}
		seen[id] = true
		out = append(out, entry{id, s[4 : 4+n]})
		s = s[4+n:]
	}
	return out, nil
}
