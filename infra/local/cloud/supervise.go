package cloud

import (
	"context"
	"fmt"
	"time"

	dynamodblocal "livechat/infra/dynamodb-local"
)

// startSupervisor starts a goroutine that restarts the database at the same address
// whenever it ends unexpectedly, for example when somebody kills it as a test.
func (c *Cloud) startSupervisor(db *dynamodblocal.Server) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	c.onClose(func() { cancel(); <-ended })
	go func() {
		defer close(ended)
		if err := c.superviseDatabase(ctx, db); err != nil && ctx.Err() == nil {
			c.fail(err)
		}
	}()
}

const (
	// The cloud gives up after the database has ended maxDeaths times in a row, each time
	// within shortLife of its start.
	maxDeaths = 5
	shortLife = time.Second
)

func (c *Cloud) superviseDatabase(ctx context.Context, db *dynamodblocal.Server) error {
	deaths := 0
	for {
		began := time.Now()
		c.databasePID.Store(int64(db.PID()))
		select {
		case <-ctx.Done():
			db.Stop()
			return nil
		case <-db.Done():
		}
		c.databaseDown.Store(true)
		c.databasePID.Store(0)
		if deaths++; time.Since(began) > shortLife {
			deaths = 0
		}
		if deaths == maxDeaths {
			return fmt.Errorf("%w; it ended within a second of its start for the %dth time in a row", db.Err(), maxDeaths)
		}
		c.progress.line("%v\nrestarting it; until then calls get status 503", db.Err())
		var err error
		if db, err = c.startAgain(ctx); err != nil {
			return err
		}
		c.databaseDown.Store(false)
	}
}

func (c *Cloud) startAgain(ctx context.Context) (*dynamodblocal.Server, error) {
	db, err := dynamodblocal.Start(ctx, c.databaseOptions)
	if err != nil {
		return nil, fmt.Errorf("restart the database: %w", err)
	}
	if !c.o.Fresh {
		c.progress.line("the database is back with all its data")
		return db, nil
	}
	for _, step := range []func(context.Context) error{c.ensureTables, c.seed} {
		if err := step(ctx); err != nil {
			db.Stop()
			return nil, fmt.Errorf("refill the database: %w", err)
		}
	}
	c.progress.line("the database is back. It was in memory (FRESH=1), so its data is lost and it has only the demo data")
	return db, nil
}
