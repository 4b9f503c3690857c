package kit

// Fields are several fields of which one is typed into.
type Fields struct {
	list   []*Field
	active int
	Switch func(*Field) // another became the active one
}

// NewFields groups fields; the first becomes active.
func NewFields(fields ...*Field) *Fields {
	g := &Fields{list: fields}
	for i, f := range fields {
		was := f.o.Focused
		f.o.Focused = func() {
			g.Activate(i)
			if was != nil {
				was()
			}
		}
		f.SetActive(i == 0)
	}
	return g
}

// Activate makes the i-th field the one typed into.
func (g *Fields) Activate(i int) {
	if i < 0 || i >= len(g.list) {
		return
	}
	changed := g.active != i
	g.active = i
	for j, f := range g.list {
		f.SetActive(j == i)
	}
	if changed && g.Switch != nil {
		g.Switch(g.list[i])
	}
}

// Active is the field typed into.
func (g *Fields) Active() *Field { return g.list[g.active] }

// Next moves to the field after the active one; false at the last.
func (g *Fields) Next() bool {
	if g.active+1 >= len(g.list) {
		return false
	}
	g.Activate(g.active + 1)
	return true
}

// Insert is part of Typing.
func (g *Fields) Insert(s string) { g.Active().Insert(s) }

// Erase takes a letter away; in an empty field it steps back to the one before.
func (g *Fields) Erase() {
	if g.Active().caret == 0 && g.active > 0 {
		g.Activate(g.active - 1)
	}
	g.Active().Erase()
}

// Clear empties all and returns to the first.
func (g *Fields) Clear() {
	for _, f := range g.list {
		f.Clear()
	}
	g.Activate(0)
}

// Edit is part of Typing.
func (g *Fields) Edit(e func(string) string) { g.Active().Edit(e) }

// Before is part of Typing.
func (g *Fields) Before() string { return g.Active().Before() }

// Refocus is part of Typing.
func (g *Fields) Refocus() { g.Active().Refocus() }

// Digits accepts 0–9.
func Digits(r rune) bool { return r >= '0' && r <= '9' }
