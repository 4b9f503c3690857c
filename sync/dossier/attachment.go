package dossier

import "encoding/hex"

// The limits of what travels beside a packet. Both ends keep them: a packet past
// one is neither frozen nor taken in.
const (
	MaxAttachments = 100 // of one packet: a thick dossier has thirty papers
	// MaxFileBytes bounds a file before it is sealed: a scanner's page has
	// 0.1–5 MB, a long building plan 50.
	MaxFileBytes = 50 << 20
	// MaxAttachmentBytes bounds the sealed file: encryption adds a header of
	// 2 KB and 16 bytes to every 64 KiB.
	MaxAttachmentBytes = MaxFileBytes + 32<<10
	// MaxAttachmentsBytes bounds all files of one packet: at 256 kbit/s they
	// would take a night.
	MaxAttachmentsBytes = 256 << 20

	maxRoleBytes = 64 // a paper's id in the catalogue
)

// Attachment names a sealed file that travels beside its packet.
type Attachment struct {
	SHA256 string `json:"sha256"` // of the ciphertext, lower-case hex
	Size   int64  `json:"size"`   // bytes of the ciphertext
	Role   string `json:"role"`   // which paper of the procedure it shows
}

// Check refuses what names no file within the limits.
func (a Attachment) Check() error {
	switch {
	case !ValidSHA256(a.SHA256):
		return Errorf(CodeInvalid, "an attachment's digest is not SHA-256 in lower-case hex")
	case a.Size <= 0 || a.Size > MaxAttachmentBytes:
		return Errorf(CodeInvalid, "an attachment of %d bytes, at most %d", a.Size, MaxAttachmentBytes)
	case a.Role == "" || len(a.Role) > maxRoleBytes:
		return Errorf(CodeInvalid, "an attachment's role of %d bytes", len(a.Role))
	}
	return nil
}

// CheckAttachments refuses a list past the limits, and one that names the same
// bytes twice.
func CheckAttachments(list []Attachment) error {
	if len(list) > MaxAttachments {
		return Errorf(CodeInvalid, "%d attachments, at most %d", len(list), MaxAttachments)
	}
	var sum int64
	seen := make(map[string]bool, len(list))
	for _, a := range list {
		if err := a.Check(); err != nil {
			return err
		}
		if seen[a.SHA256] {
			return Errorf(CodeInvalid, "one attachment twice")
		}
		seen[a.SHA256] = true
		sum += a.Size
	}
	if sum > MaxAttachmentsBytes {
		return Errorf(CodeInvalid, "attachments of %d bytes, at most %d", sum, MaxAttachmentsBytes)
	}
	return nil
}

// ValidSHA256 reports whether s is a SHA-256 digest in its one spelling:
// lower-case hex.
func ValidSHA256(s string) bool {
	sum, err := hex.DecodeString(s)
	return err == nil && len(sum) == 32 && hex.EncodeToString(sum) == s
}
