package outbox

import (
	"context"
	"errors"
	"time"

	"tramhoso/sync/dossier"
)

// counts reports whether a failure was an attempt at this very packet: where
// nothing or something else answered nothing was attempted, and where the lane
// pauses or the portal asks for time the packet is not at fault.
func counts(err error) bool {
	c := dossier.CodeOf(err)
	return c != dossier.CodeNoNetwork && c != dossier.CodeNotThePortal && c != dossier.CodeNotEnrolled && !isLane(err) && asked(err) == 0
}

// asked is how long the portal asked to wait, or 0.
func asked(err error) time.Duration {
	var t Trouble
	if errors.As(err, &t) {
		return min(t.Wait(), retryMost)
	}
	return 0
}

// fail decides how long to wait.
func (q *Queue) fail(ctx context.Context, err error) {
	kind, first, most, hard := judge(err)
	if kind != q.lastKind {
		q.failures = 0
		q.log.Warn("sending waits", "why", string(kind), "err", err)
	}
	q.lastKind, q.hard = kind, hard
	wait := backOff(q.failures, first, most, q.rand)
	q.failures++
	if most := asked(err); most > 0 {
		wait = max(wait, most)
		q.hard = true
	}
	q.troubles++
	q.notBefore = time.Now().Add(wait)
	q.publish(ctx, kind)
}

func judge(err error) (why Why, first, most time.Duration, hard bool) {
	switch dossier.CodeOf(err) {
	case dossier.CodeNoNetwork:
		return WhyNoNetwork, netFirst, netMost, false
	case dossier.CodeNotThePortal:
		return WhyNotThePortal, netFirst, netMost, false
	case dossier.CodeNotEnrolled:
		if !isLane(err) {
			return WhyNotEnrolled, laneFirst, laneMost, true
		}
	case dossier.CodeStorageFull, dossier.CodeStorageReadOnly:
		if !isLane(err) {
			return WhyStorage, busyFirst, busyMost, false
		}
	}
	if !isLane(err) {
		return WhyBusy, busyFirst, busyMost, true
	}
	var full interface{ Full() bool }
	if errors.As(err, &full) && full.Full() {
		return WhyPortalFull, laneFirst, laneMost, true
	}
	var day interface{ Day() (early, late bool) }
	if errors.As(err, &day) {
		switch early, late := day.Day(); {
		case early:
			return WhyClock, laneFirst, laneMost, true
		case late:
			return WhyCertificate, laneFirst, laneMost, true
		}
	}
	return WhyIdentity, laneFirst, laneMost, true
}

func isLane(err error) bool {
	var t Trouble
	return errors.As(err, &t) && t.Lane()
}

// backOff draws the wait after n failures in a row: full jitter under a ceiling
// that doubles, so that stations that lost the same network do not come back at
// the same moment.
func backOff(n int, first, most time.Duration, rnd func(int64) int64) time.Duration {
	ceiling := most
	if n < 20 && first<<n < most {
		ceiling = first << n
	}
	return time.Duration(rnd(int64(ceiling))) + time.Millisecond
}
