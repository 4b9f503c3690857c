package audit

import (
	"fmt"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
)

// Memory is a Storage that forgets with the process: for tests and checks.
type Memory struct {
	mu     sync.Mutex
	leaves [][]byte
	hashes []tlog.Hash
}

// NewMemory makes an empty storage.
func NewMemory() *Memory { return &Memory{} }

// Size implements Storage.
func (m *Memory) Size() (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(len(m.leaves)), nil
}

// Leaf implements Storage.
func (m *Memory) Leaf(n int64) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n < 0 || n >= int64(len(m.leaves)) {
		return nil, fmt.Errorf("no leaf %d", n)
	}
	return append([]byte(nil), m.leaves[n]...), nil
}

// ReadHashes implements tlog.HashReader.
func (m *Memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(m.hashes)) {
			return nil, fmt.Errorf("no hash %d", x)
		}
		out[i] = m.hashes[x]
	}
	return out, nil
}

// Append implements Storage.
func (m *Memory) Append(n int64, leaf []byte, hashes []tlog.Hash) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n != int64(len(m.leaves)) {
		return fmt.Errorf("leaf %d where %d is next", n, len(m.leaves))
	}
	m.leaves = append(m.leaves, append([]byte(nil), leaf...))
	m.hashes = append(m.hashes, hashes...)
	return nil
}
