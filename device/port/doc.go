// Package port opens serial ports, keeps them open and says honestly when
// they are gone. It is the only importer of github.com/tarm/serial.
//
// It promises:
//   - a Read or Write that waits can always be ended: by its deadline, by
//     Close from another goroutine, or by the unplugging of the device;
//   - a time-out is os.ErrDeadlineExceeded and an unplugged device is
//     ErrUnplugged; io.EOF is never returned, since tarm/serial uses it for
//     both;
//   - Close never hangs, whatever the peer does; it drops what the line has
//     not taken, so a caller that cares calls Drain first;
//   - a port that another process of ours holds is refused with ErrBusy
//     before its baud rate is touched (flock; TIOCEXCL too on real lines);
//   - with flow control a device that stops us is heard in time: the driver is
//     never given more than 128 bytes beyond what the line can have sent;
//   - a path may be a symbolic link (/dev/serial/by-id, by-path) that
//     vanishes and comes back pointing at another node;
//   - a supervised port comes back by itself: folder events (inotify) wake it,
//     looking now and then replaces events that cannot be had or are missed,
//     three misses make a device gone, and whatever flaps or storms is opened
//     ever more rarely;
//   - lines are found (List, Watch) without opening them, which would move their
//     DTR, and named by what stays: by-id, by-path where two devices say the same
//     of themselves, the node for a UART on the board;
//   - no goroutine outlives Open…Close, Supervise or Watch.
//
// It refuses paths that are no terminals, and never sets a baud rate that
// tarm/serial does not know. Linux only.
//
// It must not import anything of sync, app or Fyne, and knows nothing of what
// is said over a line.
//
// How it works: tarm/serial opens and configures the line, and all reading
// goes through it, always with a ReadTimeout. A second descriptor of the same
// device (O_NOCTTY|O_NONBLOCK) belongs to Go's poller: it waits for bytes
// with a deadline before tarm's Read is called, takes the writes (a blocked
// write on it is EAGAIN, thus can be cancelled), and sets what tarm cannot
// (flow control, exclusive use). The measured traps are in DEVICES.md, "Flow
// control and tarm/serial". Ptys show most of it in the tests; what they cannot
// (CTS, 7E1, another user) packaging/uart shows on an emulated 16550.
package port
