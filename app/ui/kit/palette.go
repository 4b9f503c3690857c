package kit

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Palette is the colours of one variant.
type Palette struct {
	Paper, Surface, Sunk, Line, Edge, Lip    color.NRGBA
	Ink, Ink2                                color.NRGBA
	Leaf, LeafDark, LeafTint, OnLeaf         color.NRGBA
	Gold, GoldDark, GoldTint, OnGold, Bronze color.NRGBA
	Stop, StopTint, StopDark, OnStop         color.NRGBA
	Tech, OnBand                             color.NRGBA
	DrumGold, DrumLeaf                       color.NRGBA // the drum, tone on tone
	PictWhite, PictGold, PictGoldLine        color.NRGBA // the parts of a pictogram
	Border                                   float32     // of pressables
	LipHeight                                float32     // 0: no lip at all
}

func hex(v uint32) color.NRGBA {
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}
}

var lightPalette = Palette{
	Paper: hex(0xFBF6E9), Surface: hex(0xFFFFFF), Sunk: hex(0xF3EAD6), Line: hex(0xE2D5BA), Edge: hex(0x85734F), Lip: hex(0xC9B68C),
	Ink: hex(0x2A2017), Ink2: hex(0x54463A),
	Leaf: hex(0x12523C), LeafDark: hex(0x0A3A2A), LeafTint: hex(0xE4EFE6), OnLeaf: hex(0xFFFFFF),
	Gold: hex(0xF4B93E), GoldDark: hex(0xC98A12), GoldTint: hex(0xFDF0CF), OnGold: hex(0x2A2017), Bronze: hex(0x6B4300),
	Stop: hex(0x8F1418), StopTint: hex(0xFBE8E4), StopDark: hex(0x5E0B0E), OnStop: hex(0xFFFFFF),
	Tech: hex(0x33271C), OnBand: hex(0xFFFFFF),
	DrumGold: hex(0xE8A829), DrumLeaf: hex(0x1B6049),
	PictWhite: hex(0xFFFFFF), PictGold: hex(0xF4B93E), PictGoldLine: hex(0x2A2017),
	Border: 2, LipHeight: 4,
}

var contrastPalette = Palette{
	Paper: hex(0x000000), Surface: hex(0x000000), Sunk: hex(0x000000), Line: hex(0xFFFFFF), Edge: hex(0xFFFFFF), Lip: hex(0x000000),
	Ink: hex(0xFFFFFF), Ink2: hex(0xFFFFFF),
	Leaf: hex(0xFFD54A), LeafDark: hex(0xFFD54A), LeafTint: hex(0x000000), OnLeaf: hex(0x000000),
	Gold: hex(0xFFD54A), GoldDark: hex(0xFFD54A), GoldTint: hex(0x000000), OnGold: hex(0x000000), Bronze: hex(0xFFD54A),
	Stop: hex(0xFF9C8F), StopTint: hex(0x000000), StopDark: hex(0xFF9C8F), OnStop: hex(0x000000),
	Tech: hex(0x000000), OnBand: hex(0xFFFFFF),
	DrumGold: hex(0x000000), DrumLeaf: hex(0xFFD54A),
	PictWhite: hex(0x000000), PictGold: hex(0x000000), PictGoldLine: hex(0xFFD54A),
	Border: 4, LipHeight: 0,
}

func hexString(c color.NRGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }

// kitTheme gives Fyne's own parts (ground, default text) our colours and keeps
// its bundled Noto Sans.
type kitTheme struct{ p Palette }

// Theme is the Fyne theme of a palette: light, or high contrast.
func Theme(contrast bool) fyne.Theme {
	if contrast {
		return kitTheme{contrastPalette}
	}
	return kitTheme{lightPalette}
}

func (t kitTheme) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	switch name {
	case theme.ColorNameBackground, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground:
		return t.p.Paper
	case theme.ColorNameForeground:
		return t.p.Ink
	case theme.ColorNameDisabled, theme.ColorNamePlaceHolder:
		return t.p.Ink2
	case theme.ColorNamePrimary, theme.ColorNameSuccess:
		return t.p.Leaf
	case theme.ColorNameForegroundOnPrimary, theme.ColorNameForegroundOnSuccess:
		return t.p.OnLeaf
	case theme.ColorNameFocus, theme.ColorNameSelection, theme.ColorNameWarning:
		return t.p.Gold
	case theme.ColorNameError:
		return t.p.Stop
	case theme.ColorNameButton, theme.ColorNameInputBackground, theme.ColorNameHeaderBackground:
		return t.p.Surface
	case theme.ColorNameInputBorder, theme.ColorNameSeparator:
		return t.p.Edge
	case theme.ColorNameShadow, theme.ColorNameHover, theme.ColorNamePressed:
		return color.Transparent
	}
	return theme.DefaultTheme().Color(name, theme.VariantLight)
}

func (t kitTheme) Font(s fyne.TextStyle) fyne.Resource     { return theme.DefaultTheme().Font(s) }
func (t kitTheme) Icon(n fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(n) }

func (t kitTheme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameText:
		return TextBody
	case theme.SizeNamePadding:
		return 0
	}
	return theme.DefaultTheme().Size(n)
}
