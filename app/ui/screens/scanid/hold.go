package scanid

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// The drawing is 600×492: a card or a slip above the scanner's window.
const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="492" viewBox="0 0 600 492" fill="none" stroke="%[1]s" stroke-width="4" stroke-linecap="round" stroke-linejoin="round">
<path d="M150 352 L226 150 H374 L450 352Z" fill="%[2]s" stroke="none"/>
%[7]s
<path d="M300 264v54M278 298l22 24 22-24" stroke="%[4]s" stroke-width="9"/>
<path d="M70 352h460a20 20 0 0 1 20 20v120H50V372a20 20 0 0 1 20-20z" fill="%[5]s"/>
<rect x="150" y="376" width="300" height="34" rx="17" ry="17" fill="%[1]s"/><path d="M176 393h248" stroke="%[6]s" stroke-width="8"/>
</svg>`

const code = `<path d="M10 10h22v22H10zM48 10h22v22H48zM10 48h22v22H10z"/><path d="M18 18h6v6h-6zM56 18h6v6h-6zM18 56h6v6h-6zM48 46h6v6h-6zM62 48h8v6h-8zM52 62h6v8h-6zM64 64h6v6h-6zM39 12h2v10h-2zM39 34h2v8h-2zM12 39h10v2H12zM56 39h12v2H56z" fill="%[1]s" stroke-width="2"/>`

const card = `<g transform="translate(148 54)"><rect x="0" y="0" width="304" height="192" rx="16" ry="16" fill="%[3]s"/>
<path d="M24 28h150M24 52h110" stroke-width="6"/><rect x="24" y="80" width="72" height="88" rx="6" ry="6" fill="%[6]s"/><circle cx="60" cy="112" r="15" fill="%[8]s"/><path d="M36 168c0-22 10-34 24-34s24 12 24 34" fill="%[8]s"/>
<path d="M118 92h66M118 118h66M118 144h50" stroke-width="5"/>
<g transform="translate(208 88)"><rect x="0" y="0" width="80" height="80" fill="%[8]s"/>` + code + `</g></g>`

const slip = `<g transform="translate(200 14)"><path d="M0 0H200V232L183 222 166 232 149 222 132 232 115 222 98 232 81 222 64 232 47 222 30 232 13 222 0 232Z" fill="%[8]s"/>
<path d="M40 26h120M24 56h152M24 78h132M24 100h144" stroke-width="5"/>
<g transform="translate(60 122)">` + code + `</g></g>`

// newHold draws how to hold a card or a slip, with the word about the window.
func newHold(env *kit.Env, isCard bool) fyne.CanvasObject {
	p := env.Pal()
	white := p.Surface
	held := slip
	if isCard {
		held = card
	}
	args := []any{hexOf(p.Ink), hexOf(p.GoldTint), hexOf(p.LeafTint), hexOf(p.Leaf), hexOf(p.Sunk), hexOf(p.Gold), "", hexOf(white)}
	args[6] = fmt.Sprintf(held, args...)
	svg := fmt.Sprintf(drawing, args...)
	pic := kit.NewDrawing("hold", []byte(svg), 600, 492)
	word := kit.Line(env, env.T("scanid.window"), kit.Style{Bold: true, Align: kit.Middle})
	return kit.NewPanelPad(env, kit.Surface, 0, 0, 0, 0, kit.Over(pic, kit.Col(0, kit.Spring(), word, kit.Space(20))))
}

func hexOf(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02X%02X%02X", r>>8, g>>8, b>>8)
}
