package client

import (
	"time"

	"tramhoso/sync/seal"
)

// verify checks a statement of the province; see seal.Trust.Verify.
func verify(trust *seal.Trust, use seal.Use, compact, typ string, v any, at func() time.Time) error {
	return trust.Verify(use, compact, typ, v, at)
}
