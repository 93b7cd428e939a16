package cloud

import (
	"context"
	"fmt"
	"time"

	dynamodblocal "livechat/infra/dynamodb-local"
)

// keepDatabase starts the database anew, at the same address, whenever it ends by
// itself: its death is the machine's fault, or somebody wants to see what becomes
// of the calls.
func (c *Cloud) keepDatabase(db *dynamodblocal.Server) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	c.onClose(func() { cancel(); <-ended })
	go func() {
		defer close(ended)
		if err := c.keep(ctx, db); err != nil && ctx.Err() == nil {
			c.fail(err)
		}
	}()
}

const (
	// maxDeaths one after another, each of a database that lived for less than
	// shortLife, are no accident any more.
	maxDeaths = 5
	shortLife = time.Second
)

func (c *Cloud) keep(ctx context.Context, db *dynamodblocal.Server) error {
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
			return fmt.Errorf("%w; that was the %dth time running within a second of its start", db.Err(), maxDeaths)
		}
		c.progress.line("%v\nit is started again; until then calls are answered 503", db.Err())
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
		return nil, fmt.Errorf("start the database again: %w", err)
	}
	if !c.o.Fresh {
		c.progress.line("the database is back, with all that was in it")
		return db, nil
	}
	for _, step := range []func(context.Context) error{c.ensureTables, c.seed} {
		if err := step(ctx); err != nil {
			db.Stop()
			return nil, fmt.Errorf("fill the database again: %w", err)
		}
	}
	c.progress.line("the database is back. It was in memory (FRESH=1): what was in it is lost, it has the demo data only")
	return db, nil
}
