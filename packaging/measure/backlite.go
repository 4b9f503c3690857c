package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/mikestefanello/backlite"
)

// sealedTask is as many bytes as one of our commits, as a task of backlite.
type sealedTask struct{ Bytes []byte }

// Config names the queue.
func (sealedTask) Config() backlite.QueueConfig {
	return backlite.QueueConfig{Name: "outbox", MaxAttempts: 10, Timeout: time.Minute}
}

type backliteQueue struct {
	db     *sql.DB
	client *backlite.Client
}

// newBacklite opens a queue whose workers rest, as an outbox without a network.
func newBacklite(ctx context.Context, path string) (*backliteQueue, error) {
	db, err := newBare(ctx, path)
	if err != nil {
		return nil, err
	}
	client, err := backlite.NewClient(backlite.ClientConfig{
		DB: db, Logger: slog.New(slog.DiscardHandler), NumWorkers: 1, ReleaseAfter: time.Hour,
	})
	if err == nil {
		client.Register(backlite.NewQueue(func(context.Context, sealedTask) error { return nil }))
		err = client.Install()
	}
	if err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("failed to set backlite up: %w", err)
	}
	return &backliteQueue{db, client}, nil
}

func (q *backliteQueue) add(ctx context.Context, row []byte) error {
	_, err := q.client.Add(sealedTask{row}).Ctx(ctx).Save()
	return err
}
