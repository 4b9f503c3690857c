// Package stick is how a station's system mounts the memory sticks that clerks
// carry to the province: a udev rule, units and the helper that they run. It
// holds no program; its test runs the helper on a real file system and has
// systemd read the units.
package stick
