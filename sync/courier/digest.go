package courier

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

func newDigest() hash.Hash { return sha256.New() }

// copying hashes and counts what was copied.
type copying struct {
	sum hash.Hash
	n   int64
}

func (c *copying) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return c.sum.Write(p)
}

func (c *copying) hex() string { return hex.EncodeToString(c.sum.Sum(nil)) }
