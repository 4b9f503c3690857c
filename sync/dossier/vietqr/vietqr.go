package vietqr

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Why a code cannot be written or is not read.
var (
	ErrCRC      = errors.New("the check sum does not hold")
	ErrLength   = errors.New("a field does not have the length it states")
	ErrTwice    = errors.New("a field is there twice")
	ErrMissing  = errors.New("a field is missing")
	ErrOrder    = errors.New("the first or the last field is not in its place")
	ErrLetters  = errors.New("only printable ASCII is allowed")
	ErrScheme   = errors.New("not a transfer by NAPAS 247")
	ErrCurrency = errors.New("not in đồng")
	ErrAmount   = errors.New("not an amount of whole đồng")
	ErrBank     = errors.New("a bank has a number of six digits")
	ErrAccount  = errors.New("not the number of an account")
	ErrTooLong  = errors.New("longer than allowed")
)

// The limits of the specifications.
const (
	BINDigits  = 6  // a bank's number (ISO/IEC 7812 issuer, as NAPAS lists them)
	MaxAccount = 19 // characters of an account's number
	MaxPurpose = 25 // characters of 62-08 (EMV QRCPS, table 3.7)
	MaxBill    = 25 // characters of 62-01
	MaxAmount  = 9_999_999_999_999
	maxText    = 512 // characters of a whole code (EMV QRCPS, section 3.1)
)

// Payment is a transfer that a code asks for.
type Payment struct {
	BIN     string // of the bank, six digits
	Account string
	Amount  int64  // đồng; 0: whoever pays fills it in
	Purpose string // plain ASCII, or ""
	Bill    string // a number of the receiver's, or ""
	Dynamic bool   // made for one payment (12), not to be used again (11)

	// Ignored lists what Parse found and a Payment does not hold, as ids in their
	// order: "59", "62-07". Encode does not write them.
	Ignored []string
}

// The fields and values that are written. A field is two digits of id, two of
// length, and its value.
const (
	idFormat, format           = "00", "01"
	idMethod, static, dynamic  = "01", "11", "12"
	idAccount                  = "38"
	idCurrency, dong           = "53", "704" // ISO 4217
	idAmount                   = "54"
	idCountry, vietnam         = "58", "VN"
	idMore                     = "62"
	idCRC                      = "63"
	subScheme, napas           = "00", "A000000727"
	subReceiver                = "01"             // of 38: the bank and the account
	subService, serviceAccount = "02", "QRIBFTTA" // to an account; QRIBFTTC would be to a card
	subBank, subNumber         = "00", "01"
	subBill, subPurpose        = "01", "08"
)

func field(id, value string) string { return fmt.Sprintf("%s%02d%s", id, len(value), value) }

// Encode writes the code.
func (p Payment) Encode() (string, error) {
	if err := p.check(); err != nil {
		return "", fmt.Errorf("failed to write a transfer: %w", err)
	}
	method := static
	if p.Dynamic {
		method = dynamic
	}
	var b strings.Builder
	b.WriteString(field(idFormat, format))
	b.WriteString(field(idMethod, method))
	b.WriteString(field(idAccount, field(subScheme, napas)+
		field(subReceiver, field(subBank, p.BIN)+field(subNumber, p.Account))+field(subService, serviceAccount)))
	b.WriteString(field(idCurrency, dong))
	if p.Amount > 0 {
		b.WriteString(field(idAmount, strconv.FormatInt(p.Amount, 10)))
	}
	b.WriteString(field(idCountry, vietnam))
	more := ""
	if p.Bill != "" {
		more += field(subBill, p.Bill)
	}
	if p.Purpose != "" {
		more += field(subPurpose, p.Purpose)
	}
	if more != "" {
		b.WriteString(field(idMore, more))
	}
	b.WriteString(idCRC + "04")
	return b.String() + fmt.Sprintf("%04X", CRC(b.String())), nil
}

// check refuses what cannot be written.
func (p Payment) check() error {
	switch {
	case len(p.BIN) != BINDigits || !digits(p.BIN):
		return ErrBank
	case p.Account == "" || len(p.Account) > MaxAccount || !letters(p.Account):
		return ErrAccount
	case p.Amount < 0 || p.Amount > MaxAmount:
		return ErrAmount
	case len(p.Purpose) > MaxPurpose:
		return fmt.Errorf("purpose of %d characters: %w", len(p.Purpose), ErrTooLong)
	case len(p.Bill) > MaxBill:
		return fmt.Errorf("bill of %d characters: %w", len(p.Bill), ErrTooLong)
	case !printable(p.Purpose) || !printable(p.Bill):
		return ErrLetters
	}
	return nil
}

// CheckAccount refuses a bank and an account that no code can name.
func CheckAccount(bin, account string) error {
	return Payment{BIN: bin, Account: account}.check()
}

// CRC is CRC-16/CCITT-FALSE: polynomial 1021, start FFFF, nothing reflected.
func CRC(text string) uint16 {
	crc := uint16(0xFFFF)
	for i := range len(text) {
		crc ^= uint16(text[i]) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

func digits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

func letters(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) < 0
}

func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}
