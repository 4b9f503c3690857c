package outbox

import "context"

// Pass brings the second medium up to date once.
func (m *Mirror) Pass(ctx context.Context) error {
	err := m.pass(ctx)
	m.settle(err)
	return err
}
