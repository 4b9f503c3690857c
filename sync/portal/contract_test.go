package portal

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"tramhoso/sync/wire"
)

func cutPattern(pattern string) (method, path string, ok bool) {
	return strings.Cut(pattern, " ")
}

// The description and the mux name the same calls.
func TestOpenAPIMatchesTheMux(t *testing.T) {
	var doc struct {
		Paths map[string]map[string]any `yaml:"paths"`
	}
	must(t, yaml.Unmarshal(wire.OpenAPI, &doc))
	var described, served []string
	for path, ops := range doc.Paths {
		for method := range ops {
			if method != "parameters" {
				described = append(described, strings.ToUpper(method)+" "+path)
			}
		}
	}
	f := newFixture(t)
	for _, rt := range f.routes() {
		served = append(served, rt.pattern)
	}
	slices.Sort(described)
	slices.Sort(served)
	if !slices.Equal(described, served) {
		t.Errorf("described %q\nserved    %q", described, served)
	}
}
