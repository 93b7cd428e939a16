package cloud

import (
	"context"

	"livechat/infra/local/iam"
	"livechat/infra/local/template"
)

func (c *Cloud) readRoles(context.Context) error {
	statements := map[string][]template.Statement{}
	for _, f := range c.template.Functions {
		statements[f.ID] = f.Statements
	}
	roles, err := iam.New(statements, c.log.of("iam"))
	if err != nil {
		return err
	}
	c.roles = roles
	return nil
}
