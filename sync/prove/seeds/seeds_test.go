package seeds

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// Every test package under sync/prove knows the flags.
func TestEveryTestPackageHasTheFlags(t *testing.T) {
	has, files := map[string]bool{}, 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		dir := filepath.Dir(path)
		if dir == filepath.Join("..", "seeds") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		has[dir] = has[dir] || false
		for _, imp := range f.Imports {
			has[dir] = has[dir] || imp.Path.Value == `"tramhoso/sync/prove/seeds"`
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 2 {
		t.Fatalf("found %d test files: the walk itself is broken", files)
	}
	for dir, ok := range has {
		if !ok {
			t.Errorf("%s: no test file imports tramhoso/sync/prove/seeds, so `go test ./sync/prove/... -seeds=N` ends there", dir)
		}
	}
}
