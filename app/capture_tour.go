//go:build tour

package main

import (
	"bytes"
	"fmt"
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// The screen is taken from the X server, as a person sees it: reading back what
// OpenGL drew gives black on software drivers. It is drawn a frame after the
// content changed, so pictures are taken until several in a row
// are the same.
const (
	captureEvery = 100 * time.Millisecond
	captureTries = 50
	captureSame  = 4 // in a row: software drawing takes several tenths of a second
)

// screenshot takes the window's picture.
func screenshot(win fyne.Window) (image.Image, error) {
	var id xproto.Window
	if n, ok := win.(driver.NativeWindow); ok {
		fyne.DoAndWait(func() {
			n.RunNative(func(c any) {
				if x, ok := c.(driver.X11WindowContext); ok {
					id = xproto.Window(x.WindowHandle)
				}
			})
		})
	}
	if id == 0 {
		return nil, fmt.Errorf("the window is not on an X server")
	}
	x, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("failed to reach the X server: %w", err)
	}
	defer x.Close()
	var last []byte
	same := 0
	for range captureTries {
		pix, size, err := windowPixels(x, id)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(pix, last) {
			same = 0
		}
		last = pix
		if same++; same == captureSame {
			return pixelsToImage(pix, size), nil
		}
		time.Sleep(captureEvery)
	}
	return nil, fmt.Errorf("the screen does not come to rest")
}

func windowPixels(x *xgb.Conn, id xproto.Window) ([]byte, image.Point, error) {
	g, err := xproto.GetGeometry(x, xproto.Drawable(id)).Reply()
	if err != nil {
		return nil, image.Point{}, fmt.Errorf("failed to measure the window: %w", err)
	}
	r, err := xproto.GetImage(x, xproto.ImageFormatZPixmap, xproto.Drawable(id), 0, 0, g.Width, g.Height, 0xffffffff).Reply()
	if err != nil {
		return nil, image.Point{}, fmt.Errorf("failed to take the window's picture: %w", err)
	}
	size := image.Pt(int(g.Width), int(g.Height))
	if len(r.Data) < size.X*size.Y*4 {
		return nil, size, fmt.Errorf("the X server draws with a depth of %d; 24 is needed", r.Depth)
	}
	return r.Data, size, nil
}

// pixelsToImage reads the server's blue, green, red and a spare byte.
func pixelsToImage(pix []byte, size image.Point) image.Image {
	img := image.NewRGBA(image.Rectangle{Max: size})
	for i := 0; i+3 < size.X*size.Y*4; i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = pix[i+2], pix[i+1], pix[i], 0xff
	}
	return img
}
